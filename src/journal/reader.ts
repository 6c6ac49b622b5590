/** Reads committed rows on a connection of its own; no transaction stays open between reads. */

import { openForReading } from '../config/sqlite.ts'
import type { JournalledFact, Position } from '../facts/facts.ts'
import { rowFrom } from './database.ts'
import { JournalError } from './port.ts'
import { decodeRow, type JournalRow, pickFromRow } from './row.ts'

export interface JournalReader {
  /** Facts of the row that holds `position`, from there on. Throws `journal.corrupt`. */
  from(position: Position): JournalledFact[]
  /** Facts at `positions` (ascending) that lie in the row of the first; how many were used up. */
  pick(positions: readonly Position[]): { facts: JournalledFact[]; used: number }
  /** The last committed position, 0 for none. */
  last(): Position
  close(): void
}

export function openReader(path: string): JournalReader {
  const db = openForReading(path)
  const select = db
    .prepare(
      'SELECT first, count, checksum, facts FROM commits WHERE first <= ? ORDER BY first DESC LIMIT 1',
    )
    .raw()

  const rowHolding = (position: Position): JournalRow | undefined => {
    const row = rowFrom(select.get([position]))
    return row && position < row.first + row.count ? row : undefined
  }

  const newest = db.prepare('SELECT first, count FROM commits ORDER BY first DESC LIMIT 1').raw()

  return {
    last() {
      const row = newest.get() as [number, number] | undefined
      return row ? row[0] + row[1] - 1 : 0
    },
    from(position) {
      const row = rowHolding(position)
      if (!row)
        throw new JournalError('journal.corrupt', `no journal row holds position ${position}`)
      const facts = decodeRow(row)
      return position === row.first ? facts : facts.slice(position - row.first)
    },
    pick(positions) {
      const row = rowHolding(positions[0]!)
      if (!row) return { facts: [], used: 1 }
      let used = 1
      while (used < positions.length && positions[used]! < row.first + row.count) used++
      return { facts: pickFromRow(row, positions.slice(0, used)), used }
    },
    close: () => db.close(),
  }
}
