/** The incident as JSON: the fields of CONTRACT §5, times as RFC 3339. */
import { expect, test } from 'vitest'
import type { EvidenceItem } from '../../../src/engine/changes.ts'
import { isOpen, toIncidentView, withoutEvidence } from '../../../src/engine/incident-view.ts'
import { incidentSchema } from '../../../src/http/schemas.ts'
import { incident } from '../../support/changes.ts'

const FIELDS =
  `id revision parent noticeNo kind flags outageKind outcome mergedInto level grade unit
  feeder device phases centroid probability rivals transformersAffected metersAffected
  originalMetersAffected customersRestored important sensitiveCount startedAt sensedAt restoredAt
  estimatedPeriod etrSource crew stage cause ruleVersion sources verification notice urges clocks evidence
  firstCallAt serviceLevel serviceReasons repair`.split(/\s+/)

const evidence = [
  { position: 4, observer: 'M1', observerClass: 'meter', said: 'off', at: 1500, device: 'D1' },
] as unknown as EvidenceItem[]

test('it has the contract’s fields in order, additions last, and fits the published schema', () => {
  const view = toIncidentView(incident('I1', 7, { evidence }))
  expect(Object.keys(view)).toEqual(FIELDS)
  expect(Object.keys(incidentSchema.shape).filter((name) => name !== 'suspectedTie')).toEqual(
    FIELDS,
  )
  expect(incidentSchema.parse(JSON.parse(JSON.stringify(view)))).toEqual(view)
})

test('every time is RFC 3339 UTC, every absent one null', () => {
  const period = { start: 0, end: 3_600_000 }
  const view = toIncidentView(
    incident('I1', 1, { evidence, restoredAt: 2000, estimatedPeriod: period }),
  )
  expect(view).toMatchObject({
    startedAt: '1970-01-01T00:00:01.000Z',
    restoredAt: '1970-01-01T00:00:02.000Z',
    estimatedPeriod: { start: '1970-01-01T00:00:00.000Z', end: '1970-01-01T01:00:00.000Z' },
    evidence: [{ at: '1970-01-01T00:00:01.500Z' }],
  })
  const bare = toIncidentView(incident('I2', 1))
  expect([bare.restoredAt, bare.estimatedPeriod]).toEqual([null, null])
})

test('without evidence nothing else changes', () => {
  const view = toIncidentView(incident('I1', 1, { evidence }))
  expect(withoutEvidence(view)).toEqual({ ...view, evidence: [] })
})

test('closed, withdrawn and merged ones are not open; restored ones wait for their result', () => {
  const open = (over: Parameters<typeof incident>[2]) => isOpen(incident('I1', 1, over))
  expect(open({ outageKind: 'predicted' })).toBe(true)
  expect(open({ outageKind: 'restored' })).toBe(true)
  expect(open({ outageKind: 'closed' })).toBe(false)
  expect(open({ outcome: 'merged' })).toBe(false)
})
