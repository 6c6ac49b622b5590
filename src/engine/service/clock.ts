/** The steps of a repair and the clocks on them: plain data. */
import type { InstantMs } from '../../facts/time.ts'

/** 接单, 出发, 到达, 现场首报, 复电, 回单: steps of the work, each done before the next. */
export const STEPS = ['accept', 'depart', 'arrive', 'report', 'restore', 'result'] as const
export type StepName = (typeof STEPS)[number]

/**
 * 派单, the steps and how soon they are entered (录入), 信息发布, of a customer's urge how soon it is passed on and
 * answered (催办), of a customer who has paid 复电, of one whose life hangs on supply 走访, of other important ones
 * 联系: in the order in which they are shown.
 */
export const CLOCKS = [
  'dispatch',
  'accept',
  'depart',
  'arrive',
  'enterArrive',
  'report',
  'publish',
  'enterUrge',
  'urge',
  'restore',
  'enterRestore',
  'result',
  'reconnect',
  'visit',
  'contact',
] as const
export type ClockName = (typeof CLOCKS)[number]

/** When which step was done; plain data, kept with its case. */
export type ServiceTimes = { -readonly [name in StepName]?: InstantMs }

export interface Clock {
  readonly name: ClockName
  readonly startedAt: InstantMs
  /** By the promise (承诺). */
  readonly dueAt: InstantMs
  /** By law, which never stops; null where there is none. */
  readonly legalDueAt: InstantMs | null
  readonly doneAt: InstantMs | null
  /** When that was entered; later than `doneAt` where a crew was offline. */
  readonly enteredAt?: InstantMs | null
}

/** An urge that may be passed on once more by the same person in the other way: a repeated report, or the key. */
export interface UrgeHeard {
  readonly by: string
  readonly way: 'report' | 'action'
  readonly at: InstantMs
}

/** A customer's urge, the oldest that waits for an answer; plain data, kept with its case. */
export interface UrgeState {
  /** When the customer urged. */
  readonly at: InstantMs
  /** When that was entered, and so passed on to who works on it. */
  readonly enteredAt: InstantMs
  /** When somebody who works on it next said something; null while nobody has. */
  readonly answeredAt: InstantMs | null
}
