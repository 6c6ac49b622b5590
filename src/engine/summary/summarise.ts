/**
 * The summary (DESIGN §6): what no single tree can judge, beside dead cells (findings/comms.ts).
 * Follows incidents and feeders' figures. Where engines judge parts of the network, one of them sums for
 * all (across.ts); substations need no sum, as all feeders of one are in one part (grid/partition.ts).
 */
import type { Publisher } from '../incidents/publish.ts'
import type { World } from '../world.ts'
import { sumCities } from './cities.ts'
import { sumStations } from './stations.ts'

/** Looks at everything once; after the trees were judged and the feeders' figures published. */
export function summarise(world: World, publisher: Publisher): void {
  sumStations(world, publisher)
  publisher.changes.push(...sumCities(world))
  if (world.across.turned) world.across = { ...world.across, turned: false }
}
