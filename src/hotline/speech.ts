/**
 * How long a sentence takes to say by telephone, at the slow end of what announcers do, so that what
 * fits on paper fits in the ear.
 */

/** What a caller listens to before the patience ends (issue: a sentence of at most 15 seconds). */
export const MAX_SPOKEN_SECONDS = 15

/** Chinese: syllables a second. News is read at five; a voice menu for everybody at four. */
const ZH_SYLLABLES_PER_SECOND = 4
/** A digit of a time is read with its 点, 分, 月: 14:05 has four digits and six syllables. */
const ZH_SYLLABLES_PER_DIGIT = 1.5
/** English: letters, spaces and stops a second: 150 words a minute of six. */
const EN_LETTERS_PER_SECOND = 14
/** A digit is a word of its own. */
const EN_LETTERS_PER_DIGIT = 5

/** Seconds to say `text`, rounded up to a tenth. */
export function speechSeconds(text: string, language: 'zh' | 'en'): number {
  const digits = text.match(/\d/g)?.length ?? 0
  const rest = [...text].length - digits
  const seconds =
    language === 'zh'
      ? (rest + digits * ZH_SYLLABLES_PER_DIGIT) / ZH_SYLLABLES_PER_SECOND
      : (rest + digits * EN_LETTERS_PER_DIGIT) / EN_LETTERS_PER_SECOND
  return Math.ceil(seconds * 10) / 10
}
