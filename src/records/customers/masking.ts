/**
 * What of a customer is shown before anyone gave a reason (脱敏): enough for an agent to ask "are you
 * Mr Wang of the third building?", not enough to learn anything without asking.
 */

const STAR = '*'
const stars = (count: number) => STAR.repeat(count)

/** 王芳 → 王*, 欧阳娜娜 → 欧***, 锦安医院 (a firm has five characters or more) keeps both ends. */
export function maskName(name: string): string {
  const letters = [...name]
  if (letters.length <= 1) return STAR
  if (letters.length < 5) return letters[0] + stars(letters.length - 1)
  return letters.slice(0, 2).join('') + stars(letters.length - 4) + letters.slice(-2).join('')
}

/** 13812345678 → 138****5678; a short number keeps its last two digits. */
export function maskPhone(phone: string): string {
  if (phone.length < 9) return stars(Math.max(0, phone.length - 2)) + phone.slice(-2)
  return phone.slice(0, 3) + stars(phone.length - 7) + phone.slice(-4)
}

/** Numbers of houses, also written in words (三单元). */
const WHERE_INSIDE = /[A-Za-z0-9]+|[零一二三四五六七八九十百]+(?=[号栋幢楼层单室户组门])/g
/** So that the mask does not tell how many digits there are beyond three. */
const MAX_STARS = 3

/** Where in the estate or village: from the first number on, numbers are hidden and words stay. */
export function maskAddress(address: string): string {
  return address
    .normalize('NFKC')
    .replace(WHERE_INSIDE, (run) => stars(Math.min(run.length, MAX_STARS)))
}
