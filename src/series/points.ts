/**
 * Turns changes into line protocol. The same change gives the same point, timestamp included, so
 * that writing it twice leaves one. Of several values of one point in a page only the last is kept.
 */
import { Point } from '@influxdata/influxdb-client'
import type {
  Change,
  ChangeBatch,
  FeederChange,
  IncidentChange,
  SegmentChange,
} from '../engine/changes.ts'
import type { InstantMs } from '../facts/time.ts'

/** InfluxDB counts in nanoseconds. */
function nanoseconds(at: InstantMs, below: string): string {
  return `${at}${below}`
}

/**
 * Incidents with the same tags may change in the same millisecond, as engine time stands still
 * between ticks. The last six digits of the incident's number keep their points apart.
 */
function incidentDigits(id: string): string {
  return id.replace(/\D/g, '').slice(-6).padStart(6, '0')
}

/** The same for stretches of interruption: `I-000017-2` ends in four digits of one, two of the other. */
function segmentDigits(id: string): string {
  const dash = id.lastIndexOf('-')
  const stretch = id
    .slice(dash + 1)
    .slice(-2)
    .padStart(2, '0')
  return incidentDigits(id.slice(0, dash)).slice(-4) + stretch
}

function feederPoint({ at, unit, feeder, ...state }: FeederChange): Point {
  return new Point('feeder_state')
    .tag('unit', unit)
    .tag('feeder', feeder)
    .intField('incidents', state.incidents)
    .intField('transformersOut', state.transformersOut)
    .intField('customersOut', state.customersOut)
    .timestamp(nanoseconds(at, '000000'))
}

function incidentPoint({ at, reason, incident }: IncidentChange): Point {
  return new Point('incident')
    .tag('unit', incident.unit)
    .tag('feeder', incident.feeder ?? 'none')
    .tag('level', incident.level)
    .tag('grade', String(incident.grade))
    .tag('kind', incident.kind)
    .stringField('id', incident.id)
    .intField('revision', incident.revision)
    .stringField('reason', reason)
    .stringField('state', incident.outageKind)
    .stringField('stage', incident.stage)
    .floatField('probability', incident.probability)
    .intField('customers', incident.metersAffected)
    .intField('customersRestored', incident.customersRestored)
    .intField('transformers', incident.transformersAffected)
    .intField('sensedAfterMs', incident.sensedAt - incident.startedAt)
    .intField('sinceSensedMs', at - incident.sensedAt)
    .timestamp(nanoseconds(at, incidentDigits(incident.id)))
}

/**
 * What was promised and has been done, at the moment it was done. Unit and feeder are fields: a fault
 * that moves takes its promises along, and with other tags each would be there twice.
 */
function promisePoints({ incident }: IncidentChange): Point[] {
  // Changes kept by an earlier program have no clocks.
  return (incident.clocks ?? []).flatMap(({ name, startedAt, dueAt, legalDueAt, doneAt }) => {
    if (doneAt === null) return []
    const point = new Point('promise')
      .tag('promise', name)
      .stringField('id', incident.id)
      .stringField('unit', incident.unit)
      .stringField('feeder', incident.feeder ?? 'none')
      .intField('tookMs', doneAt - startedAt)
      .intField('marginMs', dueAt - doneAt)
      .timestamp(nanoseconds(doneAt, incidentDigits(incident.id)))
    return [legalDueAt === null ? point : point.intField('legalMarginMs', legalDueAt - doneAt)]
  })
}

/**
 * An interruption when it is over, at its end, which stands then: it is one point for good, written
 * over where its beginning is corrected. One that was taken back was never written.
 */
function interruptionPoint({ segment }: SegmentChange): Point[] {
  const { from, to, customers } = segment
  if (to === null || segment.void) return []
  const minutes = (to - from) / 60_000
  return [
    new Point('interruption')
      .tag('unit', segment.unit)
      .tag('feeder', segment.feeder ?? 'none')
      .tag('momentary', segment.momentary ? 'yes' : 'no')
      .stringField('id', segment.id)
      .stringField('incident', segment.incident)
      .stringField('device', segment.device.id)
      .intField('customers', customers)
      .intField('transformers', segment.transformers)
      .floatField('minutes', minutes)
      .floatField('customerMinutes', customers * minutes)
      .timestamp(nanoseconds(to, segmentDigits(segment.id))),
  ]
}

function pointsOf(change: Change): Point[] {
  switch (change.type) {
    case 'feeder':
      return [feederPoint(change)]
    case 'incident':
      return [incidentPoint(change), ...promisePoints(change)]
    case 'segment':
      return interruptionPoint(change)
    case 'reports':
      return Object.entries(change.counts).map(([kind, count]) =>
        new Point('reports')
          .tag('kind', kind)
          .intField('count', count)
          // Parts of the network that are counted apart are points beside each other.
          .timestamp(nanoseconds(change.at, `${change.part ?? 0}`.padStart(6, '0'))),
      )
    default:
      return []
  }
}

/** Figures of the process itself, by field. Whole numbers, so that counters keep their last digit. */
export type ProcessFigures = Readonly<Record<string, number>>

/** One sample of them. Unlike all else it does not come from the records and is not written twice. */
export function figuresLine(at: InstantMs, figures: ProcessFigures): string {
  const point = new Point('program').timestamp(nanoseconds(at, '000000'))
  for (const [name, value] of Object.entries(figures)) point.intField(name, Math.round(value))
  return point.toLineProtocol()!
}

/** What makes two lines the same point: measurement, tags and time, not the fields. */
function identity(line: string): string {
  // A space inside names and tags is escaped, so the first bare one ends the tags.
  const head = /^(?:\\.|[^\\ ])+/.exec(line)![0]
  return head + line.slice(line.lastIndexOf(' '))
}

/** Line protocol of all points of `batches`, in order, each point once. */
export function linesOf(batches: readonly ChangeBatch[]): string[] {
  const lines = new Map<string, string>()
  for (const { changes } of batches)
    for (const change of changes)
      for (const point of pointsOf(change)) {
        const line = point.toLineProtocol()!
        const key = identity(line)
        lines.delete(key)
        lines.set(key, line)
      }
  return [...lines.values()]
}
