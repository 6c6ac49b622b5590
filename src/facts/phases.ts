/** A set of phases as bits: A = 1, B = 2, C = 4. `ABC` = 7. */
export type PhaseMask = number

export const ALL_PHASES = 7

const LETTERS = 'ABC'

/** `"AC"` → 5; `undefined` where the text is not a non-empty, ordered set of A, B, C. */
export function parsePhases(text: string): PhaseMask | undefined {
  let mask = 0
  let last = -1
  for (const letter of text) {
    const index = LETTERS.indexOf(letter)
    if (index <= last) return undefined
    last = index
    mask |= 1 << index
  }
  return mask === 0 ? undefined : mask
}

/** 5 → `"AC"`. */
export function formatPhases(mask: PhaseMask): string {
  let text = ''
  for (let index = 0; index < 3; index++) if (mask & (1 << index)) text += LETTERS[index]
  return text
}
