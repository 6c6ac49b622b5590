/**
 * What was pushed to the customers of an outage, in numbers (推送情况): how many asked to be told, how
 * many messages went out by which text, and what became of them. No customer is named.
 */
import type { Connection } from '../../config/sqlite.ts'
import type { Channel } from '../../facts/channels.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { PlaceCounts } from './places.ts'

/** Messages as they stand; what was replaced or became stale unheard is counted nowhere. */
export interface PushCounts {
  readonly waiting: number
  /** A gateway has them and has not said what became of them. */
  readonly sent: number
  /** The gateway says that they arrived. */
  readonly delivered: number
  /** The gateway says that they did not, or nobody knows whether it took them. */
  readonly failed: number
}

export interface PushLine extends PushCounts {
  readonly channel: Channel
  /** T1 to T10. */
  readonly template: string
}

export interface PushSummary {
  /** Customers without supply who asked to be told; null until they were counted. */
  readonly subscribers: number | null
  readonly countedAt: InstantMs | null
  readonly total: PushCounts
  /** When the last message was written; null where none was. */
  readonly lastAt: InstantMs | null
  readonly lines: readonly PushLine[]
}

/** Customers who asked to be told, of one slice of a walk over those without supply. */
export interface Listeners {
  readonly count: number
  /** The slice begins the walk, or begins it anew on another grid. */
  readonly first: boolean
  /** Where all of the slice are, whether they asked or not. */
  readonly places?: PlaceCounts
}

/** Counts listeners, inside the ledger's transaction. */
export function listenerFiler(db: Connection) {
  const begin = db.prepare(`INSERT INTO listeners (incident, counting) VALUES (?, ?)
    ON CONFLICT DO UPDATE SET counting = excluded.counting`)
  const add = db.prepare('UPDATE listeners SET counting = counting + ? WHERE incident = ?')
  const end = db.prepare('UPDATE listeners SET counted = counting, at = ? WHERE incident = ?')
  return (incident: string, { count, first }: Listeners, endedAt: InstantMs | null): void => {
    if (first) begin.run([incident, count])
    else add.run([count, incident])
    if (endedAt !== null) end.run([endedAt, incident])
  }
}

/** In which number a message of a state is counted; the others were never heard, nor will be. */
const COUNTED: Readonly<Record<string, keyof PushCounts>> = {
  waiting: 'waiting',
  sent: 'sent',
  delivered: 'delivered',
  failed: 'failed',
  unsure: 'failed',
}

/** Reads them on a connection of its own. */
export function pushReader(db: Connection) {
  const rows = db
    .prepare(`SELECT channel, template, state, count, last_at FROM pushes
      WHERE incident = ? AND count > 0 ORDER BY channel, template, state`)
    .raw()
  const listeners = db.prepare('SELECT counted, at FROM listeners WHERE incident = ?').raw()
  return (incident: string): PushSummary => {
    const total = { waiting: 0, sent: 0, delivered: 0, failed: 0 }
    const lines = new Map<string, { -readonly [name in keyof PushLine]: PushLine[name] }>()
    let lastAt: InstantMs | null = null
    for (const [channel, template, state, count, at] of rows.all([incident]) as [
      ...[Channel, string, string, number, InstantMs],
    ][]) {
      const name = COUNTED[state]
      if (!name) continue
      const key = `${channel}/${template}`
      const line = lines.get(key) ?? { channel, template, ...NOTHING }
      lines.set(key, line)
      line[name] += count
      total[name] += count
      lastAt = Math.max(lastAt ?? at, at)
    }
    const [counted, countedAt] = (listeners.get([incident]) ?? [null, null]) as [
      number | null,
      InstantMs | null,
    ]
    return { subscribers: counted, countedAt, total, lastAt, lines: [...lines.values()] }
  }
}

const NOTHING: PushCounts = { waiting: 0, sent: 0, delivered: 0, failed: 0 }
