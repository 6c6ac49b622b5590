/**
 * The ticks of a program that judges and files in one process: before what waits for the journal, no
 * faster than what they find is filed, and at least half of the time left for what arrives.
 */
import { askedOf } from '../engine/storm/storm.ts'
import type { Fact, Position } from '../facts/facts.ts'
import type { JournalPort } from '../journal/port.ts'
import { createTicker, type Ticker } from '../journal/ticks.ts'
import type { Pipeline } from './pipeline.ts'

/**
 * Ticks whose changes may be on their way to the ledger before another is due: one is being filed while the
 * next is judged. More would only wait there, each with a revision of the same incidents.
 */
const MAX_UNFILED = 2

export interface TickingParts {
  readonly journal: Pick<JournalPort, 'append'>
  readonly pipeline: Pick<Pipeline, 'recorded' | 'judge'>
  readonly now: () => number
}

/** Not started yet. */
export function tickerOf({ journal, pipeline, now }: TickingParts): Ticker {
  const { engine } = pipeline.judge
  let unfiled = 0
  let restUntil = Number.NEGATIVE_INFINITY
  return createTicker({
    async append(fact: Fact): Promise<Position> {
      // In an overload what waits is judged no sooner by waiting for it: it comes before the next tick.
      const asked = performance.now()
      const position = await journal.append(fact, 'ahead')
      // By then it is judged as well.
      const done = performance.now()
      restUntil = done + (done - asked)
      unfiled++
      const filed = () => unfiled--
      // Whoever judges reports that the ledger failed.
      pipeline.recorded().then(filed, filed)
      return position
    },
    nextDeadline() {
      const mayJudge = unfiled < MAX_UNFILED && performance.now() >= restUntil
      return mayJudge ? engine.nextDeadline() : undefined
    },
    isBehind: () => engine.isBehind,
    asked: () => askedOf(engine.world),
    last: engine.world?.now ?? 0,
    now,
  })
}
