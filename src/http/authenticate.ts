/** Who sends a request: a bearer token or a browser's session, never both, and from which page. */
import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { Principal } from './identity/rights.ts'
import type { HttpDeps } from './ports.ts'
import { Problem } from './problem.ts'
import { SESSION_COOKIE } from './session-cookie.ts'

type Known = Pick<HttpDeps, 'identity' | 'now'>

/** The caller, null where none is named; a credential that does not hold is refused. */
export async function authenticate(
  { identity }: Known,
  request: FastifyRequest,
): Promise<Principal | null> {
  const header = request.headers.authorization
  if (header !== undefined) {
    const token = /^Bearer ([\w.~+/=-]{1,4096})$/i.exec(header)?.[1]
    const principal = token && (await identity.byToken(token))
    if (!principal) throw unauthorised('the token is not valid, or no longer')
    return principal
  }
  const secret = request.cookies[SESSION_COOKIE]
  return (secret !== undefined && identity.bySession(secret)) || null
}

export const unauthorised = (detail: string) =>
  new Problem('auth.required', detail, {}, { 'www-authenticate': 'Bearer realm="lastgasp"' })

/**
 * Whether the page that made a browser send this is ours (ASVS 5.0 §3.5, §4.4.2). A browser names
 * it in `Origin` on every write and every WebSocket; without the header it was no browser's page.
 */
export function isOwnOrigin(
  headers: IncomingMessage['headers'],
  allowed: readonly string[] = [],
): boolean {
  const { origin, host } = headers
  if (origin === undefined) {
    const site = headers['sec-fetch-site']
    return site === undefined || site === 'same-origin' || site === 'none'
  }
  if (allowed.includes(origin)) return true
  try {
    return new URL(origin).host === host
  } catch {
    return false
  }
}

/**
 * Asked of a live socket again and again: the session still there with the same role and units, or
 * the token not expired.
 */
export function stillHolds(
  { identity, now }: Known,
  principal: Principal,
  secret: string | undefined,
): boolean {
  if (principal.expiresAt <= now()) return false
  if (principal.by === 'token' || secret === undefined) return true
  const current = identity.bySession(secret)
  return (
    current !== undefined &&
    current.role === principal.role &&
    JSON.stringify(current.units) === JSON.stringify(principal.units)
  )
}
