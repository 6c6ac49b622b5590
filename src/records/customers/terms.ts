/**
 * The terms by which a customer is found. Chinese is written without spaces and names have two
 * characters, so every character and every pair of neighbours is a term; a run of letters or digits
 * is one; a name also is, whole, and its initials. Index and question are cut the same way.
 */
import { initialsOf } from './pinyin.ts'

/** Marks whole names and initials, so that they are no words of addresses. Private use: never typed. */
const NAME_MARK = '\uE001'
const INITIALS_MARK = '\uE002'

/** Longest question; a whole address has some forty characters. */
export const MAX_QUERY_LENGTH = 64
/** Longest run that can be initials: four names in one are rare already. */
const MAX_INITIALS = 6

/** As written by anyone: one width, one case. */
export function plainText(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

const RUN = /[\p{L}\p{M}\p{N}]+/gu
const PIECE = /[a-z0-9]+|[^a-z0-9]+/g
const LATIN = /^[a-z0-9]/
const LETTERS = /^[a-z]+$/

/**
 * Pieces of plain text: runs of letters and digits, and runs of everything else that is written.
 * What stands between two runs is left out, but two of letters and digits stay two.
 */
function piecesOf(plain: string): string[] {
  const pieces: string[] = []
  for (const [run] of plain.matchAll(RUN))
    for (const piece of run.match(PIECE)!) {
      const last = pieces.at(-1)
      if (last !== undefined && !LATIN.test(last) && !LATIN.test(piece))
        pieces[pieces.length - 1] = last + piece
      else pieces.push(piece)
    }
  return pieces
}

/** The text as its pieces, so that spaces and dashes in an address make no difference. */
function joined(pieces: readonly string[]): string {
  let text = ''
  pieces.forEach((piece, i) => {
    text += i > 0 && LATIN.test(piece) && LATIN.test(pieces[i - 1]!) ? ` ${piece}` : piece
  })
  return text
}

/** All terms of one customer, by spaces, for the index. */
export function indexedTerms(name: string, address: string): string {
  const terms = new Set<string>()
  const plainName = plainText(name)
  for (const text of [plainName, plainText(address)])
    for (const piece of piecesOf(text)) {
      if (LATIN.test(piece)) {
        terms.add(piece)
        continue
      }
      let before = ''
      for (const character of piece) {
        terms.add(character)
        if (before !== '') terms.add(before + character)
        before = character
      }
    }
  terms.add(NAME_MARK + joined(piecesOf(plainName)).replaceAll(' ', ''))
  const initials = initialsOf(plainName)
  if (initials !== '' && initials.length <= MAX_INITIALS) terms.add(INITIALS_MARK + initials)
  return [...terms].join(' ')
}

/** One way to read a question: terms that must all be there, and what the found must contain. */
export interface Reading {
  readonly terms: readonly string[]
  /** Plain pieces of the question, each of which stands in name or address. */
  readonly contained: readonly string[]
}

/**
 * The ways to read a question, the likeliest first: a whole name, initials, anything in name or
 * address. None where nothing of it can be searched for.
 */
export function readingsOf(question: string): readonly Reading[] {
  const plain = plainText(question).slice(0, MAX_QUERY_LENGTH)
  const runs = [...plain.matchAll(RUN)].map(([run]) => run)
  if (runs.length === 0) return []
  const readings: Reading[] = []
  const [only] = runs
  if (runs.length === 1 && only!.length > 1 && !/[0-9]/.test(only!)) {
    readings.push({ terms: [NAME_MARK + only], contained: [] })
    if (LETTERS.test(only!) && only!.length <= MAX_INITIALS)
      readings.push({ terms: [INITIALS_MARK + only], contained: [] })
  }
  const terms = new Set<string>()
  for (const run of runs)
    for (const piece of run.match(PIECE)!) for (const term of soughtTerms(piece)) terms.add(term)
  readings.push({ terms: [...terms], contained: runs })
  return readings
}

/** Pairs say all that their characters say. */
function soughtTerms(piece: string): string[] {
  if (LATIN.test(piece)) return [piece]
  const characters = [...piece]
  if (characters.length === 1) return characters
  return characters.slice(1).map((character, i) => characters[i]! + character)
}

/** Whether a customer found by the terms holds the pieces as they were written. */
export function holdsAll({ contained }: Reading, name: string, address: string): boolean {
  if (contained.length === 0) return true
  const written = [name, address].map((text) => joined(piecesOf(plainText(text))))
  return contained.every((piece) => written.some((text) => text.includes(piece)))
}
