/** What is dropped when: facts after `journal.retentionDays`, never behind the oldest snapshot. */
import { type Position, takenAt } from '../facts/facts.ts'
import type { InstantMs } from '../facts/time.ts'
import type { JournalPort } from '../journal/port.ts'

/** The first position at or after `cutoff`, by bisection: facts stand in the order in which they were taken. */
export async function positionAt(journal: JournalPort, cutoff: InstantMs): Promise<Position> {
  let low = journal.firstPosition
  let high = journal.lastPosition + 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [found] = await journal.at([middle])
    if (found && takenAt(found.fact) < cutoff) low = middle + 1
    else high = middle
  }
  return low
}

/** Drops facts older than `cutoff` that no kept snapshot needs for a replay. */
export async function retainJournal(
  journal: JournalPort,
  cutoff: InstantMs,
  oldestSnapshot: Position | undefined,
): Promise<void> {
  if (oldestSnapshot === undefined) return
  await journal.retain(Math.min(await positionAt(journal, cutoff), oldestSnapshot + 1))
}
