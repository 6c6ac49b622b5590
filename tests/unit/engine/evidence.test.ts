/** Each kind of terminal evidence, by what it makes of a small network. */
import { describe, expect, it } from 'vitest'
import {
  positionOf,
  type SwitchWord,
  withWord,
} from '../../../src/engine/evidence/switch-position.ts'
import { measuredSupply } from '../../../src/engine/evidence/volts.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab, type Said, shippedRules } from '../../support/engine-lab.ts'

const FEEDER = `
B breaker
  fB ftu
  S switch
    fS ftu
    X1 transformer
      C1 concentrator
      a1 meter
      a2 meter
      a3 meter
    X2 transformer
      C2 concentrator
      b1 meter
      b2 meter
  R switch
    fR ftu
    X3 transformer
      C3 concentrator
      c1 meter
      c2 meter
`
const lab = (drawing = FEEDER) => {
  const made = new EngineLab(drawnGrid(drawing))
  made.pass(2)
  return made
}
const probabilityAt = (made: EngineLab, device: string) => {
  const [incident] = made.open()
  if (incident?.device.id === device) return incident.probability
  return incident?.rivals.find((rival) => rival.device.id === device)?.probability ?? 0
}

describe('a trip', () => {
  it('with its position is surer than the position alone, and alone less sure', () => {
    const [trip, both, open] = [
      ['protectionTrip'],
      ['protectionTrip', 'switchOpen'],
      ['switchOpen'],
    ].map((kinds) => {
      const story = lab()
      for (const kind of kinds) story.say('fS', kind as never, { device: 'S' })
      story.pass(4)
      return probabilityAt(story, 'S')
    }) as [number, number, number]
    expect(trip).toBeGreaterThan(0.3)
    expect(open).toBeGreaterThan(trip)
    expect(both).toBeGreaterThan(open)
  })

  it('that recloses leaves nothing open', () => {
    const story = lab()
    story.say('fB', 'protectionTrip', { device: 'B' })
    story.say('fB', 'switchOpen', { device: 'B' })
    story.pass(1)
    story.say('fB', 'recloseSucceeded', { device: 'B' })
    story.pass(10)
    expect(story.open()).toEqual([])
  })
})

describe('what is said of a switch', () => {
  const word = (said: SwitchWord['said'], at: number, dated = true): SwitchWord => ({
    said,
    at,
    dated,
    terminal: 0,
    boot: undefined,
    seq: undefined,
  })

  it('is one change where COS and SOE tell of it, in whatever order all of it comes', () => {
    const words = [
      word('open', 1000),
      word('trip', 1000),
      word('open', 3000, false),
      word('closed', 2000),
      word('open', 60_000),
    ]
    const outcomes = new Set<string>()
    for (let n = 0; n < 120; n++) {
      const order = [...words].sort(
        (a, b) => ((a.at * 7919 + n * 31) % 97) - ((b.at * 7919 + n * 17) % 89),
      )
      let held: readonly SwitchWord[] = []
      for (const one of order) held = withWord(held, one)
      outcomes.add(JSON.stringify([positionOf(held), held.length]))
    }
    expect(outcomes.size).toBe(1)
    expect(JSON.parse([...outcomes][0]!)[0]).toMatchObject({ open: true, at: 60_000 })
  })
})

describe('a fault indicator', () => {
  it('points to what lies at and below it, and not above', () => {
    const dark = (indicated: boolean) => {
      const story = lab()
      if (indicated) story.say('fS', 'faultIndicated', { device: 'S' })
      story.say('C1', 'powerOff')
      story.say('C2', 'powerOff')
      story.pass(3)
      return story
    }
    expect(probabilityAt(dark(true), 'S')).toBeGreaterThan(probabilityAt(dark(false), 'S'))
    const story = dark(true)
    const head = story.engine.world!.network.head[story.grid.devices.ids.indexOf('S')]!
    const leant = story.engine.world!.belief.sums.prior(head)
    for (const terminal of ['C1', 'C2']) story.say(terminal, 'powerOn')
    for (let minute = 0; minute < 130; minute++) {
      story.now += 60_000
      story.tick()
    }
    expect(story.engine.world!.indications.size).toBe(0)
    expect(story.engine.world!.belief.sums.prior(head)).toBeGreaterThan(leant)
  })
})

describe('flags of a report', () => {
  const off = (said: Said) => {
    const story = lab()
    story.say('C1', 'powerOff', said)
    story.pass(4)
    return probabilityAt(story, 'X1')
  }
  it('make it the area’s, its own, or nothing', () => {
    expect(off({ area: true, valid: true })).toBeGreaterThan(off({}))
    expect(off({})).toBeGreaterThan(off({ area: false }))
    expect(off({ valid: false })).toBe(0)
  })

  it('make an on from battery no proof of supply', () => {
    const story = lab()
    story.say('C1', 'areaOff')
    story.say('C2', 'areaOff')
    story.pass(60)
    for (const terminal of ['C1', 'C2']) {
      story.say(terminal, 'powerOn', { onBattery: true })
      story.say(terminal, 'voltage', { volts: [220, 220, 220], onBattery: true })
    }
    story.pass(60)
    expect(story.open()).toMatchObject([{ device: { id: 'S' } }])
  })
})

describe('a lost link', () => {
  it('is no outage, and makes silence behind it say nothing', () => {
    const story = lab()
    for (const terminal of ['C1', 'C2', 'C3']) story.link(terminal, 'offline')
    story.pass(120)
    expect(story.incidents()).toEqual([])
    const heard = (linkLost: boolean) => {
      const made = lab()
      if (linkLost) made.link('C2', 'offline')
      made.say('C1', 'areaOff')
      made.pass(300)
      return probabilityAt(made, 'S')
    }
    expect(heard(true)).toBeGreaterThan(heard(false))
    const made = lab()
    made.link('C2', 'offline')
    made.link('C2', 'online')
    made.say('C1', 'areaOff')
    made.pass(300)
    expect(probabilityAt(made, 'S')).toBe(heard(false))
  })
})

describe('voltages', () => {
  const { voltage } = shippedRules().judgement
  const measured = (volts: number[], own = 7) => measuredSupply(voltage, volts, own, undefined)

  it('are supply, loss, or neither', () => {
    expect(measured([229, 231, 230])).toMatchObject({ off: false })
    expect(measured([0, 3, 1])).toMatchObject({ off: true, phases: 7 })
    expect(measured([150, 150, 150])).toBeUndefined()
    expect(measured([229], 2)).toMatchObject({ off: false, phases: 2 })
    expect(measured([0, 110, 220], 2)).toMatchObject({ off: true, phases: 2 })
    expect(measured([1, 2])).toBeUndefined()
  })

  it('tell a conductor broken above the transformer from a phase lost below it', () => {
    const above = [measured([220, 110, 110])!, measured([0, 191, 191])!]
    expect(above.map(({ phases }) => phases)).toEqual([6, 1])
    const below = measured([0, 221, 220])!
    expect(new Set(above.map(({ marks }) => marks)).size).toBe(1)
    expect(below.marks).not.toBe(above[0]!.marks)
  })

  const LATERAL = FEEDER.replace('S switch', 'S fuse')
  it('of half, half, whole on two areas name one phase of what feeds both', () => {
    const grid = drawnGrid(LATERAL)
    for (const device of grid.devices)
      if (device.type === 'transformer') device.connection = 'Dyn11'
    const story = new EngineLab(grid)
    story.pass(2)
    for (const terminal of ['C1', 'C2']) story.say(terminal, 'voltage', { volts: [110, 221, 110] })
    story.say('C3', 'voltage', { volts: [220, 221, 222] })
    story.pass(120)
    expect(story.open()).toMatchObject([{ device: { id: 'S' }, kind: 'partialPhase' }])
    expect(story.open()[0]!.phases).toHaveLength(1)
    for (const terminal of ['C1', 'C2']) story.say(terminal, 'voltage', { volts: [220, 221, 219] })
    story.pass(5)
    expect(story.open()).toEqual([])
  })

  it('below the limit on all phases count once for the terminal’s own transformer', () => {
    const story = lab()
    story.say('C1', 'powerOff')
    story.answer('C1', 'C1', 'deenergised', [2, 1, 0])
    for (const terminal of ['C2', 'C3']) story.answer(terminal, terminal, 'energised')
    story.pass(240)
    expect(story.open()).toMatchObject([{ sources: 2 }])
    const alone = lab()
    alone.answer('C1', 'C1', 'deenergised', [2, 1, 0])
    alone.pass(60)
    expect(alone.open().every(({ sources }) => sources < 2)).toBe(true)
  })

  it('of a meter whose relay is open are supply', () => {
    const story = lab()
    story.say('C1', 'powerOff', { meters: ['o-a1'] })
    story.pass(5)
    story.answer('C1', 'o-a1', 'relayOpen', [229])
    story.pass(5)
    expect(story.open()).toEqual([])
  })
})

describe('phases', () => {
  it('lost one after the other, or with the whole, end in the same register in any order', () => {
    const ends = (order: readonly number[]) => {
      const story = lab()
      const at = story.now
      const words: [kind: 'phaseLoss' | 'powerOff' | 'phaseRestored', said: Said][] = [
        ['phaseLoss', { phases: 1, at }],
        ['phaseLoss', { phases: 2, at: at + 1000 }],
        ['powerOff', { at: at + 1000 }],
        ['phaseRestored', { phases: 4, at: at + 2000 }],
        ['phaseLoss', { phases: 4, at: at + 2000 }],
      ]
      story.now += 3000
      for (const i of order) story.say('C1', ...words[i]!)
      const { registers } = story.engine.world!
      const index = story.grid.observers.ids.indexOf('C1')
      return JSON.stringify([
        registers.state[index],
        registers.phasesOf(index),
        registers.atOf(index),
      ])
    }
    const orders = [
      [0, 1, 2, 3, 4],
      [4, 3, 2, 1, 0],
      [2, 0, 4, 1, 3],
      [3, 1, 0, 4, 2],
      [1, 2, 3, 0, 4],
    ]
    expect(new Set(orders.map(ends)).size).toBe(1)
    expect(JSON.parse(ends(orders[0]!)).slice(0, 2)).toEqual([1, 3])
  })

  it('lost with the whole at the same instant are the whole, in either order', () => {
    for (const kinds of [
      ['phaseLoss', 'powerOff'],
      ['powerOff', 'phaseLoss'],
    ] as const) {
      const story = lab()
      for (const kind of kinds) story.say('C1', kind, kind === 'phaseLoss' ? { phases: 2 } : {})
      const index = story.grid.observers.ids.indexOf('C1')
      expect(story.engine.world!.registers.phasesOf(index)).toBe(7)
    }
  })
})

describe('two who say the same of one meter at one instant', () => {
  const LIT_BESIDE = `
B breaker
  X1 transformer
    T1 ttu
    a1 meter
    a2 meter
    a3 meter
  X2 transformer
    b1 meter
    b2 meter
`

  it.each(['the terminal first', 'the meter first'])('is the meter’s own word: %s', (order) => {
    const story = lab(LIT_BESIDE)
    // By its own clock in ten seconds' time: what it says of others is taken as said now.
    const area = () => story.say('T1', 'areaOff', { at: story.now + 10_000 })
    const own = () => story.say('o-a1', 'powerOff', { boot: 1, seq: 1 })
    for (const say of order === 'the terminal first' ? [area, own] : [own, area]) say()
    story.pass(10)
    expect(story.open()).toMatchObject([{ sources: 2 }])
  })

  const THREE_PHASE = `
B breaker
  X1 transformer
    T1 ttu
    T2 ttu
    a1 meter
  X2 transformer
    b1 meter
`
  /** Of one phase of the meter, of two, of the whole; the whole once more by the other terminal. */
  const SAID: readonly [who: string, kind: 'phaseLoss' | 'powerOff', phases?: number][] = [
    ['T2', 'phaseLoss', 1],
    ['T1', 'phaseLoss', 3],
    ['o-a1', 'phaseLoss', 1],
    ['T1', 'powerOff'],
    ['T2', 'powerOff'],
  ]
  const rules = shippedRules()
  const held = (story: EngineLab) => {
    const world = story.engine.world!
    const { ids } = story.grid.observers
    const meter = ids.indexOf('o-a1')
    return {
      by: ids.idOf(world.sourceOf(meter)),
      marks: world.registers.marksOf(meter),
      phases: world.registers.phasesOf(meter),
      book: world.phaseBook.get(meter),
    }
  }

  it('of single phases, the same stands in every order', () => {
    const ends = (order: readonly number[]) => {
      const story = new EngineLab(drawnGrid(THREE_PHASE), rules)
      for (const i of order) {
        const [who, kind, phases] = SAID[i]!
        story.say(who, kind, {
          ...(who === 'o-a1' ? {} : { meters: ['o-a1'] }),
          ...(phases === undefined ? {} : { phases }),
        })
      }
      return held(story)
    }
    const subsets = [
      [0, 1],
      [0, 2],
      [1, 2],
      [0, 3],
      [3, 4],
      [0, 1, 2],
      [2, 3, 4],
      [0, 1, 3],
    ]
    for (const subset of subsets) {
      const orders = permutations(subset)
      for (const order of orders) expect(ends(order), `order ${order}`).toEqual(ends(orders[0]!))
    }
    expect(ends([1, 2]).by).toBe('o-a1')
    expect(ends([0, 1]).by).toBe('T1')
  })
})

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((first, i) =>
    permutations(items.filter((_, k) => k !== i)).map((rest) => [first, ...rest]),
  )
}
