/** Call-reads of the benchmark: the engine's own choice, answered from the truth of the case. */
import { chooseReads } from '../../engine/callreads/choice.ts'
import { costOf } from '../../engine/cost/nats.ts'
import { ON } from '../../engine/evidence/registers.ts'
import { refresh } from '../../engine/inference/explain.ts'
import { type Possibility, posterior } from '../../engine/inference/posterior.ts'
import type { AccuracyOptions, Hearing, Laboratory } from './accuracy-cases.ts'

/** CONTRACT §7: at most two rounds. */
const ROUNDS = 2

/** Half is kept for what the first answers leave open. */
const FIRST_SHARE = 0.5

/** Even where all live meters answer, no answer is no more than this sure. */
const SURE_TO_REPLY = 1e-6

/** A read that tells less than this seldom changes what is named. */
const LEAST_GAIN_NATS = 0.005

/** What trees can have open, as one list; parents stand before children. */
export function possibilitiesOf(lab: Laboratory, roots: Iterable<number>): Possibility[] {
  const all: Possibility[] = []
  for (const root of roots) {
    const first = all.length
    for (const p of posterior(lab.belief, root))
      all.push({ ...p, above: p.above < 0 ? p.above : p.above + first })
  }
  return all
}

/** Asks in rounds and hears the answers. `answers`: whether the meter answers now. */
export function askInRounds(
  lab: Laboratory,
  roots: ReadonlySet<number>,
  hearing: Hearing,
  { callReads, reply }: Pick<AccuracyOptions, 'callReads' | 'reply'>,
  answers: (meter: number) => boolean,
): { reads: number; rounds: number } {
  const { belief, registers } = lab
  const missing = costOf(Math.max(1 - reply, SURE_TO_REPLY))
  let reads = 0
  let round = 0
  while (round < ROUNDS && reads < callReads) {
    for (const root of roots) refresh(belief, root)
    const limit = round === 0 ? Math.ceil(callReads * FIRST_SHARE) : callReads - reads
    const asked = chooseReads(
      belief,
      possibilitiesOf(lab, roots),
      { replyOf: (meter) => (registers.state[meter] === ON ? 0 : reply) },
      limit,
      LEAST_GAIN_NATS,
    )
    if (asked.length === 0) break
    for (const { observer } of asked)
      if (answers(observer)) hearing.answered(observer)
      else hearing.unanswered(observer, missing)
    reads += asked.length
    round++
  }
  return { reads, rounds: round }
}
