/**
 * The names of all rights, and who a caller is. A route, an action or a topic asks for one right
 * by name; whether a role holds it is written in `config/roles.yaml` alone.
 */
import { ACTIONS, type ActionName } from '../../facts/facts.ts'
import type { InstantMs } from '../../facts/time.ts'

export type ActionRight = `actions.${ActionName}`

const READ_RIGHTS = [
  'me.read',
  'incidents.read',
  'incidents.evidence',
  'map.read',
  'status.read',
  'interruptions.read',
  'terminals.read',
  'quarantine.read',
  'simulator.read',
  'rules.read',
  'customers.read',
  'audit.read',
  'plans.read',
  'reports.read',
  'notices.read',
  'switching.read',
  'webhooks.read',
  'crews.read',
  'attachments.read',
  'subscriptions.read',
  'self.read',
  'callbacks.read',
  'visits.read',
  'complaints.read',
  'care.read',
] as const

/** To tell the program something, beside acting on incidents. */
const WRITE_RIGHTS = [
  'customers.reveal',
  'plans.write',
  'reports.write',
  'rules.apply',
  'storm.order',
  'switching.write',
  'terminals.reset',
  'terminals.replace',
  'grid.apply',
  'quarantine.replay',
  'simulator.run',
  'webhooks.write',
  'crews.write',
  'attachments.write',
  'escalations.reply',
  'subscriptions.write',
  'self.issue',
  'ivr.ask',
  'replies.write',
  'callbacks.write',
  'visits.write',
  'complaints.answer',
  'care.write',
  'weather.write',
] as const

export type RightName = (typeof READ_RIGHTS)[number] | (typeof WRITE_RIGHTS)[number] | ActionRight

export const RIGHTS: readonly RightName[] = [
  ...READ_RIGHTS,
  ...WRITE_RIGHTS,
  ...ACTIONS.map((action): ActionRight => `actions.${action}`),
]

export const ROLES = [
  'agent',
  'shiftLeader',
  'serviceDispatcher',
  'networkDispatcher',
  'gridManager',
  'crew',
  'operator',
  'securityAdmin',
  'auditor',
  'service',
  'channel',
  'customer',
] as const
export type RoleName = (typeof ROLES)[number]

/** Roles of accounts and of keys. A customer has neither: a token of one's own, from a channel. */
export const STAFF_ROLES: readonly RoleName[] = ROLES.filter((role) => role !== 'customer')

/** What a route asks for: nothing, one right, or any of the rights to act. */
export type Demand = 'public' | RightName | 'actions.*'

/** Who calls, by token or by session. */
export interface Principal {
  /** Account name, or the subject of a token. */
  readonly account: string
  readonly role: RoleName
  readonly rights: ReadonlySet<RightName>
  /** Units whose objects may be seen, with those below them; null: all. Empty: none. */
  readonly units: readonly string[] | null
  readonly expiresAt: InstantMs
  /** 户号 of the one customer whose token it is; absent for everybody else. */
  readonly customer?: string
  /** How the caller came in: a browser's cookie needs the check of its origin. */
  readonly by: 'cookie' | 'token'
}

/** True where the caller holds what is asked. No caller holds only what is public. */
export function holds(principal: Principal | null, demand: Demand): boolean {
  if (demand === 'public') return true
  if (!principal) return false
  if (demand === 'actions.*') return ACTIONS.some((a) => principal.rights.has(`actions.${a}`))
  return principal.rights.has(demand)
}
