/**
 * The notice (故障感知信息) of an incident: proposed with it, published by staff or by the rule,
 * revised with it, withdrawn or filed with it. `domain.md` §4.1.
 */
import { formatInstant, type InstantMs, offsetMinutesOf } from '../../facts/time.ts'
import type { IncidentKind } from '../changes.ts'
import type { Case } from '../incidents/case.ts'
import { unitOf } from '../incidents/naming.ts'
import { laneOf } from '../lane.ts'
import type { World } from '../world.ts'
import type { NoticeState, NoticeStatus } from './notice-state.ts'
import { tripOf } from './trip.ts'

/**
 * Kinds that somebody is told of: repairs, and the fault of a customer's own transformer. For the others
 * nothing is proposed (`domain.md` §1.1, §1.8).
 */
const NOTIFIABLE: ReadonlySet<IncidentKind> = new Set([
  'fault',
  'partialPhase',
  'unknown',
  'customerInternal',
])

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** True of kinds that somebody is told of. */
export const isNotifiable = ({ kind }: Case) => NOTIFIABLE.has(kind)

/** Brings the notice in line with its case, before the case is published. */
export function turnNotice(world: World, incident: Case): void {
  if (incident.outageKind === 'confirmed') incident.confirmedAt ??= world.now
  const { notice } = incident
  if (!notice) {
    if (incident.finding !== null || isOver(incident) || !NOTIFIABLE.has(incident.kind)) return
    incident.notice = {
      no: null,
      revision: 0,
      status: 'proposed',
      proposedAt: world.now,
      publishedAt: null,
      publishedRevision: null,
      publishedBy: null,
      said: '',
    }
  }
  const held = incident.notice!
  if (!isOver(incident)) held.trip = tripOf(world, incident) ?? held.trip ?? null
  if (incident.customersRestored > 0 && !isOver(incident)) held.partBackAt ??= world.now
  held.status = statusOf(incident, held)
}

function statusOf(incident: Case, notice: NoticeState): NoticeStatus {
  // Never sent: nothing has to be taken back.
  if (notice.publishedAt === null) return isOver(incident) ? 'archived' : 'proposed'
  if (incident.outcome === 'withdrawn' || incident.outcome === 'falseAlarm') return 'withdrawn'
  if (incident.outageKind === 'closed') return 'archived'
  if (incident.outageKind === 'restored') return 'restored'
  return notice.revision <= notice.publishedRevision! ? 'published' : 'changed'
}

/** Publishes the notice at `at`: numbered, and the repair's clock starts. False where it already was. */
export function publishNotice(
  world: World,
  incident: Case,
  by: 'staff' | 'rule',
  at: InstantMs,
): boolean {
  turnNotice(world, incident)
  const { notice } = incident
  if (!notice || notice.publishedAt !== null || isOver(incident)) return false
  notice.no = nextNoticeNo(world, incident, at)
  notice.publishedAt = at
  notice.publishedRevision = notice.revision + 1
  notice.publishedBy = by
  if (BEFORE_PUSH.has(incident.stage)) incident.stage = 'pushed'
  return true
}

const BEFORE_PUSH = new Set(['sensed', 'verifying', 'confirmed'])

/**
 * When the rule publishes by itself: grades Ⅰ and Ⅱ, some minutes after the incident was confirmed
 * and nobody had said anything. Undefined where it waits for people.
 */
export function publishesAt(world: World, incident: Case): InstantMs | undefined {
  const { notice, confirmedAt, grade } = incident
  if (!notice || notice.publishedAt !== null || confirmedAt === null || isOver(incident)) return
  if (grade > world.rules.service.notice.publishGrade || !NOTIFIABLE.has(incident.kind)) return
  return confirmedAt + world.rules.service.notice.publishMinutes * MINUTE_MS
}

/** The last four characters of the unit keep the number readable; the sequence keeps it unique. */
function nextNoticeNo(world: World, incident: Case, at: InstantMs): string {
  const local = at + offsetMinutesOf(world.rules.judgement.utcOffset) * MINUTE_MS
  const day = Math.floor(local / DAY_MS)
  if (world.notices.day !== day) world.notices = { day, count: 0 }
  world.notices.count++
  const date = formatInstant(local).slice(0, 10).replaceAll('-', '')
  const unit = unitOf(world.grid, incident.head).slice(-4).padStart(4, '0')
  const lane = laneOf(world.nextCase) || ''
  return `GZ${date}${unit}${lane}${String(world.notices.count).padStart(5, '0')}`
}

const isOver = ({ outageKind }: Case) => outageKind === 'restored' || outageKind === 'closed'
