/**
 * What is to happen when, in scenario time, and the one clock of a run. Scenario time starts at 0
 * and passes `speed` times as fast as the wall's; every delay and duration goes through here, so
 * a faster run is the same run in less time.
 */
interface Entry {
  readonly atMs: number
  /** Breaks ties: what was planned first happens first. */
  readonly order: number
  readonly run: () => void
}

/** The time a run goes by, and its alarm. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls `run` once, `ms` from now; answers how to call that off. */
  alarm(run: () => void, ms: number): () => void
}

export const WALL_CLOCK: Clock = {
  now: () => Date.now(),
  alarm(run, ms) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

/** Longest single sleep; timers beyond 2³¹ ms fire at once, so long waits are cut. */
const MAX_SLEEP_MS = 60_000

export class Agenda {
  readonly speed: number
  readonly #clock: Clock
  readonly #startedAt: number
  readonly #heap: Entry[] = []
  #order = 0
  #callOff: () => void = () => {}
  #stopped = false

  /** `speed` above 1 is faster than real time. */
  constructor(speed: number, clock: Clock = WALL_CLOCK) {
    this.speed = speed
    this.#clock = clock
    this.#startedAt = clock.now()
  }

  /** Scenario time now, ms. */
  get nowMs(): number {
    return (this.#clock.now() - this.#startedAt) * this.speed
  }

  /** The wall's time at a scenario time, ms since 1970. */
  wallAt(atMs: number): number {
    return Math.round(this.#startedAt + atMs / this.speed)
  }

  /** Runs `run` at scenario time `atMs`, or as soon as possible where that has passed. */
  at(atMs: number, run: () => void): void {
    if (this.#stopped) return
    const entry = { atMs, order: this.#order++, run }
    this.#push(entry)
    if (this.#heap[0] === entry) this.#arm()
  }

  after(delayMs: number, run: () => void): void {
    this.at(this.nowMs + delayMs, run)
  }

  /** Drops everything planned; nothing runs any more. */
  stop(): void {
    this.#stopped = true
    this.#heap.length = 0
    this.#callOff()
  }

  #arm(): void {
    this.#callOff()
    const next = this.#heap[0]
    if (!next) return
    const sleepMs = (next.atMs - this.nowMs) / this.speed
    const ms = Math.min(Math.max(sleepMs, 0), MAX_SLEEP_MS)
    this.#callOff = this.#clock.alarm(() => this.#runDue(), ms)
  }

  #runDue(): void {
    const nowMs = this.nowMs
    while (this.#heap.length > 0 && this.#heap[0]!.atMs <= nowMs) this.#pop().run()
    this.#arm()
  }

  #push(entry: Entry): void {
    const heap = this.#heap
    let at = heap.length
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!isBefore(entry, heap[above]!)) break
      heap[at] = heap[above]!
      at = above
    }
    heap[at] = entry
  }

  #pop(): Entry {
    const heap = this.#heap
    const top = heap[0]!
    const last = heap.pop()!
    if (heap.length === 0) return top
    let at = 0
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1
      if (!isBefore(heap[child]!, last)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = last
    return top
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}
