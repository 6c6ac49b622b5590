import { describe, expect, it } from 'vitest'
import { audit, type SaidIncident } from '../../../simulators/auditor.ts'
import { type TruthLine, truthLine } from '../../../simulators/truth.ts'

const at = (second: number) => new Date(1_700_000_000_000 + second * 1_000).toISOString()
const ms = (second: number) => 1_700_000_000_000 + second * 1_000

function fault(id: string, second: number, more: Record<string, unknown> = {}): TruthLine {
  return truthLine.parse({
    $: 'truth',
    at: at(second),
    event: 'fault',
    fault: id,
    device: 'L1',
    level: 'branch',
    phases: 'ABC',
    feeder: 'f1',
    usagePoints: 20,
    transformers: 4,
    observers: 20,
    heard: 15,
    above: ['S1', 'B1'],
    below: ['X1', 'X2'],
    meters: ['m1', 'm2'],
    ...more,
  })
}

const restored = (id: string, second: number): TruthLine =>
  truthLine.parse({ $: 'truth', at: at(second), event: 'restored', fault: id, usagePoints: 20 })

function said(id: string, device: string, second: number, more: Partial<SaidIncident> = {}) {
  return {
    id,
    parent: null,
    kind: 'fault',
    outageKind: 'confirmed',
    outcome: null,
    mergedInto: null,
    level: 'branch',
    feeder: 'f1',
    device: { id: device },
    rivals: [],
    originalMetersAffected: 20,
    startedAt: ms(second),
    sensedAt: ms(second + 3),
    restoredAt: null,
    ...more,
  } satisfies SaidIncident
}

describe('the auditor', () => {
  it('finds a fault named rightly, with its times', () => {
    const incident = said('I1', 'L1', 10, { restoredAt: ms(130) })
    const { faults, totals } = audit([fault('f1', 10), restored('f1', 100)], [incident])
    expect(faults[0]).toMatchObject({
      incident: 'I1',
      place: 'same',
      levelRight: true,
      sensedAfterMs: 3_000,
      restoredSeen: true,
      restoredAfterMs: 30_000,
      duplicates: [],
    })
    expect(totals).toMatchObject({ found: 1, right: 1, recall: 1, precision: 1, meterRecall: 1 })
  })

  it('accepts a device that no observer can tell from the right one, and no other rival', () => {
    const twin = { device: { id: 'L1' }, indistinguishable: true }
    const right = audit([fault('f1', 10)], [said('I1', 'X9', 10, { rivals: [twin] })])
    expect(right.faults[0]!.place).toBe('indistinguishable')
    expect(right.totals.right).toBe(1)
    const rival = { device: { id: 'L1' } }
    const wrong = audit([fault('f1', 10)], [said('I1', 'X9', 10, { rivals: [rival] })])
    expect(wrong.faults[0]!.incident).toBeNull()
    expect(wrong.falseIncidents).toEqual(['I1'])
  })

  it.each([
    ['B1', 'above', 200, 0.1, 1],
    ['X1', 'below', 5, 1, 0.25],
    ['m1', 'below', 1, 1, 0.05],
  ] as const)(
    'says where %s stands to the fault, and what that means for meters',
    (device, place, meters, precision, recall) => {
      const { faults, totals } = audit(
        [fault('f1', 10)],
        [said('I1', device, 10, { originalMetersAffected: meters })],
      )
      expect(faults[0]!.place).toBe(place)
      expect(totals).toMatchObject({ found: 1, right: 0, recall: 0, precision: 0 })
      expect(totals.meterPrecision).toBeCloseTo(precision)
      expect(totals.meterRecall).toBeCloseTo(recall)
    },
  )

  it('counts what was missed, what could not be seen, and what never was', () => {
    const { faults, falseIncidents, totals } = audit(
      [fault('f1', 10), fault('f2', 20, { device: 'Z1', heard: 0, above: [], below: [] })],
      [said('I1', 'Q7', 10)],
    )
    expect(faults.map(({ incident, seen }) => [incident, seen])).toEqual([
      [null, true],
      [null, false],
    ])
    expect(falseIncidents).toEqual(['I1'])
    expect(totals).toMatchObject({ faults: 2, seen: 1, found: 0, recallSeen: 0, precision: 0 })
  })

  it('tells duplicates from what was split off, merged or withdrawn', () => {
    const { faults, withdrawn, totals } = audit(
      [fault('f1', 10)],
      [
        said('I1', 'L1', 10),
        said('I2', 'X1', 12),
        said('I3', 'X2', 12, { parent: 'I1' }),
        said('I4', 'X1', 11, { outcome: 'merged', mergedInto: 'I1' }),
        said('I5', 'X1', 11, { outcome: 'withdrawn' }),
      ],
    )
    expect(faults[0]!.incident).toBe('I1')
    expect(faults[0]!.duplicates).toEqual(['I2'])
    expect(withdrawn).toBe(1)
    expect(totals.duplicates).toBe(1)
    expect(totals.precision).toBe(0.5)
  })

  it('takes the kept device of a partial restoration for right', () => {
    const partial = truthLine.parse({
      $: 'truth',
      at: at(50),
      event: 'partial',
      fault: 'f1',
      keeps: 'X2',
      usagePoints: 15,
    })
    expect(audit([fault('f1', 10), partial], [said('I1', 'X2', 10)]).faults[0]!.place).toBe('same')
  })

  it('gives each of two faults of one device its own incident', () => {
    const { faults } = audit(
      [fault('f1', 0), restored('f1', 60), fault('f2', 400), restored('f2', 460)],
      [said('I1', 'L1', 0, { restoredAt: ms(90) }), said('I2', 'L1', 400)],
    )
    expect(faults.map(({ incident }) => incident)).toEqual(['I1', 'I2'])
    expect(faults[1]!.restoredSeen).toBe(false)
  })

  it('does not take an incident of another time for the fault', () => {
    const early = said('I0', 'L1', -5_000, { restoredAt: ms(-4_000) })
    expect(audit([fault('f1', 10)], [early]).faults[0]!.incident).toBeNull()
  })

  it('keeps momentary interruptions apart: quiet where told as momentary or not at all', () => {
    const momentary = (id: string) =>
      ({ ...fault(id, 10, { device: id, above: [], below: [] }), event: 'momentary' }) as TruthLine
    const { momentary: score, totals } = audit(
      [momentary('a'), momentary('b'), momentary('c')],
      [said('I1', 'a', 10, { kind: 'momentary' }), said('I2', 'b', 10)],
    )
    expect(score).toEqual({ count: 3, quiet: 2 })
    expect(totals.faults).toBe(0)
  })
})
