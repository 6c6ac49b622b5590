/**
 * Which marks of incidents stand on the map. Pure: those that would cover each other are joined
 * under the most urgent, the selected one stands alone.
 */
import { fromLonLat } from 'ol/proj'
import type { IncidentPayload } from '../api/payloads.ts'
import type { Format } from '../i18n/format.ts'
import type { Catalogue } from '../i18n/zh-CN.ts'
import { type Look, lookOf } from '../incidents/appearance.ts'
import { customersOut } from '../incidents/headline.ts'

export interface IncidentMark {
  readonly id: string
  readonly place: readonly [number, number]
  /** `place` in the metres of the map's projection. */
  readonly x: number
  readonly y: number
  readonly look: Look
  readonly numeral: string
  readonly words: string
  /** Higher is drawn above and speaks for those it is joined with. */
  readonly urgency: number
}

/** Marks that are drawn as one, the most urgent first. */
export interface MarkGroup {
  readonly members: readonly IncidentMark[]
  readonly selected: boolean
}

/**
 * Makes the marks of incidents; null for one without a place. An incident is made anew with each
 * change, so the mark of one that did not change is the same object as before.
 */
export function markMaker(
  text: Catalogue,
  format: Format,
): (incident: IncidentPayload) => IncidentMark | null {
  const kept = new WeakMap<IncidentPayload, IncidentMark>()
  return (incident) => {
    const known = kept.get(incident)
    if (known !== undefined || incident.centroid === null) return known ?? null
    const look = lookOf(incident)
    const out = customersOut(incident)
    const [x, y] = fromLonLat([...incident.centroid]) as [number, number]
    const mark = {
      id: incident.id,
      place: incident.centroid,
      x,
      y,
      look,
      numeral: text.grade.name[incident.grade],
      words: look === 'restored' ? '' : text.map.customersShort(format.number(out)),
      urgency: look === 'restored' ? 0 : 10 - incident.grade + Math.min(0.9, out / 20_000),
    }
    kept.set(incident, mark)
    return mark
  }
}

/** Joins marks nearer than `reach`, in metres: each to the most urgent one that stands so near. */
export function joinMarks(
  marks: readonly IncidentMark[],
  selected: string | null,
  reach: number,
): readonly MarkGroup[] {
  const groups: { members: IncidentMark[]; selected: boolean }[] = []
  // Squares as wide as the reach: what is near enough lies in the same one or in one beside it.
  const squares = new Map<number, number[]>()
  for (const mark of marks.toSorted((a, b) => b.urgency - a.urgency)) {
    const isSelected = mark.id === selected
    const column = Math.floor(mark.x / reach)
    const row = Math.floor(mark.y / reach)
    const near = isSelected ? -1 : firstNear(mark, column, row)
    if (near >= 0) {
      groups[near]!.members.push(mark)
      continue
    }
    groups.push({ members: [mark], selected: isSelected })
    if (isSelected) continue
    const square = squareAt(column, row)
    const there = squares.get(square)
    if (there === undefined) squares.set(square, [groups.length - 1])
    else there.push(groups.length - 1)
  }
  return groups

  function firstNear({ x, y }: IncidentMark, column: number, row: number): number {
    let first = -1
    for (let c = column - 1; c <= column + 1; c++)
      for (let r = row - 1; r <= row + 1; r++)
        for (const at of squares.get(squareAt(c, r)) ?? []) {
          if (first >= 0 && at >= first) break
          const head = groups[at]!.members[0]!
          if (Math.hypot(head.x - x, head.y - y) < reach) first = at
        }
    return first
  }
}

/** One number for a square; rows stay below half of 2^24 at every zoom of the map. */
function squareAt(column: number, row: number): number {
  return column * 2 ** 24 + row
}

/** Whether two groups are drawn alike; which incidents they hold is another matter. */
export function looksLike(a: MarkGroup, b: MarkGroup): boolean {
  const [one, other] = [a.members[0]!, b.members[0]!]
  if (a.selected !== b.selected || a.members.length !== b.members.length) return false
  return (
    one === other ||
    (one.x === other.x &&
      one.y === other.y &&
      one.look === other.look &&
      one.numeral === other.numeral &&
      one.words === other.words &&
      one.urgency === other.urgency)
  )
}
