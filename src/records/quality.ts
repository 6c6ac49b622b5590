/** What the ledger keeps beside an incident's revisions, for the record of how well it was handled. */
import type { Connection } from '../config/sqlite.ts'
import type { Notice } from '../engine/changes.ts'
import type { InstantMs } from '../facts/time.ts'
import { type MeasuresEntered, measureReader } from './repair/measures.ts'

export interface QualityParts {
  /** 处理措施, 材料, by the request they came with. */
  readonly measures: readonly MeasuresEntered[]
  readonly notice: Notice | null
  /** Who asked for what, oldest first; `detail` is the request of an action. */
  readonly acts: readonly {
    readonly at: InstantMs
    readonly by: string
    readonly role: string
    readonly what: string
    readonly detail: string
  }[]
  /** Incidents that were merged into it (子单). */
  readonly children: readonly string[]
  /** Contacts of customers about it, by kind. */
  readonly contacts: Readonly<Record<string, number>>
  readonly callBacks: {
    readonly count: number
    readonly answered: number
    readonly skipped: number
    /** Mean of the marks; null without any. */
    readonly satisfaction: number | null
  }
}

/** Reads them on a connection of its own. */
export function qualityReader(db: Connection) {
  const prepare = (sql: string) => db.prepare(sql).raw()
  const notice = prepare('SELECT json FROM notices WHERE incident = ?')
  const acts = prepare(`SELECT at, by, role, what, detail FROM audit
    WHERE subject = ? AND what LIKE 'action.%' ORDER BY no`)
  const children = prepare('SELECT id FROM incidents WHERE merged_into = ? ORDER BY seq')
  const contacts = prepare(
    'SELECT kind, count(*) FROM contacts WHERE incident = ? GROUP BY kind ORDER BY kind',
  )
  const callBacks = prepare(`SELECT count(*), coalesce(sum(state = 'answered'), 0),
    coalesce(sum(state = 'skipped'), 0), avg(satisfaction) FROM callbacks WHERE incident = ?`)
  const measuresOf = measureReader(db)
  type Act = [InstantMs, string, string, string, string]
  return (incident: string): QualityParts => {
    const json = (notice.get([incident]) as [string] | undefined)?.[0]
    const [count, answered, skipped, satisfaction] = callBacks.get([incident]) as [
      ...[number, number, number],
      number | null,
    ]
    return {
      measures: measuresOf(incident),
      notice: json === undefined ? null : (JSON.parse(json) as Notice),
      acts: (acts.all([incident]) as Act[]).map(([at, by, role, what, detail]) => {
        return { at, by, role, what, detail }
      }),
      children: (children.all([incident]) as [string][]).map(([id]) => id),
      contacts: Object.fromEntries(contacts.all([incident]) as [string, number][]),
      callBacks: { count, answered, skipped, satisfaction },
    }
  }
}
