/**
 * Decides whether sockets may be read at all. Shut while too many appends wait for the disk, or
 * while a full journal refuses them: TCP then makes the terminals wait, and nothing that we cannot
 * keep is taken in.
 */
import { GATE_POLL_MS } from './limits.ts'

/** Why the gate is shut. */
export type HoldReason = 'overload' | 'journalFull'

export interface ReadGateOptions {
  readonly pending: () => number
  readonly maxPending: number
  /** Called each time the gate shuts. */
  readonly onHold: (reason: HoldReason) => void
}

export class ReadGate {
  readonly #options: ReadGateOptions
  readonly #waiting = new Set<() => void>()
  #overloaded = false
  #refused = 0
  #closed = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: ReadGateOptions) {
    this.#options = options
  }

  /** True where reading may go on; otherwise `resume` is called once when it may. */
  admits(resume: () => void): boolean {
    if (this.#isOpen()) return true
    if (this.#closed) return false
    this.#waiting.add(resume)
    this.#timer ??= setInterval(() => this.#poll(), GATE_POLL_MS)
    return false
  }

  /** A socket is gone; it need not be told. */
  forget(resume: () => void): void {
    this.#waiting.delete(resume)
  }

  /** The journal refused an append for want of room; shut until as many `room` calls follow. */
  full(): void {
    if (this.#refused++ === 0) this.#options.onHold('journalFull')
  }

  room(): void {
    this.#refused--
  }

  /** The journal is full: nothing is read, not even keep-alives. */
  get lacksRoom(): boolean {
    return this.#refused > 0
  }

  /** Shuts for good. */
  close(): void {
    this.#closed = true
    this.#waiting.clear()
    clearInterval(this.#timer)
  }

  #isOpen(): boolean {
    if (this.#closed || this.#refused > 0) return false
    const pending = this.#options.pending()
    if (this.#overloaded) this.#overloaded = pending > this.#options.maxPending / 2
    else if (pending > this.#options.maxPending) {
      this.#overloaded = true
      this.#options.onHold('overload')
    }
    return !this.#overloaded
  }

  // The journal does not say when it has drained, and other producers fill it too: hence a poll.
  #poll(): void {
    if (!this.#isOpen()) return
    clearInterval(this.#timer)
    this.#timer = undefined
    // Those behind the one that shuts it again need not be told to find it shut.
    for (const resume of [...this.#waiting]) {
      if (!this.#isOpen()) break
      this.#waiting.delete(resume)
      resume()
    }
    if (this.#waiting.size > 0) this.#timer ??= setInterval(() => this.#poll(), GATE_POLL_MS)
  }
}
