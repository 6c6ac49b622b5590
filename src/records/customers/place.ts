/**
 * The place that an address lies in (乡镇、村、小区): all of it before its first number. What is left names a
 * town, a street, a village or an estate, and no door.
 */

/** From a number on, in digits or Chinese with what it counts, an address speaks of houses. */
const FIRST_NUMBER =
  /[0-9０-９]|[一二三四五六七八九十百]+(?:号|栋|幢|座|楼|单元|室|户|组|队|排|门)/u
/** Longer than any name of a place: somebody wrote down how to get there. */
const MOST = 40

/** '' where the address says no more than a number, or a whole story. */
export function placeOf(address: string): string {
  const number = FIRST_NUMBER.exec(address)
  // Without a number nobody can tell where the place ends and the door begins.
  if (!number) return ''
  const place = address.slice(0, number.index).replace(/[\s,，.。;；:：#＃()（）\-—]+$/u, '')
  return place.length < 2 || place.length > MOST ? '' : place
}
