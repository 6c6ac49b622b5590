/** The journal through the engine again, read only: nothing is written, sent or asked. */
import { join } from 'node:path'
import { type JournalledFact, type Position, takenAt } from '../facts/facts.ts'
import { formatInstant, type InstantMs } from '../facts/time.ts'
import { type JournalReader, openReader } from '../journal/reader.ts'
import { FROM_THE_START, Judge } from './judge.ts'
import { Library } from './library.ts'

export interface ReplayResult {
  readonly facts: number
  readonly position: number
  readonly digest: string
  readonly incidents: number
  readonly until: string
}

/** The journal no longer reaches back to its first fact. */
export class TruncatedError extends Error {
  readonly code = 'replay.truncated'
  constructor() {
    super('the journal no longer reaches back to the first fact: its digest cannot be recomputed')
    this.name = 'TruncatedError'
  }
}

function readOn(reader: JournalReader, position: Position): readonly JournalledFact[] {
  try {
    return reader.from(position)
  } catch (error) {
    if (position === 1 && (error as { code?: string }).code === 'journal.corrupt')
      throw new TruncatedError()
    throw error
  }
}

/** Replays a data folder from its first fact up to and including `until`. */
export async function replay(dir: string, until = Number.POSITIVE_INFINITY): Promise<ReplayResult> {
  const reader = openReader(join(dir, 'journal.db'))
  const judge = new Judge(new Library(dir), FROM_THE_START)
  const incidents = new Set<string>()
  let facts = 0
  let at: InstantMs = 0
  try {
    const last = reader.last()
    while (judge.position < last) {
      const batch = readOn(reader, judge.position + 1)
      for (const journalled of batch) {
        const { fact } = journalled
        const time = takenAt(fact)
        if (time > until) return done()
        at = time
        await judge.prepare(journalled)
        facts++
        for (const change of judge.apply(journalled)?.changes ?? [])
          if (change.type === 'incident') incidents.add(change.incident.id)
      }
    }
    return done()
  } finally {
    reader.close()
  }

  function done(): ReplayResult {
    return {
      facts,
      position: judge.position,
      digest: judge.digest,
      incidents: incidents.size,
      until: formatInstant(at),
    }
  }
}
