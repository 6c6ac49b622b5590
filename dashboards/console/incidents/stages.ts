/** The stages of `domain.md` §5.1 folded into the seven steps a reader can take in at a glance. */
import type { Stage } from '../../../src/engine/changes.ts'

export const STEPS = ['sense', 'judge', 'dispatch', 'onSite', 'repair', 'restore', 'close'] as const
export type Step = (typeof STEPS)[number]

const STEP_OF: Readonly<Record<Stage, Step>> = {
  sensed: 'sense',
  verifying: 'sense',
  confirmed: 'judge',
  pushed: 'judge',
  planned: 'judge',
  returned: 'judge',
  accepted: 'dispatch',
  dispatched: 'dispatch',
  enRoute: 'dispatch',
  reassigned: 'dispatch',
  arrived: 'onSite',
  surveying: 'onSite',
  causeFound: 'repair',
  repairing: 'repair',
  suspended: 'repair',
  partiallyRestored: 'repair',
  restored: 'restore',
  verified: 'restore',
  resultReturned: 'close',
  closed: 'close',
  falseAlarm: 'close',
  merged: 'close',
}

/** Index of the step an incident has reached. */
export function stepOf(stage: Stage): number {
  return STEPS.indexOf(STEP_OF[stage])
}
