/**
 * Where an outage is, in words (停电范围: 乡镇街道、村社区、小区, and hospitals and schools by name): places of those
 * without supply, as the walk over them counts them. A place of a few customers could name one of them,
 * and is not kept; an institution (医院, 学校 …) is a house of the public and no person.
 */
import type { Connection } from '../../config/sqlite.ts'
import { INSTITUTIONS } from '../../grid/model.ts'

/** By the fields of the customer ledger, or as addresses name it, the widest first; then institutions. */
export const PLACE_KINDS = ['town', 'village', 'estate', 'address', ...INSTITUTIONS] as const
export type PlaceKind = (typeof PLACE_KINDS)[number]

/** Customers without supply by place, as `placeKey` names it. */
export type PlaceCounts = Readonly<Record<string, number>>

/** A place with how many of its customers are without supply. */
export interface Place {
  readonly kind: PlaceKind
  readonly name: string
  readonly customers: number
}

/** What a place is counted under. */
export const placeKey = (kind: PlaceKind, name: string) => `${kind}/${name}`

/** Fewer could be a household or two. */
const LEAST_CUSTOMERS = 5
/** A notice names the largest of each kind; what a feeder supplies lies in a few dozen. */
const MOST_PLACES = 12
/** Of a whole city's schools some are named; the notice counts them all. */
const MOST_INSTITUTIONS = 50
/** Counted at once: of an outage with more the commonest are found among the first. */
const MOST_COUNTED = 500

/** Counts them, inside the ledger's transaction. */
export function placeFiler(db: Connection) {
  const known = db.prepare('SELECT counting FROM places WHERE incident = ?').raw()
  const keep = db.prepare(`INSERT INTO places (incident, counting) VALUES (?1, ?2)
    ON CONFLICT DO UPDATE SET counting = excluded.counting`)
  const end = db.prepare("UPDATE places SET counted = ?2, counting = '{}' WHERE incident = ?1")
  return (incident: string, counts: PlaceCounts, first: boolean, isOver: boolean): void => {
    const row = first ? undefined : (known.get([incident]) as [string] | undefined)
    const sums = new Map<string, number>(Object.entries(row ? JSON.parse(row[0]) : {}))
    for (const [name, count] of Object.entries(counts))
      if (sums.has(name) || sums.size < MOST_COUNTED || isInstitution(placeOfKey(name).kind))
        sums.set(name, (sums.get(name) ?? 0) + count)
    keep.run([incident, JSON.stringify(Object.fromEntries(sums))])
    if (isOver) end.run([incident, JSON.stringify(largest(sums))])
  }
}

/** Reads them on a connection of its own: by kind, the largest first, none before they were counted. */
export function placeReader(db: Connection) {
  const counted = db.prepare('SELECT counted FROM places WHERE incident = ?').raw()
  return (incident: string): readonly Place[] => {
    const row = counted.get([incident]) as [string | null] | undefined
    const places = JSON.parse(row?.[0] ?? '[]') as (Omit<Place, 'kind'> & Partial<Place>)[]
    // Those counted before there were kinds came from addresses.
    return places.map(({ kind = 'address', name, customers }) => ({ kind, name, customers }))
  }
}

function largest(sums: ReadonlyMap<string, number>): Place[] {
  const places = [...sums]
    .map(([key, customers]) => ({ ...placeOfKey(key), customers }))
    .filter(({ kind, customers }) => customers >= LEAST_CUSTOMERS || isInstitution(kind))
    .sort((a, b) => b.customers - a.customers || (a.name < b.name ? -1 : 1))
  return PLACE_KINDS.flatMap((kind) =>
    places
      .filter((place) => place.kind === kind)
      .slice(0, isInstitution(kind) ? MOST_INSTITUTIONS : MOST_PLACES),
  )
}

const isInstitution = (kind: PlaceKind) => INSTITUTIONS.some((one) => one === kind)

/** A walk that an earlier version began counted addresses alone, without a kind. */
function placeOfKey(key: string): Pick<Place, 'kind' | 'name'> {
  const kind = PLACE_KINDS.find((one) => key.startsWith(`${one}/`))
  return kind ? { kind, name: key.slice(kind.length + 1) } : { kind: 'address', name: key }
}
