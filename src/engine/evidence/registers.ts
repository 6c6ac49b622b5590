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

/**
 * Its silence means nothing: the link of whoever speaks for it is lost, or its area was said to be
 * back (台区复电) and it has not spoken itself.
 */
export const MUTED = 4

export type RegisterState = typeof QUIET | typeof OFF | typeof ON | typeof AWAITED | typeof MUTED

/** Marks of a statement: how it was made, beside what it says. */
export type Marks = number
export const NO_MARKS: Marks = 0
/** An off of the terminal's or meter's own supply alone, by its own flags. */
export const WEAK: Marks = 1 << 14
/** An off by voltages below the limit on all phases. */
export const MEASURED: Marks = 1 << 15
/** An off by the terminal's own report, not by a measurement. */
export const REPORTED: Marks = 1 << 16
/** Voltages of a conductor broken on the high-voltage side of its transformer (§1.7). */
export const BROKEN_ABOVE: Marks = 1 << 17
/** Voltages of phases lost on the low-voltage side. */
export const BROKEN_BELOW: Marks = 1 << 18
/** Some phase is lost, and which is not said. */
export const SOME_PHASE: Marks = 1 << 19
/** Its reports once came within minutes of their own time: the clock behind it is right. */
export const TIMELY: Marks = 1 << 20
/** Marks that stay with the observer whatever it says next. */
const LASTING: Marks = TIMELY
/** What a further off adds to the present one; the other marks are those of the last word. */
const ADDING: Marks = MEASURED | REPORTED
const ALL_MARKS: Marks = WEAK | ADDING | BROKEN_ABOVE | BROKEN_BELOW | SOME_PHASE | LASTING

/** Transitions kept an observer, for flapping and MAIFI (DESIGN §3). */
export const TRANSITIONS_KEPT = 4

/** Register time starts here so that seconds fit 31 bits until 2088: 2020-01-01T00:00:00Z. */
export const EPOCH_MS = 1_577_836_800_000

/** "No boot and sequence number": terminals count from 0, and 2³²−1 boots do not happen. */
const NO_COUNTER = 0xffff_ffff

/** Words of a register, by their place: what was said last, then the transitions. */
const SECONDS = 0
/** Bit of the seconds: what was said last had no counters, those held are of something before. */
const UNCOUNTED = 0x8000_0000
const BOOT = 1
const SEQ = 2
/** Milliseconds, from bit 10 the phases spoken of, whether it was an off, and its marks. */
const SAID = 3
/** Seconds since the epoch, lowest bit: 1 off, 0 on; newest first. */
const TRANSITIONS = 4
/** A register is 2³ words: half a cache line, so that a report touches one. */
const WORDS_BITS = 3
const WORDS = 1 << WORDS_BITS

const PHASES_SHIFT = 10
/** What closed incidents taught of the observer (`reliability.ts`), above the marks. */
const TRACK_SHIFT = 21
const TRACK_MASK = (0xffff_ffff << TRACK_SHIFT) >>> 0
const MILLIS_MASK = (1 << PHASES_SHIFT) - 1
const SAID_OFF = 1 << 13

/** When an off that was both reported and measured was so last. */
export interface Proofs {
  readonly reported: InstantMs
  readonly measured: InstantMs
}

/** How a statement stands to what the register holds. */
export type Order = 'newer' | 'duplicate' | 'older'

export class Registers {
  readonly state: Uint8Array
  readonly #words: Uint32Array
  /** Of those whose off was proved both ways; an on that comes late tells which of them it outdates. */
  readonly proofs = new Map<number, Proofs>()
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

  /** How its last statement was made. */
  marksOf(observer: number): Marks {
    return this.#words[(observer << WORDS_BITS) + SAID]! & ALL_MARKS
  }

  /** Boot and sequence number of its last statement; undefined where it had none. */
  countersOf(observer: number): readonly [boot: number | undefined, seq: number | undefined] {
    const first = observer << WORDS_BITS
    const boot = this.#words[first + BOOT]!
    const uncounted = (this.#words[first + SECONDS]! & UNCOUNTED) !== 0
    return uncounted || boot === NO_COUNTER
      ? [undefined, undefined]
      : [boot, this.#words[first + SEQ]!]
  }

  /** True where the last statement was an off. */
  wasOff(observer: number): boolean {
    return (this.#words[(observer << WORDS_BITS) + SAID]! & SAID_OFF) !== 0
  }

  /**
   * A further off at (`same`) or before the last one adds what it was made by; said at the same
   * instant, the stronger one holds whichever came first.
   */
  agree(observer: number, marks: Marks, at: InstantMs, same: boolean): void {
    this.#prove(observer, marks, at)
    const place = (observer << WORDS_BITS) + SAID
    const word = this.#words[place]!
    const weaker = same ? (WEAK | SOME_PHASE) & ~marks : 0
    const after = ((word & ~weaker) | (marks & ADDING)) >>> 0
    if (after === word) return
    this.onWrite(observer)
    this.#words[place] = after
  }

  /** An on of that time, older than the off that stands: what proved an off before it is of another. */
  outdate(observer: number, on: InstantMs): void {
    const proofs = this.proofs.get(observer)
    if (proofs === undefined) return
    const { reported, measured } = proofs
    if (reported === measured || Math.min(reported, measured) > on) return
    this.onWrite(observer)
    this.proofs.delete(observer)
    const place = (observer << WORDS_BITS) + SAID
    const gone = reported < measured ? REPORTED : MEASURED
    this.#words[place] = (this.#words[place]! & ~gone) >>> 0
  }

  /** When the off that stands was last reported; undefined where it was measured alone, if that. */
  reportedAt(observer: number): InstantMs | undefined {
    if ((this.marksOf(observer) & REPORTED) === 0) return undefined
    return this.proofs.get(observer)?.reported ?? this.atOf(observer)
  }

  /** Notes when the off that stands was proved each way, where this makes it both. */
  #prove(observer: number, marks: Marks, at: InstantMs): void {
    if ((marks & ADDING) === 0) return
    const held = this.marksOf(observer) & ADDING
    if ((held | (marks & ADDING)) !== ADDING) return
    const known = this.proofs.get(observer)
    const heldAt = this.atOf(observer)
    const latest = (kind: Marks, before = held & kind ? heldAt : 0) =>
      marks & kind ? Math.max(at, before) : before
    const reported = latest(REPORTED, known?.reported)
    this.proofs.set(observer, { reported, measured: latest(MEASURED, known?.measured) })
  }

  /** What was learned of it, packed; 0 where nothing was. */
  trackOf(observer: number): number {
    return this.#words[(observer << WORDS_BITS) + SAID]! >>> TRACK_SHIFT
  }

  setTrack(observer: number, track: number): void {
    this.onWrite(observer)
    const place = (observer << WORDS_BITS) + SAID
    this.#words[place] = (this.#words[place]! & ~TRACK_MASK) | (track << TRACK_SHIFT)
  }

  /** True where an off of that stretch is among the kept transitions. */
  saidOff(observer: number, from: InstantMs, to: InstantMs): boolean {
    const first = (observer << WORDS_BITS) + TRANSITIONS
    const low = Math.floor((from - EPOCH_MS) / 1000)
    const high = Math.floor((to - EPOCH_MS) / 1000)
    for (let k = 0; k < TRANSITIONS_KEPT; k++) {
      const entry = this.#words[first + k]!
      const seconds = entry >>> 1
      if ((entry & 1) === 1 && seconds >= low && seconds <= high) return true
    }
    return false
  }

  /** Whether the clock behind the observer is known to be right. */
  setTimely(observer: number, timely: boolean): void {
    const place = (observer << WORDS_BITS) + SAID
    const word = this.#words[place]!
    const after = (timely ? word | TIMELY : word & ~TIMELY) >>> 0
    if (after === word) return
    this.onWrite(observer)
    this.#words[place] = after
  }

  /** When the observer last changed or repeated its state; 0 for never. */
  atOf(observer: number): InstantMs {
    const first = observer << WORDS_BITS
    const seconds = this.#words[first + SECONDS]! & ~UNCOUNTED
    if (seconds === 0) return 0
    return EPOCH_MS + seconds * 1000 + (this.#words[first + SAID]! & MILLIS_MASK)
  }

  /** Where a statement with this time and these counters stands. */
  order(observer: number, at: InstantMs, off: boolean, boot?: number, seq?: number): Order {
    const first = observer << WORDS_BITS
    const known = this.#words[first + BOOT]!
    if (boot !== undefined && seq !== undefined && known !== NO_COUNTER) {
      const counts = boot !== known ? boot - known : seq - this.#words[first + SEQ]!
      const stands = (this.#words[first + SECONDS]! & UNCOUNTED) === 0
      if (stands) return counts > 0 ? 'newer' : counts === 0 ? 'duplicate' : 'older'
      // Something without counters was said since: what was counted up to then is over.
      if (counts <= 0) return 'older'
    }
    const last = this.atOf(observer)
    if (at !== last) return at > last ? 'newer' : 'older'
    // Off and on at the very same instant: the on came after, whichever arrived first.
    const wasOff = (this.#words[first + SAID]! & SAID_OFF) !== 0
    return wasOff === off ? 'duplicate' : off ? 'older' : 'newer'
  }

  /** Writes what was said, and remembers it. `state` is what it means for inference now. */
  write(
    observer: number,
    state: RegisterState,
    off: boolean,
    at: InstantMs,
    phases: number,
    boot?: number,
    seq?: number,
    marks: Marks = NO_MARKS,
  ): void {
    this.stand(observer, state, off, at, phases, boot, seq, marks)
    this.remember(observer, off, at)
  }

  /** What stands happened at another time; its meaning and its history stay. */
  redate(observer: number, at: InstantMs): void {
    this.onWrite(observer)
    const proofs = this.proofs.get(observer)
    if (proofs !== undefined) {
      const before = this.atOf(observer)
      const dated = (proved: InstantMs) => (proved === before ? at : proved)
      const { reported, measured } = proofs
      this.proofs.set(observer, { reported: dated(reported), measured: dated(measured) })
    }
    const first = observer << WORDS_BITS
    const since = Math.max(1000, at - EPOCH_MS)
    const seconds = Math.floor(since / 1000)
    this.#words[first + SECONDS] = (seconds | (this.#words[first + SECONDS]! & UNCOUNTED)) >>> 0
    this.#words[first + SAID] =
      ((this.#words[first + SAID]! & ~MILLIS_MASK) | (since - seconds * 1000)) >>> 0
  }

  /** Writes what stands now, made of several statements, none of which it is. */
  stand(
    observer: number,
    state: RegisterState,
    off: boolean,
    at: InstantMs,
    phases: number,
    boot: number | undefined,
    seq: number | undefined,
    marks: Marks,
  ): void {
    this.onWrite(observer)
    if (off) this.#prove(observer, marks, at)
    else if (this.proofs.size > 0) this.proofs.delete(observer)
    const since = Math.max(1000, at - EPOCH_MS)
    const seconds = Math.floor(since / 1000)
    this.state[observer] = state
    const first = observer << WORDS_BITS
    this.#words[first + SECONDS] = seconds
    const before = this.#words[first + SAID]!
    const kept = TRACK_MASK | LASTING | (off && (before & SAID_OFF) !== 0 ? ADDING : 0)
    this.#words[first + SAID] =
      (since - seconds * 1000) |
      (phases << PHASES_SHIFT) |
      (off ? SAID_OFF : 0) |
      marks |
      (before & kept)
    if (boot === undefined || seq === undefined) {
      // Newer by time; the counters stay, so that a copy of what was counted is known as one.
      this.#words[first + SECONDS] = (seconds | UNCOUNTED) >>> 0
      return
    }
    this.#words[first + BOOT] = boot
    this.#words[first + SEQ] = seq
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

  /** The observer was exchanged: its register begins anew, its counters from nothing. */
  restart(observer: number, state: RegisterState): void {
    this.onWrite(observer)
    this.proofs.delete(observer)
    this.state[observer] = state
    const first = observer << WORDS_BITS
    this.#words.fill(0, first, first + WORDS)
    this.#words[first + BOOT] = NO_COUNTER
    this.#words[first + SEQ] = NO_COUNTER
  }

  /** Takes over what another set of registers holds of an observer (a new grid numbers anew). */
  copyFrom(other: Registers, theirs: number, mine: number): void {
    const proofs = other.proofs.get(theirs)
    if (proofs !== undefined) this.proofs.set(mine, proofs)
    const from = other.sections()
    this.sections().forEach(({ array, each }, i) => {
      for (let k = 0; k < each; k++) array[mine * each + k] = from[i]!.array[theirs * each + k]!
    })
  }

  /** True where as many transitions are known as are kept. */
  keepsAllTransitions(observer: number): boolean {
    return this.#words[(observer << WORDS_BITS) + TRANSITIONS + TRANSITIONS_KEPT - 1] !== 0
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
