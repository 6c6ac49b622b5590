/**
 * Call-reads under way, and how many may still be sent. What a terminal is asked is one call, with
 * a number that is never used twice; it ends with its last answer or when its time is up.
 */
import type { InstantMs } from '../../facts/time.ts'
import type { CallReadReason } from '../changes.ts'

/** Plain data: written to snapshots as it stands. */
export interface OpenCall {
  readonly number: number
  /** Case it was sent for. */
  readonly incident: number
  readonly reason: CallReadReason
  readonly terminal: number
  readonly targets: readonly number[]
  /** Those of the targets that have not been answered for. */
  waiting: number[]
  readonly by: InstantMs
}

/** How far it was asked whether all of it is back: of a case, or of a part that returned before it. */
export interface Sampled {
  /** Rounds that asked that, whole ones. */
  samples: number
  /**
   * How many of the case's questions came before supply was back: attempts, rounds and what an area may
   * be asked count from there, for who did not answer then was dark.
   */
  atReturn: number
}

/** What a case has asked; part of the case. */
export interface CaseReads extends Sampled {
  /** Rounds that asked about the fault. */
  rounds: number
  /** Observers asked, once for each time. */
  readonly asked: number[]
  answered: number
  /** When somebody was asked last, 0 for never. */
  askedAt: InstantMs
  /** Not before this time it is looked whether asking would tell anything. */
  lookAt: InstantMs
}

export function noReadsYet(lookAt: InstantMs): CaseReads {
  return { rounds: 0, samples: 0, asked: [], atReturn: 0, answered: 0, askedAt: 0, lookAt }
}

/** Whom a case has asked since supply was back, or in all where it is not; once for each time. */
export function askedSince({ asked }: CaseReads, { atReturn }: Sampled): readonly number[] {
  return asked.slice(atReturn)
}

/** When those whom the case asked last may be asked once more. */
export function nextAttemptAt({ askedAt }: CaseReads, attemptSeconds: number): InstantMs {
  return askedAt + attemptSeconds * 1000
}

/** How often each of them was asked. */
export function timesAsked(asked: readonly number[]): ReadonlyMap<number, number> {
  const times = new Map<number, number>()
  for (const observer of asked) times.set(observer, (times.get(observer) ?? 0) + 1)
  return times
}

export class Calls {
  next = 1
  readonly open = new Map<number, OpenCall>()
  /** How many of them each case has: asked of every case with every tick. */
  readonly #ofCase = new Map<number, number>()
  /** Observers that have yet to be answered for: each is asked by one call at a time. */
  readonly #waiting = new Set<number>()
  /** Tokens of the global rate: how many were left at a time. */
  left = 0
  leftAt: InstantMs = 0

  /** Targets that may be asked now under a rate. */
  allowance(now: InstantMs, perSecond: number): number {
    const refill = ((now - this.leftAt) * perSecond) / 1000
    return Math.floor(Math.min(perSecond, this.left + refill))
  }

  spend(now: InstantMs, perSecond: number, targets: number): void {
    const refill = ((now - this.leftAt) * perSecond) / 1000
    this.left = Math.min(perSecond, this.left + refill) - targets
    this.leftAt = now
  }

  /** True while a call of the case waits for an answer. */
  waitsFor(incident: number): boolean {
    return this.#ofCase.has(incident)
  }

  /** True while the observer has yet to be answered for. */
  isWaiting(observer: number): boolean {
    return this.#waiting.has(observer)
  }

  begin(call: OpenCall): void {
    this.open.set(call.number, call)
    this.#ofCase.set(call.incident, (this.#ofCase.get(call.incident) ?? 0) + 1)
    for (const observer of call.waiting) this.#waiting.add(observer)
  }

  /** The observer was answered for; false where it was not asked, or answered for before. */
  answer(call: OpenCall, observer: number): boolean {
    const at = call.waiting.indexOf(observer)
    if (at < 0) return false
    call.waiting.splice(at, 1)
    this.#waiting.delete(observer)
    return true
  }

  end(call: OpenCall): void {
    this.open.delete(call.number)
    const left = this.#ofCase.get(call.incident)! - 1
    if (left > 0) this.#ofCase.set(call.incident, left)
    else this.#ofCase.delete(call.incident)
    for (const observer of call.waiting) this.#waiting.delete(observer)
  }

  /** When the next one runs out of time, Infinity for none. */
  nextDue(): InstantMs {
    let due = Number.POSITIVE_INFINITY
    for (const { by } of this.open.values()) due = Math.min(due, by)
    return due
  }
}

/** The call's name on the wire: `c-81`. */
export function callId(number: number): string {
  return `c-${number}`
}

/** The number behind a name, −1 where it is none of ours. */
export function callNumber(id: string): number {
  return /^c-\d{1,15}$/.test(id) ? Number(id.slice(2)) : -1
}
