/** What closed incidents teach of those who reported them, and how it is forgotten. */
import { describe, expect, it } from 'vitest'
import {
  classAfter,
  NEW_TRACK,
  packTrack,
  unpackTrack,
  withFalseOff,
  withOutage,
} from '../../../src/engine/evidence/reliability.ts'
import { reliabilityOf } from '../../../src/engine/incidents/learn.ts'
import { readRegisters, readWorld, writeHeap } from '../../../src/engine/state/heap.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab, shippedRules } from '../../support/engine-lab.ts'

const rules = shippedRules().judgement

describe('a track', () => {
  it('fits its bits whatever happened', () => {
    let track = NEW_TRACK
    for (let n = 0; n < 200; n++) {
      track = n % 7 === 0 ? withFalseOff(track) : withOutage(track, n % 3 > 0, n % 5 === 0)
      expect(unpackTrack(packTrack(track))).toEqual(track)
      expect(packTrack(track)).toBeLessThan(2 ** 11)
    }
  })

  it('leaves a new meter what its class is, and takes many outages to move one', () => {
    expect(classAfter(rules, 0, NEW_TRACK)).toBe(0)
    let track = withOutage(NEW_TRACK, false, false)
    expect(classAfter(rules, 0, track)).toBe(0)
    for (let n = 0; n < 8; n++) track = withOutage(track, false, false)
    expect(classAfter(rules, 0, track)).toBeGreaterThan(5)
    for (let n = 0; n < 40; n++) track = withOutage(track, true, false)
    expect(classAfter(rules, 0, track)).toBeLessThan(22)
    expect(classAfter(rules, 0, track)).not.toBe(classAfter(rules, 0, withFalseOff(track)))
  })
})

const GRID = `
B breaker
  X1 transformer
    m1 meter
    m2 meter
    m3 meter
    dumb meter
  X2 transformer
    n1 meter
    n2 meter
`

function outages(lab: EngineLab, count: number): void {
  for (let n = 0; n < count; n++) {
    lab.pass(30)
    for (const meter of ['o-m1', 'o-m2', 'o-m3']) lab.say(meter, 'powerOff')
    lab.pass(200)
    for (const meter of ['o-m1', 'o-m2', 'o-m3']) lab.say(meter, 'powerOn')
    lab.pass(5)
    for (let minute = 0; minute < 45; minute++) {
      lab.now += 60_000
      lab.tick()
    }
    expect(lab.open()).toEqual([])
  }
}

describe('closed incidents', () => {
  const lab = new EngineLab(drawnGrid(GRID))
  const of = (id: string) => lab.grid.observers.ids.indexOf(id)
  const world = () => lab.engine.world!

  it('teach who is heard and who is not, and whose silence says little', () => {
    outages(lab, 10)
    expect(reliabilityOf(world(), of('o-m1'))).toMatchObject({ outagesHeard: 10, delivery: 0.911 })
    expect(reliabilityOf(world(), of('o-dumb'))).toMatchObject({ outagesMissed: 10 })
    expect(reliabilityOf(world(), of('o-n1'))).toMatchObject({ outagesHeard: 0, outagesMissed: 0 })
    const { classOf, classes } = world().belief.model
    const silentFor = (id: string) => classes[classOf[of(id)]!]!.silentDead[600]!
    expect(silentFor('o-dumb')).toBeLessThan(silentFor('o-n1'))
    // All that was summed up is what a world made from the registers sums up.
    const before = world()
    const again = readWorld(
      writeHeap(before),
      readRegisters(before.registers.state.length, (name) => {
        const { array } = before.registers.sections().find((s) => s.name === name)!
        return new Uint8Array(array.slice().buffer)
      }),
      before.grid,
      before.rules,
    )
    expect([...again.belief.model.classOf]).toEqual([...classOf])
    for (const head of new Set(before.network.head)) {
      if (head < 0) continue
      const counted = (w: typeof before) =>
        w.belief.silence.countsBelow(head).filter(({ count }) => count !== 0)
      expect(counted(again).sort((a, b) => a.kind - b.kind)).toEqual(
        counted(before).sort((a, b) => a.kind - b.kind),
      )
    }
  })

  it('are forgotten where a person says so', () => {
    lab.feed({
      type: 'reliabilityReset',
      receivedAt: lab.now,
      terminal: 'o-dumb' as never,
      by: 'operator',
    })
    expect(reliabilityOf(world(), of('o-dumb'))).toMatchObject({ outagesMissed: 0, delivery: 0.8 })
    expect(world().belief.model.classOf[of('o-dumb')]).toBe(0)
  })

  it.each([
    ['', false],
    [', also where they have taken it back', true],
  ])('that were false alarms are held against who reported them%s', (_, back) => {
    lab.say('o-n1', 'powerOff')
    lab.say('o-n2', 'powerOff')
    lab.pass(60)
    if (back) {
      for (const meter of ['o-n1', 'o-n2']) lab.say(meter, 'powerOn')
      lab.pass(600)
    }
    const incident = lab.incidents().at(-1)
    expect(incident!.outageKind).toBe(back ? 'restored' : 'confirmed')
    lab.feed({
      type: 'actionRequested',
      receivedAt: lab.now,
      requestId: 'false',
      incident: incident!.id,
      expectedRevision: incident!.revision,
      action: 'falseAlarm',
      by: 'dispatcher',
      role: 'networkDispatcher',
    })
    expect(reliabilityOf(world(), of('o-n1'))).toMatchObject({ falseReports: 1 })
  })
})
