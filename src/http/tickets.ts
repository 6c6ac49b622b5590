/** One-use tickets: a browser cannot send a header with a WebSocket, and a token has no place in a URL. */
import { randomBytes } from 'node:crypto'
import type { InstantMs } from '../facts/time.ts'
import { MAX_TICKETS, TICKET_TTL_MS } from './limits.ts'

export interface Tickets<T> {
  /** A new ticket for `bearer`; undefined where too many wait. */
  issue(bearer: T): { readonly ticket: string; readonly expiresAt: InstantMs } | undefined
  /** Whose ticket it is; it is void from now on. */
  redeem(ticket: string): T | undefined
}

export function createTickets<T>(now: () => InstantMs): Tickets<T> {
  // In order of issue and so of expiry: the oldest is the first.
  const waiting = new Map<string, { readonly bearer: T; readonly expiresAt: InstantMs }>()
  const expire = () => {
    for (const [ticket, { expiresAt }] of waiting) {
      if (expiresAt > now()) return
      waiting.delete(ticket)
    }
  }
  return {
    issue(bearer) {
      expire()
      if (waiting.size >= MAX_TICKETS) return
      const ticket = randomBytes(24).toString('base64url')
      const expiresAt = now() + TICKET_TTL_MS
      waiting.set(ticket, { bearer, expiresAt })
      return { ticket, expiresAt }
    },
    redeem(ticket) {
      const found = waiting.get(ticket)
      waiting.delete(ticket)
      return found && found.expiresAt > now() ? found.bearer : undefined
    },
  }
}
