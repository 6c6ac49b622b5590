/**
 * Acts of identity that wait for the audit chain: sign-ins, refusals, lock-outs, sign-outs, and what is
 * done at the command line. They lie in `identity.db`, so that nobody waits for the ledger, nor does
 * the command line touch it; the server that has the ledger files them there.
 */
import { readFailure } from '../../config/sqlite.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { IdentityDatabase } from './database.ts'

/** Acts that wait while the ledger's disk is full: a shift's sign-ins of a large utility, some 2 MB. */
export const MAX_WAITING_ACTS = 10_000
/** Refusals listed one by one in a minute; anybody may cause them, and the chain is kept for good. */
export const MAX_REFUSALS_PER_MINUTE = 60

/** Whoever is not known by an account: a name typed wrong may be a password. */
export const UNKNOWN = 'unknown'

/** Nothing personal and no secret: accounts of staff, roles, units, addresses. */
export interface IdentityAct {
  readonly at: InstantMs
  readonly by: string
  readonly role: string
  readonly what:
    | 'session.opened'
    | 'session.refused'
    | 'session.locked'
    | 'session.ended'
    | 'token.issued'
    | 'account.put'
    /** `subject`: so many acts that are not listed one by one. */
    | 'acts.unlisted'
  readonly subject: string
  readonly detail: string
}

export interface WaitingAct {
  /** Grows, also in a file that was brought back from a backup. */
  readonly no: number
  readonly act: IdentityAct
}

export interface IdentityActs {
  /** False where there is no room for it; then it is counted. Never throws for want of room. */
  keep(act: IdentityAct): boolean
  /** As `keep`; of more than are listed in a minute the number is kept. */
  keepRefusal(act: IdentityAct): void
  /** The oldest of those that wait. */
  waiting(limit: number): readonly WaitingAct[]
  /** They stand in the chain up to this one. False where that cannot be noted now: it is to be said again. */
  filed(no: number): boolean
  /** Acts that were not kept one by one since this was last asked, in this process. */
  takeUnlisted(now: InstantMs): number
}

/** No room, or another process writes for longer than it should: nothing that ends a server. */
const isForNow = (error: unknown): boolean =>
  readFailure(error).full || (error as { code?: string }).code === 'SQLITE_BUSY'

const COLUMNS = 'at, by, role, what, subject, detail'

export function createActs(db: IdentityDatabase): IdentityActs {
  // Numbered by the clock: numbers that the ledger has seen are not given again by an older file.
  const insert = db.prepare(
    `INSERT INTO acts (no, ${COLUMNS})
     SELECT max(?1 * 1000, 1 + coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'acts'), 0)),
       ?1, ?2, ?3, ?4, ?5, ?6
     WHERE (SELECT count(*) FROM acts) < ${MAX_WAITING_ACTS}`,
  )
  const select = db.prepare(`SELECT no, ${COLUMNS} FROM acts ORDER BY no LIMIT ?`)
  const remove = db.prepare('DELETE FROM acts WHERE no <= ?')
  let minute = 0
  let refusals = 0
  let unlisted = 0

  const put = ({ at, by, role, what, subject, detail }: IdentityAct): boolean => {
    try {
      return insert.run(at, by, role, what, subject, detail).changes === 1
    } catch (error) {
      if (isForNow(error)) return false
      throw error
    }
  }
  const keep = (act: IdentityAct): boolean => {
    const kept = put(act)
    if (!kept) unlisted++
    return kept
  }
  return {
    keep,
    keepRefusal(act) {
      const current = Math.floor(act.at / 60_000)
      if (current !== minute) refusals = 0
      minute = current
      if (refusals++ < MAX_REFUSALS_PER_MINUTE) keep(act)
      else unlisted++
    },
    waiting(limit) {
      const rows = select.all(limit) as (IdentityAct & { no: number })[]
      return rows.map(({ no, at, by, role, what, subject, detail }) => {
        return { no, act: { at, by, role, what, subject, detail } }
      })
    },
    filed(no) {
      try {
        remove.run(no)
        return true
      } catch (error) {
        if (isForNow(error)) return false
        throw error
      }
    },
    takeUnlisted(now) {
      const count = unlisted
      const said = { by: 'lastgasp', role: 'server', what: 'acts.unlisted' } as const
      if (count === 0 || !put({ at: now, ...said, subject: String(count), detail: '' })) return 0
      unlisted -= count
      return count
    },
  }
}
