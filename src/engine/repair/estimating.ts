/**
 * When supply will be back, as long as no crew has said (`domain.md` §4.1): from how long outages like
 * it lasted (level, area class, storm, hour, cause), given how long it has lasted already. Every
 * restoration teaches, and says how far the estimate was off.
 */
import { offsetMinutesOf } from '../../facts/time.ts'
import type { IncidentKind } from '../changes.ts'
import { type Case, isActive } from '../incidents/case.ts'
import { incidentId } from '../incidents/incident-id.ts'
import { unitOf } from '../incidents/naming.ts'
import { zoneOf } from '../service/zone.ts'
import type { World } from '../world.ts'
import type { EtrOutcomeChange } from './etr-outcome.ts'
import { countDuration, quantileOf, sharesOf } from './history.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
/** Parts of the day: at night crews sleep, in the evening roads are full. */
const HOURS_A_BAND = 6
const HOURS_A_DAY = 24

/** What lasts as long as a repair does. */
const REPAIRED: ReadonlySet<IncidentKind> = new Set(['fault', 'partialPhase', 'unknown'])

/** Makes the estimate, or makes it anew where what it rests on changed or its time has passed. */
export function renewEstimate(world: World, incident: Case): void {
  const { repair } = incident
  if (!isActive(incident) || incident.finding !== null || !REPAIRED.has(incident.kind)) return
  if (incident.outageKind === 'predicted' || incident.etr !== null) return
  const group = partsOf(world, incident).join('/')
  if (repair.estimate?.group === group && repair.estimate.end > world.now) return
  const { quantiles } = world.rules.service.etr
  const shares = sharesFor(world, incident)
  const elapsed = Math.max(0, world.now - incident.startedAt) / MINUTE_MS
  const at = (share: number) =>
    incident.startedAt + Math.round(quantileOf(shares, share, elapsed)) * MINUTE_MS
  const [start, middle, end] = [quantiles.start, quantiles.middle, quantiles.end].map(at)
  repair.estimate = {
    madeAt: world.now,
    group,
    start: start!,
    middle: middle!,
    end: Math.max(end!, world.now + MINUTE_MS),
  }
  repair.firstEstimate ??= repair.estimate
}

/** True where the time of an estimate has passed without a word. */
export function isEstimateOver({ now }: World, { etr, repair }: Case): boolean {
  return etr === null && repair.estimate !== null && repair.estimate.end <= now
}

/** Supply is back: what that teaches, and how far off the estimates were. */
export function learnDuration(world: World, incident: Case): EtrOutcomeChange[] {
  const { restoredAt, startedAt, kind, outcome, observer, head, number, level, repair } = incident
  if (restoredAt === null || outcome !== null || !REPAIRED.has(kind)) return []
  const lasted = (restoredAt - startedAt) / MINUTE_MS
  // What ends within the momentary was no repair.
  if (lasted * 60 < world.rules.judgement.momentarySeconds) return []
  const { mostCounted } = world.rules.service.etr
  countDuration(world.durations, groupsOf(world, incident), lasted, mostCounted)
  const field = repair.etrs.at(-1)
  return [
    {
      type: 'etrOutcome',
      at: world.now,
      incident: incidentId(number),
      unit: unitOf(world.grid, head),
      level: observer >= 0 ? 'service' : level,
      zone: zoneOf(world, incident),
      startedAt,
      restoredAt,
      estimate: repair.firstEstimate,
      field: field ? { etr: field.etr, at: field.at } : null,
    },
  ]
}

/** The groups of an outage, each within the one before. */
function groupsOf(world: World, incident: Case): string[] {
  const parts = partsOf(world, incident)
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'))
}

/** What an outage is grouped by, the coarsest first; the cause only where it is known. */
function partsOf(world: World, incident: Case): string[] {
  const { level, startedAt, cause } = incident
  const local = startedAt + offsetMinutesOf(world.rules.judgement.utcOffset) * MINUTE_MS
  const hour = Math.floor(local / HOUR_MS) % HOURS_A_DAY
  const weather = incident.flags.includes('stormMode') ? 'storm' : 'calm'
  const parts = [level, zoneOf(world, incident), weather, String(Math.floor(hour / HOURS_A_BAND))]
  // 设备, 运维, 自然, 外力 … : the second level of the tree is as fine as the counts allow.
  if (cause !== null) parts.push(cause.slice(0, 2))
  return parts
}

function sharesFor(world: World, incident: Case): number[] {
  const rules = world.rules.service.etr
  const { level } = incident
  const low = level === 'lvBranch' || level === 'meterBox' || level === 'service'
  const hours =
    level === 'transformer'
      ? rules.usualHours.transformer
      : low
        ? rules.usualHours.low
        : rules.usualHours.high[zoneOf(world, incident)]
  return sharesOf(world.durations, groupsOf(world, incident), hours * 60, rules)
}
