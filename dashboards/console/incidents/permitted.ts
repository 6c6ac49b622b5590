/**
 * Which actions to offer, the likeliest next one first. The server decides in the end (403, 409,
 * 422); this only keeps buttons away that could never succeed.
 */
import type { ActionName } from '../../../src/facts/facts.ts'
import { ACTIONS } from '../../../src/facts/facts.ts'
import type { Account, IncidentPayload } from '../api/payloads.ts'
import { STEPS, stepOf } from './stages.ts'

/** The usual next action at each step of `domain.md` §5.1. */
const NEXT: Readonly<Record<(typeof STEPS)[number], readonly ActionName[]>> = {
  sense: ['confirm', 'falseAlarm'],
  judge: ['accept', 'dispatch', 'urge'],
  dispatch: ['depart', 'arrive', 'etr', 'urge'],
  onSite: ['onSite', 'cause', 'etr'],
  repair: ['partial', 'restore', 'cause', 'etr'],
  restore: ['close'],
  close: [],
}

export function permittedActions(account: Account, incident: IncidentPayload): ActionName[] {
  if (incident.outcome !== null || incident.outageKind === 'closed') return []
  const allowed = ACTIONS.filter(
    (action) => account.rights.includes(`actions.${action}`) && isPossible(action, incident),
  )
  const usual = NEXT[STEPS[stepOf(incident.stage)]!]
  const rank = (action: ActionName) => {
    const place = usual.indexOf(action)
    return place < 0 ? usual.length : place
  }
  return allowed.sort((a, b) => rank(a) - rank(b))
}

function isPossible(action: ActionName, incident: IncidentPayload): boolean {
  const over = incident.outageKind === 'restored'
  if (action === 'confirm') return incident.outageKind === 'predicted'
  if (action === 'close') return over
  return !over || action === 'cause'
}
