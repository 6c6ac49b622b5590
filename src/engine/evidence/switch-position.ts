/**
 * What was said of one switch, and what that makes of it. Statements are kept in order, so that
 * duplicates (COS and SOE of one change, 变位与带时标变位) and shuffled arrival end in the same position.
 */
import type { InstantMs } from '../../facts/time.ts'

export type SwitchSaid = 'open' | 'closed' | 'trip'

/** One statement. Its order is (boot, seq) where one terminal counts both, else time. */
export interface SwitchWord {
  readonly said: SwitchSaid
  readonly at: InstantMs
  /** False where it came without a time of its own (COS), so that `at` is its receipt. */
  readonly dated: boolean
  readonly terminal: number
  readonly boot: number | undefined
  readonly seq: number | undefined
  /** A dispatcher's word, given now or in advance, and whose; absent: a terminal's. */
  readonly source?: 'dispatcher' | 'planned'
  readonly by?: string
}

/** The position of one device, from all that was said of it. */
export interface SwitchPosition {
  readonly open: boolean
  /** Since when, by the first of the statements that agree. */
  readonly at: InstantMs
  readonly terminal: number
  /** Its protection operated: with the opening, or it is all that was said. */
  readonly tripped: boolean
  /** A position was given; false: open is inferred from a trip alone. */
  readonly stated: boolean
  /** Closed after it had been open or had tripped. */
  readonly closedAgain: boolean
}

/** Protection and opening of one event: their times differ by less (domain rule J-M1). */
const TRIP_MS = 5_000
/** COS and SOE of one change arrive within this time. */
const SAME_CHANGE_MS = 10_000
/** Statements kept a device: two reclosing cycles with their trips. */
const WORDS_KEPT = 12

/** `words` with one more in its place; the same array where it is known already. */
export function withWord(words: readonly SwitchWord[], word: SwitchWord): readonly SwitchWord[] {
  if (words.some((held) => isSame(held, word) || isCosOf(word, held))) return words
  const others = words.filter((held) => !isCosOf(held, word))
  const index = others.findIndex((held) => isBefore(word, held))
  const all = index < 0 ? [...others, word] : others.toSpliced(index, 0, word)
  return all.length > WORDS_KEPT ? all.toSpliced(leastTelling(all), 1) : all
}

/**
 * What is dropped first: a repetition (总召 repeats every position), so that since when a position
 * holds outlasts it; else the oldest.
 */
function leastTelling(words: readonly SwitchWord[]): number {
  return Math.max(
    0,
    words.findIndex((word, i) => i > 0 && words[i - 1]!.said === word.said),
  )
}

/** Where a device was said to stand, trips left aside, and the word that first said so. */
export function statedIn(words: readonly SwitchWord[]): SwitchWord | undefined {
  const stated = words.filter(({ said }) => said !== 'trip')
  let first = stated.length - 1
  while (first > 0 && stated[first - 1]!.said === stated[first]!.said) first--
  return stated[first]
}

/** True where `cos` tells of the change that `soe` dates. */
function isCosOf(cos: SwitchWord, soe: SwitchWord): boolean {
  if (cos.dated || !soe.dated || cos.said !== soe.said) return false
  return cos.at >= soe.at && cos.at - soe.at <= SAME_CHANGE_MS
}

function isSame(a: SwitchWord, b: SwitchWord): boolean {
  if (a.said !== b.said || a.terminal !== b.terminal) return false
  if (a.seq !== undefined && b.seq !== undefined && a.boot !== undefined && b.boot !== undefined)
    return a.boot === b.boot && a.seq === b.seq
  return a.at === b.at
}

/** What was said at the same instant is put in the order in which it happens. */
const RANK: Readonly<Record<SwitchSaid, number>> = { trip: 0, open: 1, closed: 2 }

function isBefore(a: SwitchWord, b: SwitchWord): boolean {
  const counted = a.boot !== undefined && a.seq !== undefined && a.terminal === b.terminal
  if (counted && b.boot !== undefined && b.seq !== undefined)
    return a.boot !== b.boot ? a.boot < b.boot : a.seq < b.seq
  if (a.at !== b.at) return a.at < b.at
  if (a.said !== b.said) return RANK[a.said] < RANK[b.said]
  return a.terminal < b.terminal
}

/** What the statements make of the device; undefined where nothing was said. */
export function positionOf(words: readonly SwitchWord[]): SwitchPosition | undefined {
  const last = words.findLastIndex(({ said }) => said !== 'trip')
  const trip = words.findLast(({ said }, i) => said === 'trip' && i > last)
  const stated = words[last]
  if (stated?.said !== 'open' && trip)
    return {
      open: true,
      at: trip.at,
      terminal: trip.terminal,
      tripped: true,
      stated: false,
      closedAgain: false,
    }
  if (!stated) return undefined
  let first = last
  for (let i = last; i >= 0 && (words[i]!.said === stated.said || words[i]!.said === 'trip'); i--)
    if (words[i]!.said === stated.said) first = i
  const { at, terminal } = words[first]!
  const open = stated.said === 'open'
  return {
    open,
    at,
    terminal,
    tripped: open && words.some(({ said, at: then }) => said === 'trip' && then >= at - TRIP_MS),
    stated: true,
    closedAgain: !open && words.slice(0, first).some(({ said }) => said !== 'closed'),
  }
}
