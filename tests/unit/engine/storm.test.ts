/** Storm mode: enters and leaves by rule with hysteresis, obeys a person, survives snapshots and new rules. */
import { expect, test } from 'vitest'
import { readWorld, writeHeap } from '../../../src/engine/state/heap.ts'
import type { StormChange } from '../../../src/engine/storm/state.ts'
import { askedOf, thresholds } from '../../../src/engine/storm/storm.ts'
import type { AskedFact, StormModeFact } from '../../../src/facts/storm.ts'
import { drawnGrid } from '../../../src/grid/drawing.ts'
import { EngineLab, shippedRules } from '../../support/engine-lab.ts'

const GRID = drawnGrid(`
  B1..B6 breaker
    F fuse
      X1..X3 transformer
        m1..m2 meter
    G fuse
      Y1..Y3 transformer
        m1..m2 meter
`)

function labWith(enter: Partial<Record<'openIncidents' | 'offsPerMinute' | 'feeders', number>>) {
  const rules = shippedRules()
  const { storm } = rules.judgement
  const some = { ...storm.enter, ...enter }
  const leave = { share: 0.6, afterMinutes: 5 }
  const judgement = { ...rules.judgement, storm: { ...storm, enter: some, leave } }
  return new EngineLab(GRID, { ...rules, judgement })
}

const storms = (lab: EngineLab) =>
  lab.changes.filter((change): change is StormChange => change.type === 'storm')

function branchOut(lab: EngineLab, branch: string, kind: 'powerOff' | 'powerOn' = 'powerOff') {
  for (const x of [1, 2, 3]) for (const m of [1, 2]) lab.say(`o-${branch}${x}-m${m}`, kind)
}

test('it begins at the threshold, flags what is judged, and ends once all is calm for long', () => {
  const lab = labWith({ feeders: 3 })
  branchOut(lab, 'B1-X')
  lab.pass(10)
  branchOut(lab, 'B2-X')
  lab.pass(10)
  expect(storms(lab)).toEqual([])
  expect(lab.open().every(({ flags }) => flags.length === 0)).toBe(true)
  branchOut(lab, 'B3-X')
  lab.pass(10)
  expect(storms(lab)).toMatchObject([{ on: true, by: 'rule', who: null, reason: 'feeders=3' }])
  expect(storms(lab)[0]!.causes).toHaveLength(1)
  branchOut(lab, 'B4-X')
  lab.pass(10)
  expect(lab.open().find(({ device }) => device.id === 'B4-F')!.flags).toEqual(['stormMode'])
  // Two feeders are not below 0.6 of three; one is.
  for (const feeder of ['B4', 'B3']) branchOut(lab, `${feeder}-X`, 'powerOn')
  lab.pass(900)
  expect(storms(lab)).toHaveLength(1)
  branchOut(lab, 'B2-X', 'powerOn')
  lab.pass(240)
  expect(storms(lab)).toHaveLength(1)
  lab.pass(300)
  expect(storms(lab).at(-1)).toMatchObject({ on: false, by: 'rule', reason: 'calm=5min' })
})

test.each([
  ['openIncidents', 2],
  ['offsPerMinute', 12],
] as const)('it begins by %s as well', (measure, threshold) => {
  const lab = labWith({ [measure]: threshold })
  branchOut(lab, 'B1-X')
  lab.pass(5)
  expect(storms(lab)).toEqual([])
  branchOut(lab, 'B2-X')
  lab.pass(5)
  expect(storms(lab)).toMatchObject([{ on: true, reason: `${measure}=${threshold}` }])
})

test('a person’s word stands until a person gives it back to the rule', () => {
  const lab = labWith({ feeders: 2 })
  const order = (mode: StormModeFact['mode']) =>
    lab.feed({ type: 'stormMode', receivedAt: lab.now, mode, by: 'wang', role: 'shiftLeader' })
  expect(order('on')).toMatchObject([{ on: true, by: 'person', who: 'wang' }])
  const world = lab.engine.world!
  expect(thresholds(world)).toBe(world.rules.judgement.storm.during)
  lab.pass(600)
  expect(storms(lab)).toHaveLength(1)
  order('off')
  for (const feeder of ['B1', 'B2', 'B3']) branchOut(lab, `${feeder}-X`)
  lab.pass(10)
  expect(world.storm.on).toBe(false)
  order('rule')
  lab.pass(60)
  expect(storms(lab).at(-1)).toMatchObject({ on: true, by: 'rule', reason: 'feeders=3' })
})

test('it outlives a snapshot and new rules', () => {
  const lab = labWith({ feeders: 1 })
  branchOut(lab, 'B1-X')
  lab.pass(5)
  const { storm, registers, grid, rules } = lab.engine.world!
  expect(storm.on).toBe(true)
  const heap = writeHeap(lab.engine.world!)
  expect(readWorld(heap, registers, grid, rules).storm).toEqual(storm)
  lab.feed({ type: 'rulesApplied', receivedAt: lab.now, digest: 'rules', by: 'test' })
  expect(lab.engine.world!.storm).toEqual(storm)
})

/** A lab whose journal records nothing that the engine asks for. */
function unrecorded() {
  const lab = labWith({ feeders: 1 })
  lab.records = false
  const recorded = (asked: AskedFact) => lab.feed({ ...asked, receivedAt: lab.now })
  const asked = () => askedOf(lab.engine.world)
  return { lab, recorded, asked }
}

test('the rule asks for a fact, and nothing changes before that is recorded', () => {
  const { lab, recorded, asked } = unrecorded()
  branchOut(lab, 'B1-X')
  lab.pass(5)
  const found = asked()!
  expect(found).toMatchObject({
    ...{ type: 'stormTurned', on: true, by: 'rule', reason: 'feeders=1' },
    measured: { openIncidents: 1, feeders: 1, offsPerMinute: 6 },
    thresholds: { openIncidents: 200, feeders: 1, offsPerMinute: 20000 },
    ruleVersion: lab.engine.world!.rules.version,
  })
  lab.pass(120)
  expect(lab.engine.world!.storm.on).toBe(false)
  // Asked once, and for as long as it is so; a restart in between changes nothing of it.
  expect(asked()).toBe(found)
  lab.restart(({ registers, grid, rules }) =>
    readWorld(writeHeap(lab.engine.world!), registers, grid, rules),
  )
  expect(asked()).toEqual(found)
  expect(recorded(found)).toMatchObject([{ type: 'storm', on: true, causes: [lab.position] }])
  expect(asked()).toBeUndefined()
  expect(recorded(found)).toEqual([])
})

test('what is asked is taken back where it is no longer so', () => {
  const { lab, asked } = unrecorded()
  branchOut(lab, 'B1-X')
  lab.pass(5)
  expect(asked()).toBeDefined()
  branchOut(lab, 'B1-X', 'powerOn')
  lab.pass(900)
  expect(asked()).toBeUndefined()
})

test('an answer that comes after the storm, or after a person’s word, changes nothing', () => {
  const { lab, recorded, asked } = unrecorded()
  branchOut(lab, 'B1-X')
  lab.pass(5)
  const begins = asked()!
  recorded(begins)
  branchOut(lab, 'B1-X', 'powerOn')
  lab.pass(900)
  const ends = asked()!
  expect(ends).toMatchObject({ on: false, reason: 'calm=5min', thresholds: { feeders: 0.6 } })
  expect(recorded(ends)).toMatchObject([{ on: false }])
  for (const late of [begins, ends]) expect(recorded(late)).toEqual([])
  branchOut(lab, 'B2-X')
  lab.pass(5)
  const again = asked()!
  const order = (mode: StormModeFact['mode']) =>
    lab.feed({ type: 'stormMode', receivedAt: lab.now, mode, by: 'wang', role: 'shiftLeader' })
  order('off')
  expect(recorded(again)).toEqual([])
  lab.pass(60)
  expect(asked()).toBeUndefined()
  order('rule')
  expect(recorded(again)).toEqual([])
  lab.pass(60)
  expect(recorded(asked()!)).toMatchObject([{ on: true }])
})
