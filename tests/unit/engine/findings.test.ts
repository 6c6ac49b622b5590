/** What looks like an outage and is none of the network's: found, explained, and gone by itself. */
import { describe, expect, it } from 'vitest'
import type { Incident } from '../../../src/engine/changes.ts'
import type { ReadingResult } from '../../../src/facts/wire.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab } from '../../support/engine-lab.ts'

/** Four feeders of two areas, each with its concentrator and three meters. */
function county(): EngineLab {
  const area = (t: string) =>
    `  T${t} transformer\n    C${t} concentrator\n${['a', 'b', 'c'].map((m) => `    ${m}${t} meter`).join('\n')}`
  return new EngineLab(
    drawnGrid(
      [1, 2, 3, 4].map((f) => `B${f} breaker\n${area(`${f}1`)}\n${area(`${f}2`)}`).join('\n'),
    ),
  )
}

let requests = 0
const call = (lab: EngineLab, usagePoint: string, says: 'dark' | 'live' = 'dark') =>
  lab.feed({
    type: 'callerReport',
    receivedAt: lab.now,
    requestId: `r${++requests}`,
    channel: 'phone',
    usagePoint: usagePoint as never,
    says,
    account: `acc-${usagePoint}`,
    by: 'agent',
    role: 'agent',
  })
const read = (lab: EngineLab, terminal: string, target: string, result: ReadingResult) =>
  lab.feed({
    type: 'reading',
    receivedAt: lab.now,
    terminal: terminal as never,
    at: lab.now,
    readings: [{ target: target as never, result }],
  })
const link = (lab: EngineLab, terminal: string, state: 'online' | 'offline') =>
  lab.feed({ type: 'link', receivedAt: lab.now, terminal: terminal as never, state })
const act = (lab: EngineLab, { id, revision }: Incident, action: 'falseAlarm' | 'confirm') =>
  lab.feed({
    type: 'actionRequested',
    receivedAt: lab.now,
    requestId: `q${++requests}`,
    incident: id,
    expectedRevision: revision,
    action,
    by: 'someone',
    role: 'shiftLeader',
  })

describe('a caller whose meter has supply', () => {
  it('has it behind the meter: customerInternal, with both words as evidence', () => {
    const lab = county()
    call(lab, 'a11')
    lab.pass(5)
    expect(lab.incidents()).toEqual([])
    read(lab, 'C11', 'o-a11', 'energised')
    lab.pass(5)
    expect(lab.incidents()).toMatchObject([
      {
        kind: 'customerInternal',
        level: 'service',
        device: { id: 'a11' },
        outageKind: 'predicted',
        metersAffected: 0,
        evidence: [{ said: 'reading:energised' }, { said: 'call:dark', observerClass: 'caller' }],
      },
    ])
    expect(lab.changes.filter(({ type }) => type === 'segment' || type === 'feeder')).toEqual([])
  })

  it('is in arrears where the relay is open', () => {
    const lab = county()
    call(lab, 'a11')
    read(lab, 'C11', 'o-a11', 'relayOpen')
    lab.pass(5)
    expect(lab.incidents()).toMatchObject([{ kind: 'arrears', device: { id: 'a11' } }])
    // Paid and reconnected, and still dark: it is their own side.
    lab.pass(5)
    read(lab, 'C11', 'o-a11', 'energised')
    lab.pass(5)
    expect(lab.incidents()).toMatchObject([{ kind: 'customerInternal' }])
    call(lab, 'a11', 'live')
    lab.pass(5)
    expect(lab.incidents()).toMatchObject([{ outageKind: 'closed', outcome: null }])
  })

  it('is in arrears by an announced list without any reading', () => {
    const lab = county()
    lab.feed({
      type: 'planAnnounced',
      receivedAt: lab.now,
      plan: 'L1',
      kind: 'arrears',
      devices: [],
      usagePoints: ['a11' as never],
      from: lab.now,
      to: lab.now + 3_600_000,
      by: 'billing',
      role: 'service',
    })
    lab.pass(1)
    call(lab, 'a11')
    lab.pass(5)
    expect(lab.incidents()).toMatchObject([{ kind: 'arrears', metersAffected: 0 }])
  })

  it('an open relay without a call is nobody’s incident', () => {
    const lab = county()
    read(lab, 'C11', 'o-a11', 'relayOpen')
    lab.pass(30)
    expect(lab.incidents()).toEqual([])
  })

  it('belongs to the outage that is found above it later', () => {
    const lab = county()
    call(lab, 'a11')
    read(lab, 'C11', 'o-a11', 'energised')
    lab.pass(5)
    expect(lab.open()).toHaveLength(1)
    lab.pass(60)
    for (const t of ['11', '12']) {
      lab.say(`C${t}`, 'powerOff')
      lab.say(`C${t}`, 'powerOff', { meters: ['a', 'b', 'c'].map((m) => `o-${m}${t}`) })
    }
    lab.pass(30)
    const [first, second] = lab.incidents()
    expect(first).toMatchObject({
      kind: 'customerInternal',
      outcome: 'merged',
      mergedInto: second!.id,
    })
    expect(second).toMatchObject({ kind: 'fault', outageKind: 'confirmed', device: { id: 'B1' } })
  })

  it('put away by a person stays so', () => {
    const lab = county()
    call(lab, 'a11')
    read(lab, 'C11', 'o-a11', 'energised')
    lab.pass(5)
    act(lab, lab.incidents()[0]!, 'confirm')
    expect(lab.incidents()[0]).toMatchObject({ outageKind: 'confirmed' })
    act(lab, lab.incidents()[0]!, 'falseAlarm')
    lab.pass(120)
    expect(lab.incidents()).toMatchObject([{ outageKind: 'closed', outcome: 'falseAlarm' }])
  })
})

describe('a terminal off by itself', () => {
  it('by its own flag is a terminal fault and no outage', () => {
    const lab = county()
    lab.feed({
      type: 'report',
      receivedAt: lab.now,
      terminal: 'C11' as never,
      kind: 'powerOff',
      at: lab.now,
      valid: true,
      area: false,
    })
    lab.pass(90)
    expect(lab.open()).toMatchObject([
      {
        kind: 'terminalFault',
        level: 'transformer',
        device: { id: 'T11' },
        metersAffected: 0,
        evidence: [{ observer: 'C11', said: 'powerOff' }],
      },
    ])
    lab.say('C11', 'powerOn')
    lab.pass(5)
    expect(lab.open()).toEqual([])
  })

  it('whose meters answer with voltage is one too', () => {
    const lab = county()
    lab.say('C11', 'powerOff')
    lab.pass(10)
    for (const m of ['a', 'b', 'c']) read(lab, 'C11', `o-${m}11`, 'energised')
    lab.pass(90)
    expect(lab.open()).toMatchObject([{ kind: 'terminalFault', device: { id: 'T11' } }])
    expect(lab.open()[0]!.evidence.map(({ said }) => said)).toContain('reading:energised')
  })

  it('with its whole area is an outage', () => {
    const lab = county()
    lab.say('C11', 'powerOff')
    lab.say('C11', 'powerOff', { meters: ['o-a11', 'o-b11', 'o-c11'] })
    lab.pass(90)
    expect(lab.open()).toMatchObject([{ kind: 'fault', device: { id: 'T11' } }])
  })
})

describe('a dead cell', () => {
  const terminals = [1, 2, 3, 4].flatMap((f) => [`C${f}1`, `C${f}2`])

  it('is one communication fault over unrelated feeders, and ends when they are back', () => {
    const lab = county()
    for (const terminal of terminals) link(lab, terminal, 'online')
    lab.pass(10)
    for (const terminal of terminals.slice(0, 6)) {
      link(lab, terminal, 'offline')
      lab.pass(3)
    }
    lab.pass(61)
    expect(lab.incidents()).toMatchObject([
      { kind: 'commsFault', level: 'substation', feeder: null, unit: 'U', metersAffected: 0 },
    ])
    expect(lab.incidents()[0]!.evidence).toHaveLength(6)
    expect(lab.changes.filter(({ type }) => type === 'segment')).toEqual([])
    for (const terminal of terminals) link(lab, terminal, 'online')
    lab.pass(2)
    expect(lab.incidents()).toMatchObject([{ kind: 'commsFault', outageKind: 'closed' }])
  })

  it('is none where they went one by one, or few, or on one feeder', () => {
    const lab = county()
    for (const terminal of terminals) {
      link(lab, terminal, 'offline')
      lab.pass(200)
    }
    expect(lab.incidents()).toEqual([])
  })

  it('is none where they said that their supply went', () => {
    const lab = county()
    for (const terminal of terminals) link(lab, terminal, 'online')
    for (const t of ['11', '12', '21', '22', '31', '32']) {
      lab.say(`C${t}`, 'powerOff')
      lab.say(`C${t}`, 'powerOff', { meters: ['a', 'b', 'c'].map((m) => `o-${m}${t}`) })
      link(lab, `C${t}`, 'offline')
    }
    lab.pass(60)
    expect(lab.incidents().map(({ kind }) => kind)).not.toContain('commsFault')
  })
})
