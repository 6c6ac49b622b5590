/**
 * The same reports in another order, and what must come out the same: which devices were out from
 * when to when. Numbers, revisions and messages may differ; they follow the journal's order.
 */
import type { Random } from '../../../../simulators/random.ts'
import type { ChangeBatch } from '../../../engine/changes.ts'
import type { Fact, JournalledFact } from '../../../facts/facts.ts'

/** A time within this of its receipt gives order by itself (DESIGN §1.4). */
const DATED_WITHIN_MS = 300_000

/** The order of these words is known however they arrive: counted or dated. */
function isOrdered(fact: Fact): boolean {
  if (fact.type !== 'report') return false
  if (fact.seq !== undefined) return true
  return fact.at !== undefined && Math.abs(fact.receivedAt - fact.at) <= DATED_WITHIN_MS
}

/** Reports between two other facts in any order, some of them twice; numbered anew. */
export function shuffled(facts: readonly JournalledFact[], random: Random): JournalledFact[] {
  const order: Fact[] = []
  let waiting: Fact[] = []
  const flush = () => {
    order.push(...random.sample(waiting, waiting.length))
    waiting = []
  }
  for (const { fact } of facts) {
    if (isOrdered(fact)) {
      waiting.push(fact)
      if (random.chance(0.2)) waiting.push(fact)
    } else {
      flush()
      order.push(fact)
    }
  }
  flush()
  return order.map((fact, index) => ({ position: index + 1, fact }))
}

/** Places that were or are out, with the times, one a line. */
export function outcomeOf(batches: readonly ChangeBatch[]): string {
  const segments = new Map<string, string>()
  for (const { changes } of batches)
    for (const change of changes)
      if (change.type === 'segment') {
        const { id, device, from, to, void: taken, customers } = change.segment
        if (taken) segments.delete(id)
        else segments.set(id, `${device.id} ${customers} ${from} ${to}`)
      }
  return [...segments.values()].sort().join('\n')
}
