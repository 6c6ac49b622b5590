/**
 * What observers that speak of single phases said of each. One phase lost and another one later are
 * two phases lost; so each phase has an order of its own, and what stands in the register is all of
 * them together, whichever arrived first.
 */
import type { PhaseMask } from '../../facts/phases.ts'
import type { InstantMs } from '../../facts/time.ts'

/** The last word on one phase. */
export interface PhaseWord {
  readonly off: boolean
  readonly at: InstantMs
  readonly boot: number | undefined
  readonly seq: number | undefined
  /** Said of the observer's area, not of itself. */
  readonly ofArea: boolean
}

/** By phase A, B, C; null where nothing was ever said. */
export type PhaseWords = readonly [PhaseWord | null, PhaseWord | null, PhaseWord | null]

export const NO_WORDS: PhaseWords = [null, null, null]

/** The same word on each of `phases`. */
export function wordsOf(phases: PhaseMask, word: PhaseWord): PhaseWords {
  return take(NO_WORDS, phases, word)
}

/** A statement on `phases` taken in where it is the newer one. */
export function take(words: PhaseWords, phases: PhaseMask, said: PhaseWord): PhaseWords {
  return words.map((held, phase) =>
    phases & (1 << phase) && (held === null || isNewer(said, held)) ? said : held,
  ) as unknown as PhaseWords
}

function isNewer(said: PhaseWord, held: PhaseWord): boolean {
  if (said.boot !== undefined && said.seq !== undefined && held.boot !== undefined)
    return said.boot === held.boot ? said.seq > held.seq! : said.boot > held.boot
  if (said.at !== held.at) return said.at > held.at
  // At the very same instant the on came after, as in the registers.
  return held.off && !said.off
}

/** Phases that are lost. */
export function lostOf(words: PhaseWords): PhaseMask {
  return words.reduce((lost, word, phase) => (word?.off ? lost | (1 << phase) : lost), 0)
}

/** The newest of the words. */
export function newestOf(words: PhaseWords): PhaseWord {
  const said = words.filter((word) => word !== null)
  return said.reduce((newest, word) => (isNewer(word, newest) ? word : newest))
}

/** True where one statement was the last on all of `phases`: then the register alone holds it. */
export function isUniform(words: PhaseWords, phases: PhaseMask): boolean {
  const said = words.filter((_, phase) => phases & (1 << phase))
  const [first] = said
  return said.every(
    (word) =>
      word !== null &&
      word.off === first!.off &&
      word.at === first!.at &&
      word.boot === first!.boot &&
      word.seq === first!.seq,
  )
}
