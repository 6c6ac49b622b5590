/** Photos of the work, as the ledger knows them: whose incident, which picture, who took it in. */
import type { Connection } from '../../config/sqlite.ts'
import type { InstantMs } from '../../facts/time.ts'

export interface Attachment {
  readonly id: string
  readonly incident: string
  /** SHA-256 of what is kept, hex: the name of its file. */
  readonly digest: string
  /** `image/jpeg` … */
  readonly type: string
  readonly bytes: number
  readonly at: InstantMs
  readonly by: string
  readonly role: string
}

const COLUMNS = 'id, incident, digest, type, bytes, at, by, role'
type Row = [string, string, string, string, number, InstantMs, string, string]

const attachmentOf = ([id, incident, digest, type, bytes, at, by, role]: Row): Attachment => {
  return { id, incident, digest, type, bytes, at, by, role }
}

export function attachmentFiler(db: Connection) {
  const add = db.prepare(
    `INSERT OR IGNORE INTO attachments (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const forget = db.prepare(`DELETE FROM attachments WHERE id IN (
    SELECT attachments.id FROM attachments LEFT JOIN incidents
    ON incidents.id = attachments.incident
    WHERE at < ? AND coalesce(incidents.open, 0) = 0 LIMIT ?)`)
  return {
    add({ id, incident, digest, type, bytes, at, by, role }: Attachment): void {
      add.run([id, incident, digest, type, bytes, at, by, role])
    },
    forget: (before: InstantMs, rows: number): number => forget.run([before, rows]).changes,
  }
}

export function attachmentReader(db: Connection) {
  const of = db
    .prepare(`SELECT ${COLUMNS} FROM attachments WHERE incident = ? ORDER BY at, id`)
    .raw()
  const one = db.prepare(`SELECT ${COLUMNS} FROM attachments WHERE id = ?`).raw()
  const held = db.prepare('SELECT 1 FROM attachments WHERE digest = ? LIMIT 1').raw()
  return {
    attachments: (incident: string): readonly Attachment[] =>
      (of.all([incident]) as Row[]).map(attachmentOf),
    attachment(id: string): Attachment | undefined {
      const row = one.get([id]) as Row | undefined
      return row && attachmentOf(row)
    },
    isHeld: (digest: string): boolean => held.get([digest]) !== undefined,
  }
}
