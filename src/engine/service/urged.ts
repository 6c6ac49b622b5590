/**
 * One call is one urge (催办): who takes the call files the customer's report, which urges where it is a
 * repeated one, and may press the key for urging as well, before or after. The two are told from two calls by
 * who says so, in which way, and when.
 */
import type { Case } from '../incidents/case.ts'
import type { UrgeHeard } from './clock.ts'

/** A call about one's own outage is over by then: few last longer than three minutes. */
const ONE_CALL_MS = 5 * 60_000
/** Urges of one outage within that time; beyond, a call may count twice. */
const MOST_HEARD = 100

/** Counts an urge; false where it is the one that the same person has just passed on in the other way. */
export function countUrge(incident: Case, { by, way, at }: UrgeHeard): boolean {
  const { repair } = incident
  const recent = repair.urgesHeard.filter((one) => at - one.at <= ONE_CALL_MS)
  const same = recent.findIndex((one) => one.by === by && one.way !== way)
  // Each repeats one of the other way, not all of them: the next is of another call.
  repair.urgesHeard =
    same < 0 ? [...recent, { by, way, at }].slice(-MOST_HEARD) : recent.toSpliced(same, 1)
  if (same < 0) incident.urges++
  return same < 0
}
