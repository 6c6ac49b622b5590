/**
 * One-use tickets: a browser cannot send a header with a WebSocket, and a token has no place in a
 * URL. Kept in this process, or in Redis where several answer at one address.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { InstantMs } from '../facts/time.ts'
import type { Principal } from './identity/rights.ts'
import { MAX_TICKETS, TICKET_TTL_MS } from './limits.ts'

/** Who a ticket lets in, and the session it was asked with. */
export interface TicketBearer {
  readonly principal: Principal
  readonly secret: string | undefined
}

export interface Tickets {
  /** A new ticket for `bearer`; undefined where too many wait. */
  issue(bearer: TicketBearer): Promise<IssuedTicket | undefined>
  /** Whose ticket it is; it is void from now on. */
  redeem(ticket: string): Promise<TicketBearer | undefined>
}

export interface IssuedTicket {
  readonly ticket: string
  readonly expiresAt: InstantMs
}

const newTicket = () => randomBytes(24).toString('base64url')

export function createTickets(now: () => InstantMs): Tickets {
  // In order of issue and so of expiry: the oldest is the first.
  const waiting = new Map<
    string,
    { readonly bearer: TicketBearer; readonly expiresAt: InstantMs }
  >()
  const expire = () => {
    for (const [ticket, { expiresAt }] of waiting) {
      if (expiresAt > now()) return
      waiting.delete(ticket)
    }
  }
  return {
    async issue(bearer) {
      expire()
      if (waiting.size >= MAX_TICKETS) return
      const ticket = newTicket()
      const expiresAt = now() + TICKET_TTL_MS
      waiting.set(ticket, { bearer, expiresAt })
      return { ticket, expiresAt }
    },
    async redeem(ticket) {
      const found = waiting.get(ticket)
      waiting.delete(ticket)
      return found && found.expiresAt > now() ? found.bearer : undefined
    },
  }
}

/**
 * Tickets that gateways know as well; while what keeps those is away, tickets that open a socket at
 * this process alone.
 */
export function ticketsWhereShared(shared: Tickets, own: Tickets): Tickets {
  return {
    issue: (bearer) => shared.issue(bearer).catch(() => own.issue(bearer)),
    redeem: async (ticket) => (await own.redeem(ticket)) ?? shared.redeem(ticket),
  }
}

const written = ({ principal, secret }: TicketBearer) =>
  JSON.stringify({ ...principal, rights: [...principal.rights], secret })

function read(text: string): TicketBearer {
  const { secret, rights, ...principal } = JSON.parse(text)
  return { principal: { ...principal, rights: new Set(rights) }, secret }
}

/** Where a ticket's bearer lies, and the key to it: both follow from the ticket, which lies nowhere. */
function secretsOf(ticket: string): { readonly place: string; readonly key: Uint8Array } {
  const derived = (purpose: string) =>
    new Uint8Array(hkdfSync('sha256', ticket, 'lastgasp ticket', purpose, 32))
  return { place: Buffer.from(derived('place')).toString('base64url'), key: derived('key') }
}

/**
 * Tickets in Redis. A bearer holds a session's secret, so it is encrypted with a key that only the
 * ticket gives. Rejects while Redis is away.
 */
export function createSharedTickets(redis: Redis, prefix: string, now: () => InstantMs): Tickets {
  const at = (place: string) => `{${prefix}}:ticket:${place}`
  return {
    async issue(bearer) {
      const ticket = newTicket()
      const { place, key } = secretsOf(ticket)
      // The key serves once, so the nonce need not differ.
      const cipher = createCipheriv('aes-256-gcm', key, Buffer.alloc(12))
      const sealed = Buffer.concat([cipher.update(written(bearer), 'utf8'), cipher.final()])
      const text = Buffer.concat([cipher.getAuthTag(), sealed]).toString('base64')
      await redis.set(at(place), text, 'PX', TICKET_TTL_MS)
      return { ticket, expiresAt: now() + TICKET_TTL_MS }
    },
    async redeem(ticket) {
      const { place, key } = secretsOf(ticket)
      const text = await redis.getdel(at(place))
      if (text === null) return undefined
      const bytes = Buffer.from(text, 'base64')
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.alloc(12))
      decipher.setAuthTag(bytes.subarray(0, 16))
      const opened = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()])
      return read(opened.toString())
    },
  }
}
