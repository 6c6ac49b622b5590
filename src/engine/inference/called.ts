/**
 * Callers in the forest: which usage points below each head have somebody who called, and since when
 * it is dark there. What a call is worth is added to what was said below; here is only where.
 */
import type { InstantMs } from '../../facts/time.ts'
import { ON, type Registers } from '../evidence/registers.ts'
import type { EvidenceModel } from './evidence-model.ts'
import { type Network, NONE } from './network.ts'
import { DOUBLES, LAST_ON, type Sums } from './sums.ts'

/** One usage point of which somebody called. */
export interface CalledPoint {
  readonly head: number
  /** The meters at the usage point. */
  readonly meters: readonly number[]
  readonly darkSince: InstantMs | undefined
  readonly vouched: boolean
  readonly liveSince: InstantMs | undefined
}

export class Called {
  readonly points = new Map<number, CalledPoint>()
  readonly #below = new Map<number, Set<number>>()
  /** Dark since, by head; of all callers below. */
  readonly #since = new Map<number, InstantMs>()
  /** Meters at usage points that are called dark. */
  readonly #meters = new Set<number>()

  set(network: Network, point: number, called: CalledPoint | undefined): void {
    const before = this.points.get(point)
    if (before) {
      this.points.delete(point)
      for (const meter of before.meters) this.#meters.delete(meter)
      for (let a = before.head; a !== NONE; a = network.above[a]!) this.#take(a, point)
    }
    if (!called) return
    this.points.set(point, called)
    if (called.darkSince !== undefined) for (const meter of called.meters) this.#meters.add(meter)
    for (let a = called.head; a !== NONE; a = network.above[a]!) this.#put(a, point, called)
  }

  /** Usage points below `head` of which somebody called, in index order. */
  below(head: number): readonly number[] {
    return [...(this.#below.get(head) ?? [])].sort((a, b) => a - b)
  }

  /** Since when somebody below `head` is dark by their own word; Infinity for nobody. */
  since(head: number): InstantMs {
    return this.#since.get(head) ?? Number.POSITIVE_INFINITY
  }

  /** True where whoever lives behind this meter says it is dark. */
  isDark(meter: number): boolean {
    return this.#meters.has(meter)
  }

  #put(head: number, point: number, { darkSince }: CalledPoint): void {
    const here = this.#below.get(head)
    if (here) here.add(point)
    else this.#below.set(head, new Set([point]))
    if (darkSince !== undefined && darkSince < this.since(head)) this.#since.set(head, darkSince)
  }

  #take(head: number, point: number): void {
    const here = this.#below.get(head)!
    here.delete(point)
    if (here.size === 0) this.#below.delete(head)
    let since = Number.POSITIVE_INFINITY
    for (const other of here)
      since = Math.min(since, this.points.get(other)!.darkSince ?? Number.POSITIVE_INFINITY)
    if (since === Number.POSITIVE_INFINITY) this.#since.delete(head)
    else this.#since.set(head, since)
  }
}

interface Walked {
  readonly network: Network
  readonly registers: Registers
  readonly model: EvidenceModel
  readonly sums: Sums
}

/** What ons below `head` from `from` until before `until` cost, if it were dead by then. */
export function onsBetween(
  walked: Walked,
  head: number,
  from: InstantMs,
  until: InstantMs,
): number {
  const { network, registers, model, sums } = walked
  if (sums.doubles[head * DOUBLES + LAST_ON]! < from) return 0
  let cost = 0
  network.eachSeated(head, (o) => {
    if (registers.state[o] !== ON) return
    const at = registers.atOf(o)
    if (at >= from && at < until) cost += model.classes[model.classOf[o]!]!.onDead
  })
  for (let c = network.firstBelow[head]!; c !== NONE; c = network.nextBeside[c]!)
    cost += onsBetween(walked, c, from, until)
  return cost
}
