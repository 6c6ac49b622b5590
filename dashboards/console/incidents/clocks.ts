/** How the clocks of a repair stand at a moment. Pure: the time comes in. */
import type { ClockView } from '../../../src/engine/incident-view.ts'
import type { IncidentPayload } from '../api/payloads.ts'

/** `late`: past the promise; `beyondLaw`: past the limit of the law as well. */
export type ClockState = 'running' | 'late' | 'beyondLaw' | 'done' | 'doneLate'

export interface ClockReading {
  readonly name: ClockView['name']
  readonly state: ClockState
  /** Until the promise; negative past it, and by how much it was missed where it is done. */
  readonly leftMs: number
  /** Elapsed part of the bar, 0 to 1. The bar ends at the law's limit where there is one. */
  readonly share: number
  /** Where on the bar the promise stands, 0 to 1; 1 where the law sets no limit. */
  readonly promiseAt: number
  readonly clock: ClockView
}

export function readClock(clock: ClockView, nowMs: number): ClockReading {
  const start = Date.parse(clock.startedAt)
  const due = Date.parse(clock.dueAt)
  const legal = clock.legalDueAt === null ? null : Date.parse(clock.legalDueAt)
  const end = Math.max(due, legal ?? due)
  const at = clock.doneAt === null ? nowMs : Date.parse(clock.doneAt)
  const whole = Math.max(1, end - start)
  return {
    name: clock.name,
    state: stateOf(clock.doneAt !== null, at, due, legal),
    leftMs: due - at,
    share: Math.min(1, Math.max(0, (at - start) / whole)),
    promiseAt: Math.min(1, (due - start) / whole),
    clock,
  }
}

function stateOf(done: boolean, at: number, due: number, legal: number | null): ClockState {
  if (done) return at > due ? 'doneLate' : 'done'
  if (legal !== null && at > legal) return 'beyondLaw'
  return at > due ? 'late' : 'running'
}

/** The clock to watch: of those not done the one due first; null where none runs. */
export function nextClock({ clocks, outcome, outageKind }: IncidentPayload): ClockView | null {
  if (outcome !== null || outageKind === 'closed') return null
  let next: ClockView | null = null
  let soonest = Number.POSITIVE_INFINITY
  for (const clock of clocks) {
    const due = Date.parse(clock.dueAt)
    if (clock.doneAt !== null || due >= soonest) continue
    next = clock
    soonest = due
  }
  return next
}

/** Clocks that a desk shows: an entry that was made in time says nothing that its step does not. */
export const shownClocks = ({ clocks }: IncidentPayload): readonly ClockView[] =>
  clocks.filter(
    ({ name, doneAt, dueAt }) =>
      !ENTRIES.has(name) || doneAt === null || Date.parse(doneAt) > Date.parse(dueAt),
  )

const ENTRIES: ReadonlySet<ClockView['name']> = new Set([
  'enterArrive',
  'enterRestore',
  'enterUrge',
])

export const isLate = ({ state }: ClockReading): boolean =>
  state === 'late' || state === 'beyondLaw'
