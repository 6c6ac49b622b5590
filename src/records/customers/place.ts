/**
 * The places that a customer lives at (乡镇街道、村社区、小区), by the fields of the ledger; where it has none of
 * them, the address before its first number. What is left of that names a town, a street, a village or an
 * estate, and no door.
 */
import type { PlaceKind } from '../informing/places.ts'

/** From a number on, in digits or Chinese with what it counts, an address speaks of houses. */
const FIRST_NUMBER =
  /[0-9０-９]|[一二三四五六七八九十百]+(?:号|栋|幢|座|楼|单元|室|户|组|队|排|门)/u
/** Longer than any name of a place: somebody wrote down how to get there. */
const MOST = 40

export interface LivesAt {
  readonly kind: PlaceKind
  readonly name: string
}

/** By each field that says something; a village or an estate with its town, for names occur in many towns. */
export function placesOf(
  address: string,
  town: string,
  village: string,
  estate: string,
): readonly LivesAt[] {
  const places: LivesAt[] = []
  if (town !== '') places.push({ kind: 'town', name: town })
  if (village !== '') places.push({ kind: 'village', name: town + village })
  if (estate !== '') places.push({ kind: 'estate', name: town + estate })
  const guessed = places.length === 0 ? placeOf(address) : ''
  return guessed === '' ? places : [{ kind: 'address', name: guessed }]
}

/** '' where the address says no more than a number, or a whole story. */
export function placeOf(address: string): string {
  const number = FIRST_NUMBER.exec(address)
  // Without a number nobody can tell where the place ends and the door begins.
  if (!number) return ''
  const place = address.slice(0, number.index).replace(/[\s,，.。;；:：#＃()（）\-—]+$/u, '')
  return place.length < 2 || place.length > MOST ? '' : place
}
