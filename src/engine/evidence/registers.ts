/**
 * What each observer last said: one register an observer, in typed arrays. Order within a register
 * is (boot, seq) where given, else time; so duplicates and shuffled arrival end in the same state.
 */
import type { InstantMs } from '../../facts/time.ts'

/** Nothing heard in the present case: neither proof of supply nor of its loss. */
export const QUIET = 0
/** Said "off". */
export const OFF = 1
/** Said "on" in the present case. */
export const ON = 2
/** Said "off", its device came back, no "on" heard yet: presumed restored until shown otherwise. */
export const AWAITED = 3

export type RegisterState = typeof QUIET | typeof OFF | typeof ON | typeof AWAITED

/** Transitions kept an observer, for flapping and MAIFI (DESIGN §3). */
export const TRANSITIONS_KEPT = 4

/** Register time starts here so that seconds fit 31 bits until 2088: 2020-01-01T00:00:00Z. */
export const EPOCH_MS = 1_577_836_800_000

/** "No boot and sequence number": terminals count from 0, and 2³²−1 boots do not happen. */
const NO_COUNTER = 0xffff_ffff

/** Bit of `said` beside the three of the phases. */
const SAID_OFF = 8

/** How a statement stands to what the register holds. */
export type Order = 'newer' | 'duplicate' | 'older'

export class Registers {
  readonly state: Uint8Array
  /** Phases the last statement spoke of, and `SAID_OFF`. */
  readonly #said: Uint8Array
  readonly #seconds: Uint32Array
  readonly #millis: Uint16Array
  readonly #boot: Uint32Array
  readonly #seq: Uint32Array
  /** Seconds since the epoch, lowest bit: 1 off, 0 on; newest first. */
  readonly #transitions: Uint32Array
  /** Called before an observer's register is written, for the snapshot's dirty pages. */
  onWrite: (observer: number) => void = () => {}

  constructor(count: number) {
    this.state = new Uint8Array(count)
    this.#said = new Uint8Array(count)
    this.#seconds = new Uint32Array(count)
    this.#millis = new Uint16Array(count)
    this.#boot = new Uint32Array(count).fill(NO_COUNTER)
    this.#seq = new Uint32Array(count).fill(NO_COUNTER)
    this.#transitions = new Uint32Array(count * TRANSITIONS_KEPT)
  }

  /** The arrays as named sections, in a fixed order, for snapshots. */
  sections(): readonly {
    name: string
    array: Uint8Array | Uint16Array | Uint32Array
    each: number
  }[] {
    return [
      { name: 'state', array: this.state, each: 1 },
      { name: 'said', array: this.#said, each: 1 },
      { name: 'seconds', array: this.#seconds, each: 1 },
      { name: 'millis', array: this.#millis, each: 1 },
      { name: 'boot', array: this.#boot, each: 1 },
      { name: 'seq', array: this.#seq, each: 1 },
      { name: 'transitions', array: this.#transitions, each: TRANSITIONS_KEPT },
    ]
  }

  get bytes(): number {
    return this.sections().reduce((sum, { array }) => sum + array.byteLength, 0)
  }

  /** Phases its last statement spoke of; 0 where it never said anything. */
  phasesOf(observer: number): number {
    return this.#said[observer]! & 7
  }

  /** When the observer last changed or repeated its state; 0 for never. */
  atOf(observer: number): InstantMs {
    const seconds = this.#seconds[observer]!
    return seconds === 0 ? 0 : EPOCH_MS + seconds * 1000 + this.#millis[observer]!
  }

  /** Where a statement with this time and these counters stands. */
  order(observer: number, at: InstantMs, off: boolean, boot?: number, seq?: number): Order {
    const known = this.#boot[observer]!
    if (boot !== undefined && seq !== undefined && known !== NO_COUNTER) {
      if (boot !== known) return boot > known ? 'newer' : 'older'
      const last = this.#seq[observer]!
      return seq > last ? 'newer' : seq === last ? 'duplicate' : 'older'
    }
    const last = this.atOf(observer)
    if (at !== last) return at > last ? 'newer' : 'older'
    // Off and on at the very same instant: the on came after, whichever arrived first.
    const wasOff = (this.#said[observer]! & SAID_OFF) !== 0
    return wasOff === off ? 'duplicate' : off ? 'older' : 'newer'
  }

  /** Writes what was said. `state` is what it means for inference now. */
  write(
    observer: number,
    state: RegisterState,
    off: boolean,
    at: InstantMs,
    phases: number,
    boot?: number,
    seq?: number,
  ): void {
    this.onWrite(observer)
    const since = Math.max(1000, at - EPOCH_MS)
    const seconds = Math.floor(since / 1000)
    this.state[observer] = state
    this.#said[observer] = phases | (off ? SAID_OFF : 0)
    this.#seconds[observer] = seconds
    this.#millis[observer] = since - seconds * 1000
    if (boot !== undefined && seq !== undefined) {
      this.#boot[observer] = boot
      this.#seq[observer] = seq
    }
    this.remember(observer, off, at)
  }

  /**
   * Puts a statement into the history, newest first. Which four are kept depends on what was said,
   * not on the order of arrival.
   */
  remember(observer: number, off: boolean, at: InstantMs): void {
    const entry = ((Math.floor(Math.max(1000, at - EPOCH_MS) / 1000) << 1) | (off ? 1 : 0)) >>> 0
    const first = observer * TRANSITIONS_KEPT
    for (let k = 0; k < TRANSITIONS_KEPT; k++) {
      const held = this.#transitions[first + k]!
      if (held === entry) return
      if (entry < held) continue
      this.onWrite(observer)
      for (let j = TRANSITIONS_KEPT - 1; j > k; j--)
        this.#transitions[first + j] = this.#transitions[first + j - 1]!
      this.#transitions[first + k] = entry
      return
    }
  }

  /** Changes what the statement means without a new statement. */
  reinterpret(observer: number, state: RegisterState): void {
    this.onWrite(observer)
    this.state[observer] = state
  }

  /** Takes over what another set of registers holds of an observer (a new grid numbers anew). */
  copyFrom(other: Registers, theirs: number, mine: number): void {
    const from = other.sections()
    this.sections().forEach(({ array, each }, i) => {
      for (let k = 0; k < each; k++) array[mine * each + k] = from[i]!.array[theirs * each + k]!
    })
  }

  /** The kept transitions, newest first. */
  transitions(observer: number): readonly { at: InstantMs; off: boolean }[] {
    const list: { at: InstantMs; off: boolean }[] = []
    for (let k = 0; k < TRANSITIONS_KEPT; k++) {
      const entry = this.#transitions[observer * TRANSITIONS_KEPT + k]!
      if (entry !== 0) list.push({ at: EPOCH_MS + (entry >>> 1) * 1000, off: (entry & 1) === 1 })
    }
    return list
  }
}
