/** Customers in tiles as the network is fed now: tiles are cut once, and the few counts that differ put in. */
import { createHash } from 'node:crypto'
import type { CustomersNow } from '../../grid/refed.ts'
import type { DrawnGrid } from './drawn-grid.ts'

/** A feature as `geojson-vt` cuts it. */
export interface CutFeature {
  /** 1 points, 2 lines, in units of the tile. */
  readonly type: number
  readonly geometry: readonly unknown[]
  readonly tags: Readonly<Record<string, unknown>> | null
}

/** The features of a layer, their `customers` as they are now. */
export type Recount = (layer: string, features: readonly CutFeature[]) => readonly CutFeature[]

/** Puts in the counts that differ from the normal state; all others are right as they were cut. */
export function recount(grid: DrawnGrid, { differing }: Pick<CustomersNow, 'differing'>): Recount {
  const { ids } = grid.devices
  const byLayer: Readonly<Record<string, ReadonlyMap<unknown, number>>> = {
    transformers: new Map([...differing].map(([device, count]) => [ids.idOf(device), count])),
    feeders: new Map(
      grid.feeders.flatMap(({ id, source }) =>
        differing.has(source) ? [[id, differing.get(source)!] as const] : [],
      ),
    ),
  }
  return (layer, features) => {
    const counts = byLayer[layer]
    if (!counts || counts.size === 0) return features
    return features.map((feature) => {
      const customers = counts.get(feature.tags?.id)
      return customers === undefined
        ? feature
        : { ...feature, tags: { ...feature.tags, customers } }
    })
  }
}

const tags = new WeakMap<CustomersNow, string>()

/** Names the counts: the same text for the same numbers; empty in the normal state. */
export function tagOf(customers: CustomersNow): string {
  if (customers.differing.size === 0) return ''
  let tag = tags.get(customers)
  if (tag === undefined) {
    const text = JSON.stringify([...customers.differing])
    tag = createHash('sha256').update(text).digest('hex').slice(0, 16)
    tags.set(customers, tag)
  }
  return tag
}
