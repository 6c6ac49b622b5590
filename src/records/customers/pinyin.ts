/**
 * First letters of Chinese names in pinyin, as agents type them (wf for 王芳). They come from the
 * collation that every Node carries: in it characters stand in the order of their readings, so the
 * first character of each letter tells the letters apart. A surname read otherwise than the
 * character is listed.
 */

/** The first character of each letter in pinyin order; no reading begins with i, u or v. */
const FIRST_OF_LETTER = [...'阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥仨它屲夕丫帀']
const LETTERS = 'abcdefghjklmnopqrstwxyz'

/** Surnames (多音姓氏) whose reading is not the usual one of the character. */
const SURNAMES: Readonly<Record<string, string>> = {
  单: 's',
  解: 'x',
  仇: 'q',
  曾: 'z',
  区: 'o',
  查: 'z',
  盖: 'g',
  乐: 'y',
  翟: 'z',
  覃: 'q',
  重: 'c',
  繁: 'p',
  缪: 'm',
  召: 's',
}

const HAN = /\p{Script=Han}/u
const collator = new Intl.Collator('zh-u-co-pinyin')
const known = new Map<string, string>()

function letterOf(character: string): string {
  if (!HAN.test(character)) return ''
  let found = ''
  for (let i = 0; i < FIRST_OF_LETTER.length; i++) {
    if (collator.compare(FIRST_OF_LETTER[i]!, character) > 0) break
    found = LETTERS[i]!
  }
  return found
}

/** Initials of a name, `wf` of 王芳; empty where it is not written in Chinese characters. */
export function initialsOf(name: string): string {
  let initials = ''
  let first = true
  for (const character of name) {
    let letter = first ? SURNAMES[character] : undefined
    letter ??= known.get(character)
    if (letter === undefined) {
      letter = letterOf(character)
      known.set(character, letter)
    }
    initials += letter
    first = false
  }
  return initials
}
