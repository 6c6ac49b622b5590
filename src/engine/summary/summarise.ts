/**
 * The summary (DESIGN §6): what no single tree can judge, beside dead cells (findings/comms.ts).
 * Follows incidents and feeders' figures; a stage of the engine in one process, by itself where the trees are shared out (only
 * substations are never shared out: all feeders of one are in one partition).
 */
import type { Publisher } from '../incidents/publish.ts'
import type { World } from '../world.ts'
import { sumCities } from './cities.ts'
import { sumStations } from './stations.ts'

/** Looks at everything once; after the trees were judged and the feeders' figures published. */
export function summarise(world: World, publisher: Publisher): void {
  sumStations(world, publisher)
  publisher.changes.push(...sumCities(world))
}
