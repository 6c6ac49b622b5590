/** Where the network differs from its normal state, as a change whenever that changes. */

import type { Position } from '../../facts/facts.ts'
import type { DeviceId } from '../../facts/ids.ts'
import type { TopologyChange } from '../changes.ts'
import { statedIn } from '../evidence/switch-position.ts'
import { measure } from '../incidents/extent.ts'
import type { Publisher } from '../incidents/publish.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'

type Differences = Pick<TopologyChange, 'operated' | 'loops' | 'islands'>

/** Positions, loops and islands of now. */
export function differences(world: World): Differences {
  const { topology, switchWords, grid } = world
  const idOf = (device: number) => grid.devices.ids.idOf(device) as DeviceId
  return {
    operated: world.arranged
      .map(([device]) => device)
      .sort((a, b) => a - b)
      .flatMap((device) => {
        const stated = statedIn(switchWords.get(device) ?? [])
        if (!stated || stated.said === 'trip') return []
        const { said: position, at: since, source = 'terminal' } = stated
        return [{ device: idOf(device), position, since, source }]
      }),
    loops: topology.loops.map(idOf),
    islands: topology.islands.flatMap((device) => {
      const { customers, transformers } = measure(topology, device, NONE)
      if (customers + transformers.length === 0) return []
      return [{ device: idOf(device), customers, transformers: transformers.length }]
    }),
  }
}

/** Publishes them where they are not what was published last. */
export function publishTopology(
  world: World,
  causes: readonly Position[],
  publisher: Publisher,
): void {
  const now = differences(world)
  const shown = JSON.stringify(now)
  if (shown === (world.switching.shown || NOTHING)) return
  world.switching.shown = shown
  publisher.changes.push({ type: 'topology', at: world.now, ...now, causes })
}

const NOTHING = JSON.stringify({ operated: [], loops: [], islands: [] })
