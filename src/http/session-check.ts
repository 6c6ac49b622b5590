/**
 * Whether a live socket's session still holds, asked of the process that has the accounts. Where that
 * is away the socket stays: it shows what it showed, and no longer than the session lasts.
 */
import { Agent as PlainAgent, request as plainRequest } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import type { InstantMs } from '../facts/time.ts'
import type { Principal } from './identity/rights.ts'
import { SESSION_COOKIE } from './session-cookie.ts'

/** `secret`: of the session the ticket was asked with; undefined where it was a token. */
export type StillHolds = (
  principal: Principal,
  secret: string | undefined,
  address: string,
) => boolean | Promise<boolean>

/** An answer that takes longer is none. */
const ANSWER_WITHIN_MS = 5_000

/** Asks the server at `upstream`. `now`: of this process. */
export function sessionsOf(upstream: string, now: () => InstantMs): StillHolds {
  const url = new URL('/api/v1/me', upstream)
  const secure = url.protocol === 'https:'
  const agent = secure ? new SecureAgent({ keepAlive: true }) : new PlainAgent({ keepAlive: true })
  const open = secure ? secureRequest : plainRequest

  function ask(secret: string, address: string): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const headers = { cookie: `${SESSION_COOKIE}=${secret}`, 'x-forwarded-for': address }
      const asked = open(url, { agent, headers }, (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (part: string) => {
          text += part
        })
        answer.once('end', () => resolve({ status: answer.statusCode!, text }))
        answer.once('error', reject)
      })
      asked.once('error', reject)
      asked.setTimeout(ANSWER_WITHIN_MS, () => asked.destroy(new Error('timed out')))
      asked.end()
    })
  }

  return async (principal, secret, address) => {
    if (principal.expiresAt <= now()) return false
    if (principal.by === 'token' || secret === undefined) return true
    try {
      const { status, text } = await ask(secret, address)
      if (status === 200) return isSame(principal, JSON.parse(text) as Me)
      return status !== 401 && status !== 403
    } catch {
      return true
    }
  }
}

interface Me {
  readonly account: {
    readonly role: string
    readonly units: readonly string[]
    readonly allUnits: boolean
  }
}

function isSame({ role, units }: Principal, { account }: Me): boolean {
  const now = account.allUnits ? null : account.units
  return account.role === role && JSON.stringify(now) === JSON.stringify(units)
}
