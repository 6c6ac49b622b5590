/**
 * Who was signed in last, for a page that is opened without a connection (`/grid`). It opens nothing
 * on the server: that still asks the cookie. Forgotten with the sign-out.
 */
import { ApiError } from '../api/client.ts'
import type { Account } from '../api/payloads.ts'
import { readPreference, writePreference } from './preferences.ts'
import { viewAsked, viewsFor } from './view.ts'

const KEY = 'field.account'

export function keepAccount(account: Account | null): void {
  const works = account !== null && viewsFor(account).includes('grid')
  writePreference(KEY, works ? JSON.stringify(account) : '')
}

/** The account for `/grid` where `error` says that the server was not reached; else null. */
export function accountWithout(error: unknown): Account | null {
  if (!(error instanceof ApiError) || error.status !== 0 || viewAsked() !== 'grid') return null
  try {
    return JSON.parse(readPreference(KEY) || 'null') as Account | null
  } catch {
    return null
  }
}
