/** Work orders when incidents become one (归并): the mother goes on with what was done under her children. */
import type { InstantMs } from '../../facts/time.ts'
import type { Case } from '../incidents/case.ts'
import { STEPS } from '../service/clock.ts'
import { takeUrge } from '../service/entry-clocks.ts'

/**
 * A mother (母单) that nobody was sent to yet takes her child's crew, with how far it had got; the child
 * (子单) keeps its own history. Steps count as done when the first of them was.
 */
export function takeOver(mother: Case, child: Case, now: InstantMs): void {
  mother.urges += child.urges
  takeUrge(mother, child)
  if (child.firstCallAt !== null)
    mother.firstCallAt = Math.min(mother.firstCallAt ?? child.firstCallAt, child.firstCallAt)
  if (mother.crew !== null || child.crew === null) return
  mother.crew = child.crew
  mother.repair.crews = [...child.repair.crews]
  mother.repair.near = child.repair.near
  mother.repair.arrivedInferredAt = child.repair.arrivedInferredAt
  mother.repair.site ??= child.repair.site
  for (const step of STEPS) {
    const done = child.done[step]
    if (done === undefined || step === 'restore' || step === 'result') continue
    if (mother.done[step] === undefined && child.repair.supposed.includes(step))
      mother.repair.supposed = [...mother.repair.supposed, step]
    mother.done[step] ??= done
    mother.repair.entered[step] ??= child.repair.entered[step] ?? done
  }
  takeWord(mother, child, now)
  if (!AT_WORK.has(child.stage)) return
  mother.stage = child.stage
  mother.repair.stageAt = child.repair.stageAt
}

/**
 * What the crew has said of cause and restoration, it has said of the mother's work; a time that has
 * passed is nothing that anybody expects of hers.
 */
function takeWord(mother: Case, child: Case, now: InstantMs): void {
  if (mother.cause === null) {
    mother.cause = child.cause
    mother.repair.causeBy = child.repair.causeBy
    mother.repair.causeSaid = child.repair.causeSaid
  }
  if (mother.etr === null && child.etr !== null && child.etr > now) {
    mother.etr = child.etr
    mother.repair.etrs = [...child.repair.etrs]
  }
}

/** Stages that a crew brings with it. */
const AT_WORK: ReadonlySet<Case['stage']> = new Set([
  'accepted',
  'dispatched',
  'enRoute',
  'arrived',
  'surveying',
  'causeFound',
  'repairing',
  'reassigned',
])
