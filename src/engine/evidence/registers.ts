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

/** Words of a register, by their place: what was said last, then the transitions. */
const SECONDS = 0
const BOOT = 1
const SEQ = 2
/** Milliseconds, and from bit 10 the phases spoken of, and whether it was an off. */
const SAID = 3
/** Seconds since the epoch, lowest bit: 1 off, 0 on; newest first. */
const TRANSITIONS = 4
/** A register is 2³ words: half a cache line, so that a report touches one. */
const WORDS_BITS = 3
const WORDS = 1 << WORDS_BITS

const PHASES_SHIFT = 10
const MILLIS_MASK = (1 << PHASES_SHIFT) - 1
const SAID_OFF = 1 << 13

/** How a statement stands to what the register holds. */
export type Order = 'newer' | 'duplicate' | 'older'

export class Registers {
  readonly state: Uint8Array
  readonly #words: Uint32Array
  /** Called before an observer's register is written, for the snapshot's dirty pages. */
  onWrite: (observer: number) => void = () => {}

  constructor(count: number) {
    this.state = new Uint8Array(count)
    this.#words = new Uint32Array(count << WORDS_BITS)
    for (let first = 0; first < this.#words.length; first += WORDS) {
      this.#words[first + BOOT] = NO_COUNTER
      this.#words[first + SEQ] = NO_COUNTER
    }
  }

  /** The arrays as named sections, in a fixed order, for snapshots. */
  sections(): readonly {
    name: string
    array: Uint8Array | Uint32Array
    each: number
  }[] {
    return [
      { name: 'state', array: this.state, each: 1 },
      { name: 'words', array: this.#words, each: WORDS },
    ]
  }

  get bytes(): number {
    return this.sections().reduce((sum, { array }) => sum + array.byteLength, 0)
  }

  /** Phases its last statement spoke of; 0 where it never said anything. */
  phasesOf(observer: number): number {
    return (this.#words[(observer << WORDS_BITS) + SAID]! >>> PHASES_SHIFT) & 7
  }

  /** When the observer last changed or repeated its state; 0 for never. */
  atOf(observer: number): InstantMs {
    const first = observer << WORDS_BITS
    const seconds = this.#words[first + SECONDS]!
    if (seconds === 0) return 0
    return EPOCH_MS + seconds * 1000 + (this.#words[first + SAID]! & MILLIS_MASK)
  }

  /** Where a statement with this time and these counters stands. */
  order(observer: number, at: InstantMs, off: boolean, boot?: number, seq?: number): Order {
    const first = observer << WORDS_BITS
    const known = this.#words[first + BOOT]!
    if (boot !== undefined && seq !== undefined && known !== NO_COUNTER) {
      if (boot !== known) return boot > known ? 'newer' : 'older'
      const last = this.#words[first + SEQ]!
      return seq > last ? 'newer' : seq === last ? 'duplicate' : 'older'
    }
    const last = this.atOf(observer)
    if (at !== last) return at > last ? 'newer' : 'older'
    // Off and on at the very same instant: the on came after, whichever arrived first.
    const wasOff = (this.#words[first + SAID]! & SAID_OFF) !== 0
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
    const first = observer << WORDS_BITS
    this.#words[first + SECONDS] = seconds
    this.#words[first + SAID] =
      (since - seconds * 1000) | (phases << PHASES_SHIFT) | (off ? SAID_OFF : 0)
    // A statement without counters is newer by time; older counters must not outrank it later.
    const counted = boot !== undefined && seq !== undefined
    this.#words[first + BOOT] = counted ? boot : NO_COUNTER
    this.#words[first + SEQ] = counted ? seq : NO_COUNTER
    this.remember(observer, off, at)
  }

  /**
   * Puts a statement into the history, newest first. Which four are kept depends on what was said,
   * not on the order of arrival.
   */
  remember(observer: number, off: boolean, at: InstantMs): void {
    const entry = ((Math.floor(Math.max(1000, at - EPOCH_MS) / 1000) << 1) | (off ? 1 : 0)) >>> 0
    const first = (observer << WORDS_BITS) + TRANSITIONS
    for (let k = 0; k < TRANSITIONS_KEPT; k++) {
      const held = this.#words[first + k]!
      if (held === entry) return
      if (entry < held) continue
      this.onWrite(observer)
      for (let j = TRANSITIONS_KEPT - 1; j > k; j--)
        this.#words[first + j] = this.#words[first + j - 1]!
      this.#words[first + k] = entry
      return
    }
  }

  /** Asks the memory for an observer's register; what it answers means nothing. */
  touch(observer: number): number {
    return this.#words[observer << WORDS_BITS]! + this.state[observer]!
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
      const entry = this.#words[(observer << WORDS_BITS) + TRANSITIONS + k]!
      if (entry !== 0) list.push({ at: EPOCH_MS + (entry >>> 1) * 1000, off: (entry & 1) === 1 })
    }
    return list
  }
}
