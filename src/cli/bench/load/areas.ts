/** Who speaks in a load: concentrators of a network and the meters they may speak of. */
import type { CompiledGrid } from '../../../grid/compiled.ts'
import { Draw } from '../../../grid/generate/draw.ts'
import { OBSERVER_CLASSES } from '../../../grid/model.ts'

/** A transformer's area (台区) that goes dark. */
export interface LoadArea {
  readonly terminal: string
  readonly meters: readonly string[]
}

/**
 * `count` areas, whole feeders one after another in the order of a draw, as a storm takes them.
 * @throws where the network has not so many
 */
export function darkAreas(grid: CompiledGrid, count: number, seed: number): LoadArea[] {
  const { observers, devices } = grid
  const concentrator = OBSERVER_CLASSES.indexOf('concentrator')
  /** Feeder → areas. */
  const byFeeder = new Map<number, Map<number, number[]>>()
  for (let index = 0; index < observers.ids.count; index++) {
    const via = observers.via[index]!
    if (via < 0 || observers.class[via] !== concentrator) continue
    const feeder = devices.feeder[observers.target[via]!]!
    const areas = byFeeder.get(feeder) ?? new Map<number, number[]>()
    byFeeder.set(feeder, areas)
    const meters = areas.get(via)
    if (meters) meters.push(index)
    else areas.set(via, [index])
  }
  const draw = new Draw(seed, 21)
  const order = [...byFeeder.keys()]
    .map((feeder) => ({ feeder, at: draw.real() }))
    .sort((a, b) => a.at - b.at)
  const found: LoadArea[] = []
  for (const { feeder } of order)
    for (const [via, meters] of byFeeder.get(feeder)!) {
      if (found.length === count) return found
      const ids = meters.map((meter) => observers.ids.idOf(meter))
      found.push({ terminal: observers.ids.idOf(via), meters: ids })
    }
  if (found.length < count)
    throw new Error(
      `the network has ${found.length} areas with a concentrator, ${count} are needed`,
    )
  return found
}
