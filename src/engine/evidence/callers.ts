/**
 * What callers say of their own premises: one register an account, so that a hundred calls of one
 * account are one word. A caller speaks of one usage point only; who names no account is heard, but
 * vouches for nothing.
 */
import type { CallerReportFact, CallerWord } from '../../facts/calls.ts'
import type { InstantMs } from '../../facts/time.ts'

/** Requests remembered: repeats come within minutes, not thousands of calls later. */
const REQUESTS_KEPT = 10_000

export interface Caller {
  /** Index of the usage point. */
  readonly point: number
  /** True where the account is known. */
  readonly named: boolean
  readonly says: CallerWord
  readonly at: InstantMs
  readonly position: number
}

/** What all callers at one usage point say together. */
export interface Premises {
  /** Dark since the earliest of those who say so and were not answered by a later "live". */
  readonly darkSince: InstantMs | undefined
  /** True where an account is among those. */
  readonly vouched: boolean
  readonly liveSince: InstantMs | undefined
}

export class Callers {
  /** By account, or by usage point where none was named. */
  readonly registers = new Map<string, Caller>()
  readonly requests = new Set<string>()
  readonly #atPoint = new Map<number, Set<string>>()

  /** Takes a word in; the usage points of which something new is known. */
  take(position: number, fact: CallerReportFact, point: number): readonly number[] {
    if (this.requests.has(fact.requestId)) return []
    this.requests.add(fact.requestId)
    if (this.requests.size > REQUESTS_KEPT)
      this.requests.delete(this.requests.values().next().value as string)
    const named = fact.account !== undefined
    const key = named ? `account/${fact.account}` : `point/${fact.usagePoint}`
    const before = this.registers.get(key)
    if (before && before.at > fact.receivedAt) return []
    if (before) this.drop(key)
    this.put(key, { point, named, says: fact.says, at: fact.receivedAt, position })
    return before && before.point !== point ? [before.point, point] : [point]
  }

  put(key: string, caller: Caller): void {
    this.registers.set(key, caller)
    const here = this.#atPoint.get(caller.point)
    if (here) here.add(key)
    else this.#atPoint.set(caller.point, new Set([key]))
  }

  drop(key: string): void {
    const caller = this.registers.get(key)
    if (!caller) return
    this.registers.delete(key)
    const here = this.#atPoint.get(caller.point)!
    here.delete(key)
    if (here.size === 0) this.#atPoint.delete(caller.point)
  }

  /** What an account said last, of what still counts. */
  lastOf(account: string | undefined): Caller | undefined {
    return account === undefined ? undefined : this.registers.get(`account/${account}`)
  }

  /** The accounts heard at a usage point. */
  keysAt(point: number): readonly string[] {
    return [...(this.#atPoint.get(point) ?? [])]
  }

  /** What the callers at a usage point say together. */
  premises(point: number): Premises {
    const here = this.keysAt(point).map((key) => this.registers.get(key)!)
    const live = here.filter(({ says }) => says === 'live').map(({ at }) => at)
    const liveSince = live.length > 0 ? Math.max(...live) : undefined
    const dark = here.filter(({ says, at }) => says === 'dark' && at >= (liveSince ?? 0))
    return {
      darkSince: dark.length > 0 ? Math.min(...dark.map(({ at }) => at)) : undefined,
      vouched: dark.some(({ named }) => named),
      liveSince,
    }
  }
}
