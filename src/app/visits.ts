/** Visits as HTTP asks for them, kept in the ledger. */
import type { Visits } from '../http/visit-port.ts'
import type { SqliteRecords } from '../records/sqlite.ts'

export function visitsOf(records: Pick<SqliteRecords, 'visits' | 'changeVisit'>): Visits {
  const { visits } = records
  return {
    one: (number) => visits.one(number),
    waitingAt: (usagePoint) => visits.waitingAt(usagePoint),
    page: (query) => visits.page(query),
    counts: (units, now) => visits.counts(units, now),
    take: (number, by, at, othersUpTo, audit) =>
      records.changeVisit({ do: 'take', number, by, at, othersUpTo }, audit),
  }
}
