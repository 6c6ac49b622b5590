/** What may be asked of the ledger about repairs, and what it files of the engine's changes. */
import type { Connection } from '../../config/sqlite.ts'
import type { Change } from '../../engine/changes.ts'
import type { InstantMs } from '../../facts/time.ts'
import { type Attachment, attachmentFiler } from './attachments.ts'
import { type Crew, crewFiler } from './crews.ts'

/** Words that a fact refers to. */
export interface Remark {
  readonly id: string
  readonly incident: string
  readonly at: InstantMs
  readonly by: string
  readonly text: string
}

export type RepairEntry =
  | { readonly do: 'crew'; readonly crew: Crew }
  | { readonly do: 'remark'; readonly remark: Remark }
  | { readonly do: 'attach'; readonly attachment: Attachment }

export class RepairFiler {
  readonly #crew: ReturnType<typeof crewFiler>
  readonly #attach: ReturnType<typeof attachmentFiler>
  readonly #statements

  constructor(db: Connection) {
    this.#crew = crewFiler(db)
    this.#attach = attachmentFiler(db)
    this.#statements = {
      // The same id is the same request: what it said first stands.
      remark: db.prepare('INSERT OR IGNORE INTO remarks VALUES (?, ?, ?, ?, ?)'),
      log: db.prepare('INSERT INTO repair_log (incident, at, json) VALUES (?, ?, ?)'),
      outcome: db.prepare('INSERT OR REPLACE INTO etr_outcomes VALUES (?, ?, ?, ?, ?)'),
      reply: db.prepare('UPDATE escalations SET reply = ? WHERE id = ?'),
      close: db.prepare('UPDATE escalations SET closed_at = ? WHERE id = ?'),
      forget: db.prepare(`DELETE FROM remarks WHERE id IN (
        SELECT remarks.id FROM remarks LEFT JOIN incidents ON incidents.id = remarks.incident
        WHERE at < ? AND coalesce(incidents.open, 0) = 0 LIMIT ?)`),
    }
  }

  apply(entry: RepairEntry): void {
    switch (entry.do) {
      case 'crew':
        this.#crew(entry.crew)
        break
      case 'remark': {
        const { id, incident, at, by, text } = entry.remark
        this.#statements.remark.run([id, incident, at, by, text])
        break
      }
      case 'attach':
        this.#attach.add(entry.attachment)
        break
    }
  }

  file(change: Change): void {
    if (change.type === 'repairEntry')
      this.#statements.log.run([change.incident, change.enteredAt, JSON.stringify(change)])
    else if (change.type === 'etrOutcome') {
      const { incident, unit, level, restoredAt } = change
      this.#statements.outcome.run([incident, unit, level, restoredAt, JSON.stringify(change)])
    } else if (change.type === 'supervision') {
      if (change.what === 'closed') this.#statements.close.run([change.at, change.id])
      else this.#statements.reply.run([JSON.stringify(change), change.id])
    }
  }

  /** Forgets words and pictures of incidents that ended before `before`; how many. */
  retain(before: InstantMs, rows: number): number {
    return this.#statements.forget.run([before, rows]).changes + this.#attach.forget(before, rows)
  }
}
