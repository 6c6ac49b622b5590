/** Call-reads over the life of incidents, on virtual time. */
import { describe, expect, it } from 'vitest'
import { AskedLab, callRules } from '../../../support/asked-lab.ts'
import { drawnGrid } from '../../../support/drawn-grid.ts'

/** A feeder with two laterals of three transformers, a concentrator and four meters each. */
function county(): string {
  const transformer = (id: string) => [
    `    X${id} transformer`,
    `      C${id} concentrator`,
    ...[1, 2, 3, 4].map((m) => `      m${id}-${m} meter`),
  ]
  return [
    'B breaker',
    '  S scada',
    '  F1 fuse',
    ...transformer('1a'),
    ...transformer('1b'),
    ...transformer('1c'),
    '  F2 fuse',
    ...transformer('2a'),
    ...transformer('2b'),
    ...transformer('2c'),
  ].join('\n')
}

const metersOf = (...areas: string[]) =>
  areas.flatMap((area) => [1, 2, 3, 4].map((m) => `o-m${area}-${m}`))

const areaOf = (observer: string) => /[12][abc]/.exec(observer)![0]

/** A concentrator says of itself and its meters that supply is lost, or back. */
function area(lab: AskedLab, id: string, kind: 'powerOff' | 'powerOn'): void {
  lab.say(`C${id}`, kind)
  lab.say(`C${id}`, kind, { meters: metersOf(id) })
}

/** Dark areas: their concentrators measure nothing, their meters do not answer. */
function darkness(dark: () => readonly string[]) {
  return (target: string) => {
    if (!dark().includes(areaOf(target))) return 'energised'
    return target.startsWith('C') ? 'deenergised' : 'noAnswer'
  }
}

describe('verifying', () => {
  it('confirms what one concentrator said by what it measures itself', () => {
    const lab = new AskedLab(drawnGrid(county()))
    lab.answerOf = darkness(() => ['1a'])
    lab.pass(5)
    area(lab, '1a', 'powerOff')
    lab.pass(20)
    expect(lab.open()).toMatchObject([
      { device: { id: 'X1a' }, outageKind: 'predicted', verification: { state: 'notAsked' } },
    ])
    lab.pass(13)
    expect(lab.open()).toMatchObject([{ stage: 'verifying', verification: { state: 'asked' } }])
    lab.pass(60)
    expect(lab.asked).toContain('C1a')
    expect(lab.open()).toMatchObject([
      { device: { id: 'X1a' }, outageKind: 'confirmed', sources: 2, stage: 'confirmed' },
    ])
    lab.pass(30)
    expect(lab.open()[0]!.verification).toMatchObject({ state: 'answered' })
  })

  it('withdraws what one terminal said and the answer denies', () => {
    const lab = new AskedLab(drawnGrid(county()), callRules({ afterSeconds: 5 }))
    lab.answerOf = () => 'energised'
    lab.pass(5)
    lab.say('C1a', 'powerOff')
    lab.pass(120)
    expect(lab.asked).toContain('C1a')
    expect(lab.incidents()).toMatchObject([{ outageKind: 'closed', outcome: 'withdrawn' }])
  })

  it('confirms nothing where nobody answers, and says so', () => {
    const lab = new AskedLab(drawnGrid(county()))
    lab.pass(5)
    area(lab, '1a', 'powerOff')
    lab.pass(400)
    expect(lab.open()).toMatchObject([
      { outageKind: 'predicted', sources: 1, verification: { state: 'timedOut', answered: 0 } },
    ])
  })

  it('asks who did not answer once more, a minute after the first attempt', () => {
    const lab = new AskedLab(drawnGrid(county()), callRules({ perArea: 10 }))
    lab.answerOf = darkness(() => ['1a'])
    lab.pass(5)
    area(lab, '1a', 'powerOff')
    lab.pass(300)
    const times = new Map<string, number[]>()
    for (const { targets, at } of lab.calls)
      for (const target of targets) times.set(target, [...(times.get(target) ?? []), at])
    const apart = [...times.values()].flatMap(([first, second]) =>
      second === undefined ? [] : [(second - first!) / 1000],
    )
    expect(apart).not.toEqual([])
    expect(Math.min(...apart)).toBeGreaterThanOrEqual(60)
    expect(Math.max(...apart)).toBeLessThan(75)
  })

  it('asks in two rounds at most, each one within its time and never SCADA', () => {
    const lab = new AskedLab(drawnGrid(county()))
    lab.pass(5)
    area(lab, '1a', 'powerOff')
    lab.pass(900)
    expect(Math.max(...lab.calls.map(({ round }) => round))).toBeLessThanOrEqual(2)
    expect(new Set(lab.calls.map(({ call }) => call)).size).toBe(lab.calls.length)
    expect(lab.asked).not.toContain('S')
    for (const { at, by, reason } of lab.calls) {
      expect(by - at).toBeGreaterThan(0)
      expect(reason).toBe('verify')
    }
    expect(lab.asked.length).toBeLessThanOrEqual(callRules().judgement.callReads.perIncident)
  })

  it('asks nobody where it is switched off, and the incident says so', () => {
    const lab = new AskedLab(drawnGrid(county()), callRules({ enabled: false }))
    lab.answerOf = darkness(() => ['1a'])
    lab.pass(5)
    area(lab, '1a', 'powerOff')
    lab.pass(300)
    expect(lab.calls).toEqual([])
    expect(lab.open()).toMatchObject([
      { outageKind: 'predicted', verification: { state: 'off', asked: 0, answered: 0 } },
    ])
  })
})

describe('refining', () => {
  it('moves from the meter that spoke to the transformer that is out', () => {
    const drawing = [
      ...['B breaker', '  X transformer', '    m1 meter', '    m2 meter'],
      ...['  Y transformer', '    m8 meter', '    m9 meter'],
    ]
    const lab = new AskedLab(drawnGrid(drawing.join('\n')))
    lab.answerOf = (target) => (/m[12]$/.test(target) ? 'silent' : 'energised')
    lab.pass(5)
    lab.say('o-m1', 'powerOff')
    lab.pass(29)
    expect(lab.open()).toMatchObject([{ device: { id: 'm1' } }])
    lab.pass(120)
    expect(lab.asked).toContain('o-m2')
    expect(lab.open()).toMatchObject([{ device: { id: 'X' }, outageKind: 'predicted' }])
  })

  it('finds the fuse as well where somebody else on the feeder has lost a phase', () => {
    const lab = new AskedLab(drawnGrid(county()))
    lab.answerOf = darkness(() => ['1a', '1b', '1c'])
    lab.pass(5)
    lab.say('C2b', 'phaseLoss', { phases: 1 })
    lab.pass(120)
    lab.say('C1a', 'powerOff', { meters: ['o-m1a-1', 'o-m1a-2'] })
    lab.pass(100)
    expect(lab.asked).toEqual(expect.arrayContaining(['C1b', 'C1c']))
    expect(lab.open()).toMatchObject([{ device: { id: 'F1' }, outageKind: 'confirmed' }])
  })

  it('does not wait again for an answer that comes late', () => {
    const lab = new AskedLab(drawnGrid(county()))
    lab.answerOf = darkness(() => ['1a'])
    lab.answerSeconds = 100
    lab.pass(5)
    area(lab, '1a', 'powerOff')
    lab.pass(600)
    expect(Math.max(...lab.calls.map(({ round }) => round))).toBe(2)
    // Late, but a reading: the terminal did measure nothing.
    expect(lab.open()).toMatchObject([
      { outageKind: 'confirmed', verification: { state: 'timedOut', answered: 0 } },
    ])
  })
})

describe('restoring', () => {
  const dark = new Set<string>()

  /** The lateral F1 goes out with three areas and is confirmed. */
  function out(rules = callRules()): AskedLab {
    const lab = new AskedLab(drawnGrid(county()), rules)
    lab.answerOf = darkness(() => [...dark])
    for (const id of ['1a', '1b', '1c']) dark.add(id)
    lab.pass(5)
    for (const id of dark) area(lab, id, 'powerOff')
    lab.pass(100)
    expect(lab.open()).toMatchObject([{ device: { id: 'F1' }, outageKind: 'confirmed' }])
    return lab
  }

  it('asks a sample of every area before it is called restored', () => {
    const lab = out()
    dark.clear()
    // All twelve meters and two of three concentrators say so.
    for (const id of ['1a', '1b']) area(lab, id, 'powerOn')
    lab.say('C1c', 'powerOn', { meters: metersOf('1c') })
    lab.pass(2)
    expect(lab.open()).toMatchObject([{ outageKind: 'partiallyRestored' }])
    expect(lab.calls.filter(({ reason }) => reason === 'restoration')).toMatchObject([
      { terminal: 'C1c' },
    ])
    lab.pass(10)
    expect(lab.incidents()).toMatchObject([{ device: { id: 'F1' }, outageKind: 'restored' }])
  })

  it('asks nobody where everybody has said so', () => {
    const lab = out()
    dark.clear()
    for (const id of ['1a', '1b', '1c']) area(lab, id, 'powerOn')
    lab.pass(3)
    expect(lab.incidents()).toMatchObject([{ outageKind: 'restored' }])
    expect(lab.calls.filter(({ reason }) => reason === 'restoration')).toEqual([])
  })

  it('what stays dark behind its concentrator is an outage of its own', () => {
    const lab = out()
    lab.answerOf = (target) => (areaOf(target) === '1c' ? 'silent' : 'energised')
    for (const id of ['1a', '1b']) area(lab, id, 'powerOn')
    lab.pass(400)
    const [whole, left] = lab.incidents()
    expect(whole).toMatchObject({ device: { id: 'F1' }, outageKind: 'restored' })
    expect(left).toMatchObject({ device: { id: 'X1c' }, parent: whole!.id })
    expect(['predicted', 'confirmed']).toContain(left!.outageKind)
    expect(left!.startedAt).toBe(whole!.startedAt)
    area(lab, '1c', 'powerOn')
    lab.pass(300)
    expect(lab.open()).toEqual([])
  })

  it('what answers that it is dark is found before the return settles', () => {
    const lab = out()
    dark.delete('1a')
    dark.delete('1b')
    for (const id of ['1a', '1b']) area(lab, id, 'powerOn')
    // Those that did not answer are asked once more, a minute later.
    lab.pass(230)
    expect(lab.incidents()).toMatchObject([
      { device: { id: 'F1' } },
      { device: { id: 'X1c' }, parent: 'I000001' },
    ])
  })
})

describe('budgets', () => {
  it('asks no more than the rule file allows, an area, an incident and a second', () => {
    const lab = new AskedLab(
      drawnGrid(county()),
      callRules({ perIncident: 3, perArea: 1, perSecond: 2 }),
    )
    lab.pass(5)
    area(lab, '1a', 'powerOff')
    lab.say('C1b', 'powerOff')
    lab.say('C2a', 'powerOff')
    lab.pass(300)
    const incidents = lab.incidents()
    for (const { id } of incidents) {
      const mine = lab.calls.filter(({ incident }) => incident === id)
      const targets = mine.flatMap((call) => call.targets)
      expect(targets.length).toBeLessThanOrEqual(3)
      const areas = targets.map(areaOf)
      expect(new Set(areas).size).toBe(areas.length)
    }
    const bySecond = new Map<number, number>()
    for (const { at, targets } of lab.calls)
      bySecond.set(at, (bySecond.get(at) ?? 0) + targets.length)
    expect(Math.max(...bySecond.values())).toBeLessThanOrEqual(2)
  })

  it('asks one area of each incident in a storm', () => {
    const lab = new AskedLab(drawnGrid(county()), callRules({}))
    const order = { mode: 'on', by: 'wang', role: 'shiftLeader' } as const
    lab.feed({ type: 'stormMode', receivedAt: lab.now, ...order })
    lab.pass(5)
    area(lab, '1a', 'powerOff')
    area(lab, '1b', 'powerOff')
    lab.pass(300)
    for (const { id } of lab.incidents()) {
      const mine = lab.calls.filter((call) => call.incident === id && call.reason !== 'restoration')
      expect(new Set(mine.flatMap(({ targets }) => targets.map(areaOf))).size).toBeLessThanOrEqual(
        1,
      )
    }
  })
})
