/** Announced outages: what they explain, what outgrows them, what lasts too long. */
import { describe, expect, it } from 'vitest'
import type { PlanKind } from '../../../src/facts/plans.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab } from '../../support/engine-lab.ts'

const MINUTE = 60_000

/**
 *   B1 ┬ S1 ┬ F1 ── T1: a b c       two sections, a branch on each
 *      │    └ T2: d e f
 *      └ S2 ┬ F2 ── T3: g h i
 *           └ T4: j k l
 */
function section(): EngineLab {
  const meters = (names: string, indent: string) =>
    [...names].map((m) => `${indent}${m} meter`).join('\n')
  return new EngineLab(
    drawnGrid(`
B1 breaker
  S1 switch
    F1 fuse
      T1 transformer
${meters('abc', '        ')}
    T2 transformer
${meters('def', '      ')}
  S2 switch
    F2 fuse
      T3 transformer
${meters('ghi', '        ')}
    T4 transformer
${meters('jkl', '      ')}
`),
  )
}

function announce(
  lab: EngineLab,
  plan: string,
  places: { devices?: string[]; usagePoints?: string[] },
  window: { from?: number; to?: number; kind?: PlanKind; temporary?: true } = {},
): void {
  lab.feed({
    type: 'planAnnounced',
    receivedAt: lab.now,
    plan,
    kind: window.kind ?? 'planned',
    ...(window.temporary && { temporary: window.temporary }),
    devices: (places.devices ?? []) as never,
    usagePoints: (places.usagePoints ?? []) as never,
    from: window.from ?? lab.now,
    to: window.to ?? lab.now + 60 * MINUTE,
    by: 'planner',
    role: 'networkDispatcher',
  })
}

const goDark = (lab: EngineLab, names: string) => {
  for (const m of names) lab.say(`o-${m}`, 'powerOff')
}
const comeBack = (lab: EngineLab, names: string) => {
  for (const m of names) lab.say(`o-${m}`, 'powerOn')
}

describe('planned work at short notice (临时停电)', () => {
  const announced = () => {
    const lab = section()
    announce(lab, 'P1', { devices: ['F1'] }, { temporary: true })
    lab.pass(3)
    return lab
  }

  it('is told apart in the incident it explains', () => {
    const lab = announced()
    goDark(lab, 'abc')
    lab.pass(90)
    expect(lab.open()).toMatchObject([{ kind: 'planned', flags: ['temporary'] }])
  })

  it('is told apart in the notice of an outage that outgrows it', () => {
    const lab = announced()
    goDark(lab, 'abc')
    lab.pass(60)
    goDark(lab, 'defghijkl')
    lab.pass(30)
    expect(lab.open()).toMatchObject([{ kind: 'fault', flags: ['beyondPlan'] }])
    const notice = lab.changes.findLast((change) => change.type === 'notice')
    expect(notice).toMatchObject({ notice: { plannedPeriod: { temporary: true } } })
  })

  it('is no other plan', () => {
    const lab = section()
    announce(lab, 'P1', { devices: ['F1'] })
    lab.pass(3)
    goDark(lab, 'abc')
    lab.pass(90)
    expect(lab.open()).toMatchObject([{ kind: 'planned', flags: [] }])
  })
})

describe('a plan', () => {
  it('explains the outage in its window, and names the end as its estimate', () => {
    const lab = section()
    announce(lab, 'P1', { devices: ['S1'] }, { from: lab.now + 10 * MINUTE })
    lab.pass(3)
    goDark(lab, 'abdef')
    lab.pass(60)
    expect(lab.open()).toMatchObject([
      {
        kind: 'planned',
        stage: 'planned',
        flags: [],
        device: { id: 'S1' },
        etrSource: 'estimated',
        estimatedPeriod: { end: lab.now - 63_000 + 60 * MINUTE },
      },
    ])
    comeBack(lab, 'abdef')
    lab.pass(10)
    expect(lab.incidents()).toMatchObject([{ kind: 'planned', outageKind: 'restored' }])
  })

  it('makes one word enough to name what it would have left a suspicion lower down', () => {
    const named = (planned: boolean) => {
      const lab = section()
      if (planned) announce(lab, 'P1', { devices: ['S1'] })
      lab.pass(1)
      goDark(lab, 'd')
      lab.pass(4)
      return lab.open()[0]?.device.id
    }
    expect(named(false)).not.toBe('S1')
    expect(named(true)).toBe('S1')
  })

  it('covers the part of it that goes dark alone', () => {
    const lab = new EngineLab(
      drawnGrid(`
B1 breaker
  S1 switch
    F1 fuse
      T1 transformer
        a meter
        b meter
    T2 transformer
${Array.from({ length: 12 }, (_, i) => `      q${i} meter`).join('\n')}
`),
    )
    announce(lab, 'P1', { devices: ['S1'] })
    goDark(lab, 'ab')
    lab.pass(300)
    expect(lab.open()).toMatchObject([{ kind: 'planned', device: { id: 'F1' } }])
  })

  it('does not cover what lies beside it', () => {
    const lab = section()
    announce(lab, 'P1', { devices: ['S1'] })
    goDark(lab, 'ghi')
    lab.pass(120)
    expect(lab.open()).toMatchObject([{ kind: 'fault', flags: [], device: { id: 'F2' } }])
  })

  it('that is outgrown leaves a fault upstream, flagged beyondPlan', () => {
    const lab = section()
    announce(lab, 'P1', { devices: ['F1'] })
    goDark(lab, 'abc')
    lab.pass(60)
    expect(lab.open()).toMatchObject([{ kind: 'planned', device: { id: 'F1' } }])
    goDark(lab, 'defghijkl')
    lab.pass(30)
    expect(lab.open()).toMatchObject([
      { id: 'I000001', kind: 'fault', flags: ['beyondPlan'], device: { id: 'B1' } },
    ])
    expect(lab.open()[0]!.stage).not.toBe('planned')
    // Still so when the plan is long over.
    lab.now += 3 * 60 * MINUTE
    lab.tick()
    lab.pass(61)
    expect(lab.open()).toMatchObject([{ flags: ['beyondPlan'] }])
  })

  it('over by 31 minutes while dark is overrun, and not a new fault', () => {
    const lab = section()
    announce(lab, 'P1', { devices: ['S1'] }, { to: lab.now + 10 * MINUTE })
    goDark(lab, 'abcdef')
    lab.pass(39 * 60)
    expect(lab.open()).toMatchObject([{ kind: 'planned', flags: [] }])
    lab.pass(2 * 60)
    expect(lab.incidents()).toMatchObject([
      { kind: 'planned', flags: ['overrun'], device: { id: 'S1' } },
    ])
    // Extended, it is in time again.
    announce(lab, 'P1', { devices: ['S1'] }, { from: lab.now - 50 * MINUTE })
    lab.pass(1)
    expect(lab.open()).toMatchObject([{ kind: 'planned', flags: [] }])
  })

  it('that ended explains nothing later', () => {
    const lab = section()
    announce(lab, 'P1', { devices: ['S1'] }, { to: lab.now + MINUTE })
    lab.pass(32 * 60)
    goDark(lab, 'abcdef')
    lab.pass(60)
    expect(lab.open()).toMatchObject([{ kind: 'fault', flags: [] }])
    expect(lab.engine.world!.plans.byId.size).toBe(0)
  })

  it('announced or withdrawn while the outage is open changes what it is called', () => {
    const lab = section()
    goDark(lab, 'abcdef')
    lab.pass(60)
    expect(lab.open()).toMatchObject([{ kind: 'fault', outageKind: 'confirmed' }])
    announce(lab, 'P1', { devices: ['S1'] })
    lab.pass(1)
    expect(lab.open()).toMatchObject([{ kind: 'planned', stage: 'planned' }])
    lab.feed({
      type: 'planWithdrawn',
      receivedAt: lab.now,
      plan: 'P1',
      by: 'planner',
      role: 'networkDispatcher',
    })
    lab.pass(1)
    const change = lab.changes.filter(({ type }) => type === 'incident').at(-1)
    expect(change).toMatchObject({ reason: 'revised', causes: [lab.position - 1] })
    expect(lab.open()).toMatchObject([
      // What outages like it took stands in the place of the plan's end.
      { kind: 'fault', stage: 'confirmed', etrSource: 'estimated' },
    ])
  })

  it.each([
    ['rationing', 'rationing'],
    ['arrears', 'arrears'],
    ['suspension', 'customerRequested'],
    ['customerRequested', 'customerRequested'],
  ] as const)('of kind %s for usage points makes theirs %s', (kind, name) => {
    const lab = section()
    announce(lab, 'L1', { usagePoints: ['d'] }, { kind })
    lab.pass(1)
    goDark(lab, 'd')
    lab.pass(60)
    expect(lab.open()).toMatchObject([{ kind: name, level: 'service', device: { id: 'd' } }])
  })

  it('for every usage point of a transformer covers the transformer, for some it does not', () => {
    for (const [points, kind] of [
      [['d', 'e', 'f'], 'rationing'],
      [['d', 'e'], 'fault'],
    ] as const) {
      const lab = section()
      announce(lab, 'L1', { usagePoints: [...points] }, { kind: 'rationing' })
      for (const m of ['d', 'e', 'f']) lab.say(`o-${m}`, 'powerOff')
      lab.pass(120)
      expect(lab.open().at(-1)).toMatchObject({ kind })
    }
  })

  it('of several is the same whatever the order of announcement', () => {
    const kinds = [
      ['P1', 'P2'],
      ['P2', 'P1'],
    ].map((order) => {
      const lab = section()
      for (const id of order)
        announce(lab, id, { devices: ['S1'] }, { kind: id === 'P1' ? 'rationing' : 'planned' })
      goDark(lab, 'abcdef')
      lab.pass(30)
      return lab.open()[0]!.kind
    })
    expect(kinds).toEqual(['rationing', 'rationing'])
  })
})

describe('meters that are exchanged (换表)', () => {
  const lab = (places: { devices?: string[]; usagePoints?: string[] }) => {
    const lab = section()
    announce(lab, 'W1', places, { kind: 'meterExchange' })
    lab.pass(1)
    return lab
  }

  it.each([{ usagePoints: ['d'] }, { devices: ['T2'] }])(
    'one by one are metering work, which staff alone are told of: %j',
    (places) => {
      const one = lab(places)
      goDark(one, 'd')
      one.pass(60)
      expect(one.open()).toMatchObject([
        {
          kind: 'metering',
          stage: 'planned',
          level: 'service',
          device: { id: 'd' },
          noticeNo: null,
          // Until then somebody is at it; how long each is without supply the order does not say.
          estimatedPeriod: null,
          etrSource: 'none',
        },
      ])
      expect(one.open()[0]!.evidence).toMatchObject([{ said: 'powerOff', observer: 'o-d' }])
    },
  )

  it('explain nothing at the transformer or above it', () => {
    const area = lab({ devices: ['T2'] })
    goDark(area, 'def')
    area.pass(120)
    expect(area.open()).toMatchObject([{ kind: 'fault', device: { id: 'T2' } }])
    const whole = lab({ devices: ['T2'] })
    goDark(whole, 'abcdef')
    whole.pass(120)
    expect(whole.open().map(({ kind, device }) => `${kind} ${device.id}`)).toEqual(['fault S1'])
  })

  it('explain no low-voltage branch, though each of its meters is named', () => {
    const branchOf = (id: string, names: string) => [
      `      ${id} lvBranch`,
      ...[...names].map((m) => `        ${m} meter`),
    ]
    const above = ['B1 breaker', '  S1 switch', '    T2 transformer']
    const grid = drawnGrid(
      [...above, ...branchOf('L1', 'abcdef'), ...branchOf('L2', 'ghijkl')].join('\n'),
    )
    const branch = new EngineLab(grid)
    announce(branch, 'W1', { devices: ['T2'] }, { kind: 'meterExchange' })
    branch.pass(1)
    goDark(branch, 'abcdef')
    branch.pass(300)
    expect(branch.open().map(({ kind }) => kind)).toEqual(['fault'])
  })

  it.each(['A1', 'Z1'])('yield to what is planned for one customer, whichever is %s', (id) => {
    const one = lab({ devices: ['T2'] })
    announce(one, id, { usagePoints: ['d'] }, { kind: 'arrears' })
    goDark(one, 'd')
    one.pass(60)
    expect(one.open()).toMatchObject([{ kind: 'arrears', device: { id: 'd' } }])
  })

  it('are others where the plan names others', () => {
    const other = lab({ devices: ['T4'] })
    goDark(other, 'd')
    other.pass(60)
    expect(other.open()).toMatchObject([{ kind: 'fault', device: { id: 'd' } }])
  })
})
