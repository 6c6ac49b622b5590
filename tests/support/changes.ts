/** Incidents and change batches for tests of what follows the engine. */
import type {
  Change,
  ChangeBatch,
  Incident,
  IncidentReason,
  InterruptionSegment,
  Notice,
} from '../../src/engine/changes.ts'
import type { QuarantinedFact } from '../../src/facts/facts.ts'

type Loose<Shape> = { -readonly [Key in keyof Shape]?: unknown }
/** Every field of it, so that what lacks a new one is refused; ids need no brand. */
type Whole<Shape> = { readonly [Key in keyof Shape]: unknown }

export function incident(id: string, revision: number, over: Loose<Incident> = {}): Incident {
  const whole = {
    id,
    revision,
    parent: null,
    noticeNo: null,
    kind: 'fault',
    flags: [],
    outageKind: 'predicted',
    outcome: null,
    mergedInto: null,
    level: 'branch',
    grade: 3,
    unit: '1501',
    feeder: 'F1',
    device: { id: `D-${id}`, type: 'fuse', name: `支线 ${id}` },
    phases: 'ABC',
    centroid: [111.6, 40.8],
    probability: 0.91,
    rivals: [],
    transformersAffected: 2,
    metersAffected: 120,
    originalMetersAffected: 120,
    customersRestored: 0,
    important: 0,
    sensitiveCount: 0,
    startedAt: 1000,
    sensedAt: 1000,
    restoredAt: null,
    estimatedPeriod: null,
    etrSource: 'none',
    crew: null,
    stage: 'sensed',
    cause: null,
    ruleVersion: '1',
    sources: 2,
    notice: null,
    clocks: [],
    urges: 0,
    firstCallAt: null,
    serviceLevel: 4,
    serviceReasons: [],
    repair: null,
    verification: { state: 'notAsked', asked: 0, answered: 0 },
    evidence: [],
    ...over,
  } satisfies Whole<Incident>
  return whole as unknown as Incident
}

export function incidentChange(
  of: Incident,
  at: number,
  reason: IncidentReason = 'revised',
  causes: readonly number[] = [1],
): Change {
  return { type: 'incident', at, reason, incident: of, causes }
}

export function noticeChange(over: Loose<Notice>, at: number): Change {
  const whole = {
    no: 'GZ20261122150100001',
    incident: 'I1',
    revision: 1,
    status: 'published',
    parentNo: null,
    ruleVersion: '1',
    trigger: 'terminal',
    probability: 0.97,
    outageType: 'fault',
    level: 'branch',
    grade: 2,
    urgency: 'usual',
    device: { id: 'D1', type: 'fuse', name: '东支线' },
    phases: 'ABC',
    unit: '1501',
    substation: '城东站',
    feeder: '城东线',
    transformers: [],
    publicTransformers: 2,
    dedicatedTransformers: 1,
    customers: 120,
    importantUsers: [{ usagePoint: 'U-77', importance: 'first' }],
    importantCount: 1,
    sensitiveCount: 0,
    startedAt: at,
    sensedAt: at,
    proposedAt: at,
    publishedAt: at,
    publishedBy: 'rule',
    arrivedAt: null,
    restoredAt: null,
    etr: null,
    etrSource: 'none',
    cause: null,
    crew: null,
    stage: 'pushed',
    restored: 'none',
    routes: ['serviceDispatcher', 'gridManager'],
    ...over,
  } satisfies Whole<Notice>
  return { type: 'notice', at, notice: whole as unknown as Notice, causes: [1] }
}

export function segment(id: string, over: Loose<InterruptionSegment> = {}): InterruptionSegment {
  const whole = {
    id,
    incident: 'I1',
    device: { id: 'D1', type: 'fuse', name: 'D1' },
    feeder: 'F1',
    unit: '1501',
    phases: 'ABC',
    from: 1000,
    to: null,
    customers: 120,
    transformers: 2,
    void: false,
    momentary: false,
    exceptions: [],
    ...over,
  } satisfies Whole<InterruptionSegment>
  return whole as unknown as InterruptionSegment
}

export function quarantined(receivedAt: number, over: Loose<QuarantinedFact> = {}) {
  const whole = {
    type: 'quarantined',
    receivedAt,
    reason: 'malformed',
    topic: 'lastgasp/v1/T1/event',
    detail: 'not JSON',
    raw: '{',
    ...over,
  } satisfies Whole<QuarantinedFact>
  return whole as unknown as QuarantinedFact
}

export function batch(position: number, ...changes: Change[]): ChangeBatch {
  return { position, at: position * 1000, changes }
}
