/**
 * State that an earlier engine wrote, read by this one: what it did not know yet is as it is in a
 * world where nothing has happened. What it knew under another name is forgotten.
 */
import { NO_MARKS } from '../evidence/registers.ts'
import { newCase } from '../incidents/case.ts'
import { NONE } from '../inference/network.ts'

/** Words on single phases named no speaker and no marks: they were the usual speaker's. */
const BLANK_WORD = { speaker: NONE, marks: NO_MARKS }
/** Visits were to life support alone. */
const BLANK_VISIT = { reason: 'lifeSupport' }
/** Ratings of what is out are counted with the feeder's next figures. */
const BLANK_FIGURES = { ratedVa: 0 }
const BLANK_CASE = newCase(0, { head: -1, observer: -1, phases: 0 }, 0, 0)

/** The parsed heap `before`, with what it lacks from `blank`, the heap of a world without facts. */
export function completeHeap<Heap extends object>(before: Heap, blank: Heap): Heap {
  const heap = complete(before, blank) as Heap & Cases
  return {
    ...heap,
    cases: heap.cases.map((incident) => complete(incident, BLANK_CASE)),
    feeders: heap.feeders.map(([feeder, figures]) => [feeder, complete(figures, BLANK_FIGURES)]),
    visits: heap.visits.map((visit) => complete(visit, BLANK_VISIT)),
    findings: heap.findings.map(([key, incident]) => [key, complete(incident, BLANK_CASE)]),
    phaseBook: heap.phaseBook.map(([observer, words]) => [
      observer,
      words.map((word) => word && complete(word, BLANK_WORD)),
    ]),
  }
}

interface Cases {
  phaseBook: [observer: number, words: (object | null)[]][]
  cases: object[]
  visits: object[]
  feeders: [feeder: number, figures: object][]
  findings: [key: string, incident: object][]
}

function complete(before: unknown, blank: unknown): object {
  const whole: Record<string, unknown> = { ...(before as object) }
  for (const [key, value] of Object.entries(blank as object))
    if (!(key in whole)) whole[key] = value
    else if (isRecord(value) && isRecord(whole[key])) whole[key] = complete(whole[key], value)
  return whole
}

const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
