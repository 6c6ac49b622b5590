/**
 * What observers that speak of single phases said of each. One phase lost and another one later are
 * two phases lost; so each phase has an order of its own, and what stands in the register is all of
 * them together, whichever arrived first.
 */
import type { PhaseMask } from '../../facts/phases.ts'
import type { InstantMs } from '../../facts/time.ts'
import { type Marks, SOME_PHASE, WEAK } from './registers.ts'

/** The last word on one phase. */
export interface PhaseWord {
  readonly off: boolean
  readonly at: InstantMs
  readonly boot: number | undefined
  readonly seq: number | undefined
  /** Said of the observer's area, not of itself. */
  readonly ofArea: boolean
  /** Who said it, where that was not the observer's usual speaker; else `NONE`, below every other. */
  readonly speaker: number
  /** How it was said. */
  readonly marks: Marks
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
    phases & (1 << phase) ? standing(held, said) : held,
  ) as unknown as PhaseWords
}

/** Of two words on one phase the newer; said of one instant, they add to each other. */
function standing(held: PhaseWord | null, said: PhaseWord): PhaseWord {
  if (held === null) return said
  const word = isNewer(said, held) ? said : held
  if (said.at !== held.at || said.off !== held.off) return word
  const marks = together(said.marks, held.marks)
  return marks === word.marks ? word : { ...word, marks }
}

/** What one of them says weakly holds weakly only where the other does too. */
function together(a: Marks, b: Marks): Marks {
  const weak = WEAK | SOME_PHASE
  return ((a | b) & ~weak) | (a & b & weak)
}

function isNewer(said: PhaseWord, held: PhaseWord): boolean {
  if (said.boot !== undefined && said.seq !== undefined && held.boot !== undefined)
    return said.boot === held.boot ? said.seq > held.seq! : said.boot > held.boot
  if (said.at !== held.at) return said.at > held.at
  // At the very same instant the on came after, and of two who say the same the usual speaker, else
  // that of the lower index, is heard: as in the registers.
  if (said.off !== held.off) return held.off
  return said.speaker < held.speaker
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

/** How the loss that stands was told: by the newest of those words, else by the newest of all. */
export function marksOf(words: PhaseWords): Marks {
  const lost = words.map((word) => (word?.off ? word : null)) as unknown as PhaseWords
  return newestOf(lostOf(words) === 0 ? words : lost).marks
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
      word.seq === first!.seq &&
      word.speaker === first!.speaker &&
      word.marks === first!.marks,
  )
}

/** The same words where observers have other indices; what a speaker who is gone said is the usual one's. */
export function renamed(words: PhaseWords, indexOf: (speaker: number) => number): PhaseWords {
  return words.map(
    (word) => word && { ...word, speaker: indexOf(word.speaker) },
  ) as unknown as PhaseWords
}
