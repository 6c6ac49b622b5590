/**
 * The audit chain (审计): who did or saw what, each entry holding the SHA-256 of the one before, so
 * that an edit, a deletion, a swap or an insertion breaks the chain at its place. A file beside the
 * ledger names the last entry, so that a cut at the end is found as well. Whoever can rewrite all
 * entries and that file is found by a head noted elsewhere.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Connection } from '../config/sqlite.ts'
import type { InstantMs } from '../facts/time.ts'

/** One act of a person or program. Nothing personal: accounts of customers, ids, codes. */
export interface AuditEntry {
  readonly at: InstantMs
  /** Account name, or subject of a token. */
  readonly by: string
  readonly role: string
  /** `customer.revealed`, `action.confirm` … */
  readonly what: string
  /** Incident, customer account … it was done to. */
  readonly subject: string
  /** The reason or choice: a code, never free text about a customer. */
  readonly detail: string
}

/** A list whose entries are taken into the chain, each once: its cursor, and the place of this one. */
export interface AuditSource {
  readonly name: string
  readonly position: number
}

export interface AuditRow extends AuditEntry {
  /** From 1, without gap. */
  readonly no: number
  /** Hex. */
  readonly hash: string
}

/** The file beside the ledger `path` that names the last entry. */
export const anchorOf = (path: string) => `${path.replace(/\.db$/, '')}.audit`

/** Stands before the first entry. */
const BEGINNING = '0'.repeat(64)

type Columns = [number, InstantMs, string, string, string, string, string, string]

function hashOf(before: string, [no, at, by, role, what, subject, detail]: Columns): string {
  const entry = JSON.stringify([no, at, by, role, what, subject, detail])
  return createHash('sha256').update(before).update(entry).digest('hex')
}

const rowOf = ([no, at, by, role, what, subject, detail, hash]: Columns): AuditRow => ({
  no,
  at,
  by,
  role,
  what,
  subject,
  detail,
  hash,
})

const COLUMNS = 'no, at, by, role, what, subject, detail, hash'

/** Adds entries within the ledger's transactions. */
export class AuditChain {
  readonly #insert: ReturnType<Connection['prepare']>
  readonly #last: ReturnType<Connection['prepare']>
  readonly #anchor: string | undefined
  #isBehind = false

  constructor(db: Connection, anchor: string | undefined) {
    this.#insert = db.prepare(`INSERT INTO audit (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
    this.#last = db.prepare('SELECT no, hash FROM audit ORDER BY no DESC LIMIT 1').raw()
    this.#anchor = anchor
  }

  /** Whether the file names an entry before the last. */
  get isBehind(): boolean {
    return this.#isBehind
  }

  add({ at, by, role, what, subject, detail }: AuditEntry): void {
    const [no, before] = this.#head()
    const row: Columns = [no + 1, at, by, role, what, subject, detail, '']
    row[7] = hashOf(before, row)
    this.#insert.run(row)
    this.#isBehind = true
  }

  /**
   * Notes the last entry beside the ledger, once it is committed. Where its disk is full the file goes
   * on naming an earlier one, until the next commit that finds room.
   */
  anchor(): void {
    if (this.#anchor === undefined) return
    const [no, hash] = this.#head()
    // A server and the command line beside it may both be writing theirs.
    const partial = `${this.#anchor}.${process.pid}.partial`
    try {
      writeFileSync(partial, `${no} ${hash}\n`)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return
      throw error
    }
    renameSync(partial, this.#anchor)
    this.#isBehind = false
  }

  #head(): readonly [no: number, hash: string] {
    return (this.#last.get([]) as [number, string] | undefined) ?? [0, BEGINNING]
  }
}

/** A page of entries, newest first, those before `before`. */
export function auditPage(db: Connection, limit: number, before = Number.MAX_SAFE_INTEGER) {
  const rows = db
    .prepare(`SELECT ${COLUMNS} FROM audit WHERE no < ? ORDER BY no DESC LIMIT ?`)
    .raw()
    .all([before, limit]) as Columns[]
  return rows.map(rowOf)
}

export interface AuditVerdict {
  readonly entries: number
  /** Hash of the last entry; note it elsewhere to find a rewritten chain. */
  readonly head: string
  /** The first thing that does not fit; undefined where the chain is whole. */
  readonly broken?: { readonly no: number; readonly why: string }
}

/** Goes through the whole chain. `known` is a head noted earlier. */
export function verifyAudit(db: Connection, anchorPath: string, known?: string): AuditVerdict {
  let before = BEGINNING
  let entries = 0
  let broken: AuditVerdict['broken']
  const anchor = readAnchor(anchorPath)
  let knownSeen = known === undefined
  for (const columns of db
    .prepare(`SELECT ${COLUMNS} FROM audit ORDER BY no`)
    .raw()
    .iterate([]) as Iterable<Columns>) {
    const [no] = columns
    const hash = columns[7]
    const break_ = (why: string) => {
      broken ??= { no, why }
    }
    if (no !== entries + 1) break_(`entry ${entries + 1} is missing`)
    else if (hash !== hashOf(before, columns))
      break_('the entry was changed, or what stood before it')
    if (anchor && no === anchor.no && hash !== anchor.hash)
      break_('the file beside the ledger names another entry here')
    if (hash === known) knownSeen = true
    entries = no
    before = hash
  }
  if (anchor && anchor.no > entries)
    broken ??= { no: entries + 1, why: `cut off: there were ${anchor.no} entries` }
  if (!anchor && entries > 0)
    broken ??= { no: entries, why: 'the file that names the last entry is missing' }
  if (!knownSeen) broken ??= { no: 1, why: 'the head noted earlier is not in the chain' }
  return { entries, head: before, ...(broken ? { broken } : {}) }
}

function readAnchor(path: string): { no: number; hash: string } | undefined {
  if (!existsSync(path)) return undefined
  const [no, hash] = readFileSync(path, 'utf8').trim().split(' ')
  return { no: Number(no), hash: hash ?? '' }
}
