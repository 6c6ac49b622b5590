/**
 * What the ledger adds to a notice for other systems, as it does on screen: pushes to customers in numbers
 * (推送情况), where it is, and photos by reference. Nobody is named; a photo is fetched by who may see it.
 */
import type { Connection } from '../../config/sqlite.ts'
import { formatInstantOrNull, type InstantMs } from '../../facts/time.ts'
import { placeReader } from '../informing/places.ts'
import { pushReader } from '../informing/pushes.ts'

/** Reads it, inside the ledger's transaction. */
export function besideReader(db: Connection) {
  const photos = db
    .prepare('SELECT id, at FROM attachments WHERE incident = ? ORDER BY at, id')
    .raw()
  const changed = db.prepare('SELECT at FROM notices WHERE incident = ?').raw()
  const pushesOf = pushReader(db)
  const placesOf = placeReader(db)
  return (incident: string) => {
    const kept = photos.all([incident]) as [id: string, at: InstantMs][]
    const { countedAt, lastAt, ...push } = pushesOf(incident)
    const [changedAt] = (changed.get([incident]) ?? [null]) as [InstantMs | null]
    return {
      changedAt: formatInstantOrNull(changedAt),
      push: {
        ...push,
        countedAt: formatInstantOrNull(countedAt),
        lastAt: formatInstantOrNull(lastAt),
      },
      places: placesOf(incident),
      photos: {
        count: kept.length,
        lastAt: formatInstantOrNull(kept.at(-1)?.[1] ?? null),
        // Of GET /api/v1/incidents/{id}/attachments/{attachment}.
        attachments: kept.map(([id]) => id),
      },
    }
  }
}

export type Beside = ReturnType<ReturnType<typeof besideReader>>

/** Tells one state from another, whenever it was counted. */
export function besideKey({ push, places, photos }: Beside): string {
  const { countedAt: _, ...counted } = push
  return JSON.stringify([counted, places, photos])
}
