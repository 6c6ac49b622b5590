/**
 * Partitions that an engine gave up because their brokers refused its turn: one that was silent for too
 * long (a busy machine, a slow link) learns only when it commits that it has lost them. What it judged
 * since its last commit goes with its state, the group says the same within moments, and whoever gets
 * the partition goes on from the last committed turn. Where the group says nothing, it still counts on
 * us and somebody else has the partition: that is a failure.
 */

/** A rebalance with a slow member takes seconds; a partition that nobody judges is late by as much, ms. */
const GROUP_SAYS_WITHIN_MS = 20_000

export class GivenUp {
  readonly #fail: (error: unknown) => void
  readonly #withinMs: number
  readonly #waiting = new Map<number, NodeJS.Timeout>()

  /** `fail` gets the refusal of a partition that the group goes on to count ours. */
  constructor(fail: (error: unknown) => void, withinMs = GROUP_SAYS_WITHIN_MS) {
    this.#fail = fail
    this.#withinMs = withinMs
  }

  add(partition: number, refusal: unknown): void {
    this.said(partition)
    this.#waiting.set(
      partition,
      setTimeout(() => this.#fail(refusal), this.#withinMs),
    )
  }

  /** The group has said whose the partition is. */
  said(partition: number): void {
    clearTimeout(this.#waiting.get(partition))
    this.#waiting.delete(partition)
  }

  close(): void {
    for (const partition of [...this.#waiting.keys()]) this.said(partition)
  }
}
