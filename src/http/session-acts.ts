/** Sign-ins, refusals and sign-outs on their way to the audit chain; nobody waits for it. */
import { formatInstant, type InstantMs } from '../facts/time.ts'
import { UNKNOWN } from './identity/acts.ts'
import type { Principal } from './identity/rights.ts'
import type { Call } from './route.ts'

type Asked = Pick<Call, 'deps' | 'request'>

/** Notes how somebody came in or went, and from which address. */
export function noteSession(
  { deps, request }: Asked,
  what: 'session.opened' | 'session.ended',
  { account, role }: Pick<Principal, 'account' | 'role'>,
  how: string,
): void {
  const detail = `${how} ${request.ip}`
  deps.identity.acts.keep({ at: deps.now(), by: account, role, what, subject: account, detail })
}

/**
 * Notes a sign-in refused, and the lock that it led to. A name without an account is not kept: it
 * may be anything that somebody typed.
 */
export function noteRefused(
  { deps, request }: Asked,
  why: string,
  account?: { readonly name: string },
  lockedUntil?: InstantMs,
): void {
  const { acts } = deps.identity
  const nobody = { at: deps.now(), by: UNKNOWN, role: UNKNOWN, subject: account?.name ?? UNKNOWN }
  acts.keepRefusal({ ...nobody, what: 'session.refused', detail: `${why} ${request.ip}` })
  if (lockedUntil === undefined) return
  const detail = `${formatInstant(lockedUntil)} ${request.ip}`
  acts.keepRefusal({ ...nobody, what: 'session.locked', detail })
}
