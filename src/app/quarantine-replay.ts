/**
 * Takes messages out of the quarantine: each is decoded again with the grid and codecs of today, and
 * what is now good becomes a fact, with the time at which it was received then. An entry is taken
 * once; what still cannot be used says why.
 */
import type { QuarantinedFact, ReadingFact, ReportFact } from '../facts/facts.ts'
import type { ReplayAsked, ReplayOutcome, ReplayRefusal } from '../http/quarantine-port.ts'
import type { JournalPort } from '../journal/port.ts'
import type { QuarantineRow, RecordsPort } from '../records/port.ts'
import { decodeMessage } from '../sensing/json-codec.ts'
import { MAX_RAW_CHARACTERS } from '../sensing/limits.ts'
import type { TerminalDirectory } from '../sensing/port.ts'
import type { Pipeline } from './pipeline.ts'

/** What is older says nothing of supply now: as far back as a report's own time counts. */
const MAX_AGE_MS = 72 * 3_600_000

export interface ReplayParts {
  readonly records: Pick<RecordsPort, 'quarantine'>
  readonly directory: TerminalDirectory
  readonly journal: Pick<JournalPort, 'append'>
  readonly pipeline: Pick<Pipeline, 'recorded'>
  now(): number
}

type Taken = ReportFact | ReadingFact
type Decoded =
  | { readonly good: Taken; readonly rest: readonly QuarantinedFact[] }
  | { readonly reason: ReplayRefusal; readonly detail: string }

export class QuarantineReplay {
  readonly #parts: ReplayParts
  /** One at a time: a second request finds what the first one took. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(parts: ReplayParts) {
    this.#parts = parts
  }

  replay(asked: ReplayAsked): Promise<ReplayOutcome> {
    const mine = this.#turn.then(() => this.#replay(asked))
    this.#turn = mine.catch(() => undefined)
    return mine
  }

  async #replay(asked: ReplayAsked): Promise<ReplayOutcome> {
    const { records, now, journal, pipeline } = this.#parts
    const { rows, cursor } = records.quarantine(asked)
    const waiting = rows.filter(({ replayedAt }) => replayedAt === null)
    const refused: ReplayOutcome['refused'][number][] = []
    const at = now()
    const appended: Promise<number>[] = []
    for (const row of waiting) {
      const decoded = this.#decode(row, at)
      if ('reason' in decoded) refused.push({ position: row.position, ...decoded })
      else
        for (const fact of [decoded.good, ...decoded.rest])
          appended.push(journal.append({ ...fact, replayed: { of: row.position, at } }))
    }
    await Promise.all(appended)
    await pipeline.recorded()
    const replayed = waiting.length - refused.length
    return { replayed, already: rows.length - waiting.length, refused, cursor }
  }

  #decode({ terminal, topic, raw, receivedAt }: QuarantineRow, now: number): Decoded {
    if (now - receivedAt > MAX_AGE_MS)
      return { reason: 'old', detail: 'received: longer ago than 72 hours' }
    if (terminal === undefined)
      return { reason: 'sender', detail: 'terminal: not known who sent it' }
    if (/\/(status|position)$/.test(topic))
      return { reason: 'passing', detail: 'topic: tells of a moment that is over' }
    if (raw.length >= MAX_RAW_CHARACTERS || raw.includes('\uFFFD'))
      return { reason: 'incomplete', detail: 'payload: was not kept as it came' }
    const facts = decodeMessage(
      {
        identity: { kind: 'terminal', id: terminal },
        topic,
        payload: Buffer.from(raw),
        receivedAt,
      },
      this.#parts.directory,
    )
    const good = facts.find((fact): fact is Taken => /^(report|reading)$/.test(fact.type))
    const rest = facts.filter((fact) => fact.type === 'quarantined')
    return good ? { good, rest } : rest[0]!
  }
}
