/**
 * Turns changes into line protocol. The same change gives the same point, timestamp included, so
 * that writing it twice leaves one. Of several values of one point in a page only the last is kept.
 */
import { Point } from '@influxdata/influxdb-client'
import type { Change, ChangeBatch, FeederChange, IncidentChange } from '../engine/changes.ts'
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
    .floatField('probability', incident.probability)
    .intField('customers', incident.metersAffected)
    .intField('customersRestored', incident.customersRestored)
    .intField('transformers', incident.transformersAffected)
    .timestamp(nanoseconds(at, incidentDigits(incident.id)))
}

function pointsOf(change: Change): Point[] {
  switch (change.type) {
    case 'feeder':
      return [feederPoint(change)]
    case 'incident':
      return [incidentPoint(change)]
    case 'reports':
      return Object.entries(change.counts).map(([kind, count]) =>
        new Point('reports')
          .tag('kind', kind)
          .intField('count', count)
          .timestamp(nanoseconds(change.at, '000000')),
      )
    default:
      return []
  }
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
