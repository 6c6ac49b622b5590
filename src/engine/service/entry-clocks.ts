/**
 * How soon people say what was done (`domain.md` §3.2, §3.3): an arrival and a restoration are entered
 * within minutes of happening, a customer's urge (催办) is passed on and then answered within minutes.
 */
import type { InstantMs } from '../../facts/time.ts'
import { type Case, isActive } from '../incidents/case.ts'
import type { World } from '../world.ts'
import type { Clock, ClockName } from './clock.ts'

const MINUTE_MS = 60_000

/** Clocks of what was entered, and of what should be by now. */
export function entryClocks({ rules }: World, incident: Case): Clock[] {
  const { enterArriveMinutes, enterRestoreMinutes, enterUrgeMinutes, answerUrgeMinutes } =
    rules.service.clocks
  const { done, repair, restoredAt } = incident
  const { entered, arrivedInferredAt, urge } = repair
  const clocks: Clock[] = []
  const add = (
    name: ClockName,
    startedAt: InstantMs,
    minutes: number,
    doneAt: InstantMs | null,
  ) => {
    const dueAt = startedAt + minutes * MINUTE_MS
    clocks.push({ name, startedAt, dueAt, legalDueAt: null, doneAt, enteredAt: doneAt })
  }
  if (done.arrive !== undefined)
    add('enterArrive', done.arrive, enterArriveMinutes, entered.arrive ?? done.arrive)
  // The crew stands at the place and has not said so.
  else if (arrivedInferredAt !== null && isActive(incident))
    add('enterArrive', arrivedInferredAt, enterArriveMinutes, null)
  // What the meters tell nobody has to enter.
  if (done.restore !== undefined && entered.restore !== undefined)
    add('enterRestore', done.restore, enterRestoreMinutes, entered.restore)
  if (urge) {
    add('enterUrge', urge.at, enterUrgeMinutes, urge.enteredAt)
    const answeredAt = urge.answeredAt ?? restoredAt
    if (answeredAt !== null || isActive(incident))
      add('urge', urge.at, answerUrgeMinutes, answeredAt)
  }
  return clocks
}

/** A customer urges: the clock of one that waits already goes on, for it was first. */
export function noteUrge({ repair }: Case, at: InstantMs, enteredAt: InstantMs): void {
  if (repair.urge && repair.urge.answeredAt === null) return
  repair.urge = { at, enteredAt, answeredAt: null }
}

/** Somebody who works on it said something: whoever urged can be told. */
export function answerUrge({ repair }: Case, at: InstantMs): void {
  if (repair.urge && repair.urge.answeredAt === null)
    repair.urge = { ...repair.urge, answeredAt: at }
}

/** The mother (母单) answers for her child: of two that wait the older one counts. */
export function takeUrge(mother: Case, child: Case): void {
  const [mine, theirs] = [mother.repair.urge, child.repair.urge]
  if (theirs?.answeredAt !== null) return
  if (mine?.answeredAt === null && mine.at <= theirs.at) return
  mother.repair.urge = theirs
}
