/**
 * Which actions to offer, the next sensible one first. The server decides in the end (403, 409,
 * 422); this only keeps buttons away that could never succeed or would lead backwards.
 */
import type { Stage } from '../../../src/engine/changes.ts'
import type { ActionName } from '../../../src/facts/facts.ts'
import { ACTIONS } from '../../../src/facts/facts.ts'
import type { Account, IncidentPayload } from '../api/payloads.ts'
import { isFinding } from './group.ts'

/** The way of a repair, `domain.md` §5.1. Steps may be skipped forward: crews forget to tap. */
const WAY = [
  'confirm',
  'accept',
  'dispatch',
  'depart',
  'arrive',
  'onSite',
  'cause',
  'etr',
  'restore',
  'close',
] as const satisfies readonly ActionName[]
type Step = (typeof WAY)[number]

/** The step that usually follows each stage. */
const AFTER: Readonly<Record<Stage, Step>> = {
  sensed: 'confirm',
  verifying: 'confirm',
  confirmed: 'confirm',
  pushed: 'accept',
  planned: 'etr',
  returned: 'accept',
  accepted: 'dispatch',
  dispatched: 'depart',
  enRoute: 'arrive',
  reassigned: 'depart',
  arrived: 'onSite',
  surveying: 'cause',
  causeFound: 'etr',
  repairing: 'restore',
  suspended: 'restore',
  partiallyRestored: 'restore',
  restored: 'cause',
  verified: 'cause',
  resultReturned: 'close',
  closed: 'close',
  falseAlarm: 'close',
  merged: 'close',
}

/** Done once; asking again later would only turn the stage back. */
const ONCE: ReadonlySet<ActionName> = new Set(['accept', 'dispatch', 'depart', 'arrive', 'onSite'])

const ON_FINDINGS: ReadonlySet<ActionName> = new Set(['confirm', 'cause', 'falseAlarm', 'close'])

/** An order waits or is given back once somebody has taken it. */
const OF_AN_ORDER: ReadonlySet<ActionName> = new Set(['suspend', 'return'])

export function permittedActions(account: Account, incident: IncidentPayload): ActionName[] {
  if (incident.outcome !== null || incident.outageKind === 'closed') return []
  const reached = WAY.indexOf(AFTER[incident.stage])
  const place = (action: ActionName) => WAY.indexOf(action as Step)
  // A notice that waits is published first, however far the repair is.
  const isAhead = (action: ActionName) =>
    action === 'confirm' || (place(action) >= reached && !isTold(action, incident))
  // Nobody is sent to planned work, until somebody decides to.
  const mayRestart = incident.stage === 'planned'
  return ACTIONS.filter(
    (action) =>
      account.rights.includes(`actions.${action}`) &&
      isPossible(action, incident) &&
      (mayRestart || !ONCE.has(action) || isAhead(action)),
  ).sort((a, b) => rank(a) - rank(b))

  function rank(action: ActionName): number {
    return place(action) >= 0 && isAhead(action) ? place(action) : WAY.length
  }
}

/** What was told already is not asked for again as the next step; it can still be corrected. */
function isTold(action: ActionName, { cause, etrSource }: IncidentPayload): boolean {
  return (action === 'cause' && cause !== null) || (action === 'etr' && etrSource === 'field')
}

/** True where confirming publishes the notice (发布故障感知信息). */
export function isToPublish({ notice }: IncidentPayload): boolean {
  return notice?.status === 'proposed'
}

function isPossible(action: ActionName, incident: IncidentPayload): boolean {
  const over = incident.outageKind === 'restored'
  if (action === 'confirm')
    return incident.outageKind === 'predicted' || (!over && isToPublish(incident))
  if (isFinding(incident)) return ON_FINDINGS.has(action)
  if (action === 'close' || action === 'verify' || action === 'result') return over
  if (OF_AN_ORDER.has(action)) return !over && hasOrder(incident)
  return !over || action === 'cause' || action === 'falseAlarm'
}

const UNTAKEN: ReadonlySet<Stage> = new Set([
  'sensed',
  'verifying',
  'confirmed',
  'pushed',
  'planned',
  'returned',
])

function hasOrder({ stage }: IncidentPayload): boolean {
  return !UNTAKEN.has(stage)
}
