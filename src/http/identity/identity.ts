/**
 * Local identity: accounts, sign-in, sessions and tokens. It decides who a caller is and which
 * rights come with the role; whether a right suffices is the route's question.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { InstantMs } from '../../facts/time.ts'
import { createActs, type IdentityActs } from './acts.ts'
import { openIdentityDatabase } from './database.ts'
import { generatePassword, hashPassword, verifyPassword } from './passwords.ts'
import { type Principal, type RoleName, STAFF_ROLES } from './rights.ts'
import type { Roles } from './roles.ts'
import { CUSTOMER_TOKEN_TTL_MS, createTokens, DEFAULT_TOKEN_TTL_MS } from './tokens.ts'

/** A working day and the hand-over after it; then the browser asks for the password again. */
export const SESSION_TTL_MS = 12 * 3_600_000
/** Wrong passwords in a row before the name is locked (GB/T 22239 8.1.4.1: failure handling). */
export const FAILURES_BEFORE_LOCK = 5
/** First lock; each further failure doubles it. */
export const FIRST_LOCK_MS = 30_000
/** Longest lock: long enough to end guessing, short enough not to shut a desk for a shift. */
export const MAX_LOCK_MS = 15 * 60_000
/** Names whose failures are remembered; invented names must not fill the disk. */
const MAX_REMEMBERED_FAILURES = 10_000

export interface Account {
  readonly name: string
  readonly role: RoleName
  readonly units: readonly string[]
  readonly disabled: boolean
}

export interface DemoAccount extends Account {
  readonly password: string
}

export type SignInAnswer =
  | {
      readonly outcome: 'ok'
      readonly account: Account
      readonly secret: string
      readonly expiresAt: InstantMs
    }
  /** `lockedUntil`: this attempt was one too many. */
  | { readonly outcome: 'refused'; readonly lockedUntil?: InstantMs }
  | { readonly outcome: 'locked'; readonly until: InstantMs }

export interface Identity {
  /** What is to stand in the audit chain. */
  readonly acts: IdentityActs
  /** Adds an account or gives an existing one a new password, role and units; ends its sessions. */
  putAccount(account: Omit<Account, 'disabled'>, password: string): Promise<void>
  account(name: string): Account | undefined
  /** Shuts an account and ends its sessions. False where there is none. */
  disable(name: string): boolean
  signIn(name: string, password: string): Promise<SignInAnswer>
  /**
   * A session for somebody whom a provider vouches for, until it no longer does; the account follows
   * what the provider says. Undefined where the account is shut here.
   */
  openSession(
    person: Omit<Account, 'disabled'> & { readonly expiresAt: InstantMs },
  ): { readonly secret: string; readonly expiresAt: InstantMs } | undefined
  signOut(secret: string): void
  /** Who holds this session's secret; undefined once it ended, in whatever way. */
  bySession(secret: string): Principal | undefined
  byToken(token: string): Promise<Principal | undefined>
  issueToken(role: RoleName, units: readonly string[], ttlMs?: number): Promise<string>
  /** A token bound to one account (户号), and when it ends. */
  issueCustomerToken(
    account: string,
  ): Promise<{ readonly token: string; readonly expiresAt: InstantMs }>
  /** Makes the demonstration's accounts anew, each with a fresh password. */
  ensureDemoAccounts(units: readonly string[]): Promise<DemoAccount[]>
  close(): void
}

export interface IdentityOptions {
  /** Data folder. */
  readonly dir: string
  readonly roles: Roles
  readonly now: () => InstantMs
}

const DEMO_ACCOUNTS: readonly (readonly [string, RoleName])[] = [
  ['agent', 'agent'],
  ['dispatcher', 'serviceDispatcher'],
  ['network', 'networkDispatcher'],
  ['manager', 'gridManager'],
  ['operator', 'operator'],
]

interface AccountRow {
  name: string
  hash: string
  role: string
  units: string
  disabled: number
}

/** Ends of locks, if any. */
interface Attempt {
  readonly met?: InstantMs
  readonly locks?: InstantMs
}

/** In place of a password's hash: signs in through a provider alone. */
const NO_PASSWORD = ''

const digest = (secret: string) => createHash('sha256').update(secret).digest('base64url')

/** Opens `identity.db` in the data folder; makes it where absent. */
export function createIdentity({ dir, roles, now }: IdentityOptions): Identity {
  const db = openIdentityDatabase(dir)
  const tokens = createTokens(db, now)
  const selectAccount = db.prepare('SELECT * FROM accounts WHERE name = ?')
  const selectSession = db.prepare(
    `SELECT a.*, s.expiresAt FROM sessions s JOIN accounts a ON a.name = s.account
     WHERE s.hash = ? AND s.expiresAt > ? AND a.disabled = 0`,
  )
  const putForeign = db.prepare(
    `INSERT INTO accounts (name, hash, role, units, createdAt) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET role = excluded.role, units = excluded.units`,
  )
  const endSessions = db.prepare('DELETE FROM sessions WHERE account = ?')

  const rowOf = (name: string) => selectAccount.get(name) as AccountRow | undefined
  const toAccount = (row: AccountRow): Account => ({
    name: row.name,
    role: row.role as RoleName,
    units: JSON.parse(row.units) as string[],
    disabled: row.disabled !== 0,
  })
  const toPrincipal = (
    account: string,
    roleName: RoleName,
    units: readonly string[],
    expiresAt: InstantMs,
    by: Principal['by'],
  ): Principal | undefined => {
    const role = roles.get(roleName)
    if (!role) return
    const scope = units.length === 0 && role.scope === 'all' ? null : units
    return { account, role: roleName, rights: role.rights, units: scope, expiresAt, by }
  }

  /**
   * Counts the attempt before the password is looked at, so that guesses made at the same moment
   * do not pass under the limit together. Returns the end of the lock it met, and of the lock that
   * holds from it on where the password is wrong.
   */
  const countAttempt = db.transaction((name: string, at: InstantMs): Attempt => {
    const row = db
      .prepare('SELECT failures, lockedUntil FROM signInFailures WHERE name = ?')
      .get(name) as { failures: number; lockedUntil: number } | undefined
    if (row && row.lockedUntil > at) return { met: row.lockedUntil }
    const failures = (row?.failures ?? 0) + 1
    const beyond = failures - FAILURES_BEFORE_LOCK
    const lockMs = beyond < 0 ? 0 : Math.min(MAX_LOCK_MS, FIRST_LOCK_MS * 2 ** Math.min(beyond, 20))
    db.prepare(
      'INSERT OR REPLACE INTO signInFailures (name, failures, lockedUntil, lastAt) VALUES (?, ?, ?, ?)',
    ).run(name, failures, at + lockMs, at)
    db.prepare(
      `DELETE FROM signInFailures WHERE name IN
       (SELECT name FROM signInFailures ORDER BY lastAt DESC LIMIT -1 OFFSET ?)`,
    ).run(MAX_REMEMBERED_FAILURES)
    return lockMs === 0 ? {} : { locks: at + lockMs }
  })

  const openSession = db.transaction(
    (account: string, secret: string, at: InstantMs, until: InstantMs) => {
      db.prepare('DELETE FROM signInFailures WHERE name = ?').run(account)
      db.prepare('DELETE FROM sessions WHERE expiresAt <= ?').run(at)
      db.prepare(
        'INSERT INTO sessions (hash, account, createdAt, expiresAt) VALUES (?, ?, ?, ?)',
      ).run(digest(secret), account, at, until)
    },
  )

  const store = db.transaction((account: Omit<Account, 'disabled'>, hash: string) => {
    db.prepare(
      `INSERT INTO accounts (name, hash, role, units, createdAt) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET
         hash = excluded.hash, role = excluded.role, units = excluded.units, disabled = 0`,
    ).run(account.name, hash, account.role, JSON.stringify(account.units), now())
    endSessions.run(account.name)
    db.prepare('DELETE FROM signInFailures WHERE name = ?').run(account.name)
  })

  const identity: Identity = {
    acts: createActs(db),
    async putAccount(account, password) {
      store.immediate(account, await hashPassword(password))
    },
    account(name) {
      const row = rowOf(name)
      return row && toAccount(row)
    },
    disable(name) {
      const changed = db.prepare('UPDATE accounts SET disabled = 1 WHERE name = ?').run(name)
      endSessions.run(name)
      return changed.changes > 0
    },
    async signIn(name, password) {
      const { met, locks } = countAttempt.immediate(name, now())
      if (met !== undefined) return { outcome: 'locked', until: met }
      const row = rowOf(name)
      const usable =
        row &&
        row.disabled === 0 &&
        row.hash !== NO_PASSWORD &&
        STAFF_ROLES.includes(row.role as RoleName)
      if (!(await verifyPassword(password, usable ? row.hash : undefined)) || !row)
        return { outcome: 'refused', ...(locks === undefined ? {} : { lockedUntil: locks }) }
      const secret = randomBytes(32).toString('base64url')
      const at = now()
      openSession.immediate(name, secret, at, at + SESSION_TTL_MS)
      return { outcome: 'ok', account: toAccount(row), secret, expiresAt: at + SESSION_TTL_MS }
    },
    openSession({ name, role, units, expiresAt }) {
      if (rowOf(name)?.disabled) return
      const at = now()
      putForeign.run(name, NO_PASSWORD, role, JSON.stringify(units), at)
      const secret = randomBytes(32).toString('base64url')
      const until = Math.min(expiresAt, at + SESSION_TTL_MS)
      openSession.immediate(name, secret, at, until)
      return { secret, expiresAt: until }
    },
    signOut(secret) {
      db.prepare('DELETE FROM sessions WHERE hash = ?').run(digest(secret))
    },
    bySession(secret) {
      const row = selectSession.get(digest(secret), now()) as
        | (AccountRow & { expiresAt: number })
        | undefined
      if (!row) return
      const { name, role, units } = toAccount(row)
      return toPrincipal(name, role, units, row.expiresAt, 'cookie')
    },
    async byToken(token) {
      const claims = await tokens.verify(token)
      if (!claims) return
      const { subject, role, units, expiresAt, customer } = claims
      const principal = toPrincipal(subject, role, units, expiresAt, 'token')
      return principal && customer !== undefined ? { ...principal, customer } : principal
    },
    issueToken(role, units, ttlMs = DEFAULT_TOKEN_TTL_MS) {
      return tokens.sign({ subject: `token:${role}`, role, units, expiresAt: now() + ttlMs })
    },
    async issueCustomerToken(customer) {
      const expiresAt = now() + CUSTOMER_TOKEN_TTL_MS
      const claims = { subject: 'customer', role: 'customer', units: [], expiresAt } as const
      return { token: await tokens.sign({ ...claims, customer }), expiresAt }
    },
    async ensureDemoAccounts(units) {
      return Promise.all(
        DEMO_ACCOUNTS.map(async ([name, role]) => {
          const account = { name, role, units: roles.get(role)?.scope === 'units' ? units : [] }
          const password = generatePassword()
          await identity.putAccount(account, password)
          return { ...account, disabled: false, password }
        }),
      )
    },
    close: () => db.close(),
  }
  return identity
}
