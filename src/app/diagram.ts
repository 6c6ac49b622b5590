/** One feeder as a single-line diagram (单线图): positions of now, and how likely each device is open. */
import { NONE } from '../engine/inference/network.ts'
import { type Possibility, posterior } from '../engine/inference/posterior.ts'
import type { World } from '../engine/world.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import { DEVICE_TYPES, type DeviceType } from '../grid/model.ts'
import { customersNow } from '../grid/refed.ts'
import type { Topology } from '../grid/topology.ts'
import type { DiagramDevice, DiagramTie, FeederDiagram } from '../http/diagram-port.ts'
import { feedersNow, tiesInUse } from './diagram-feeds.ts'

/** What the diagram shows; below a transformer lies another drawing. */
const SHOWN: ReadonlySet<DeviceType> = new Set([
  'breaker',
  'recloser',
  'sectionaliser',
  'switch',
  'fuse',
  'transformer',
])

const NOTHING: FeederDiagram = { devices: [], ties: [] }

/**
 * Devices of a feeder in the order of the normal network, those above before those below, then the
 * closed ties by which a part of it is fed from elsewhere, or by which it feeds a part of another, those
 * between low-voltage parts (低压联络) too.
 */
export function diagramOf(world: World | undefined, feeder: number): FeederDiagram {
  if (world === undefined) return NOTHING
  const { grid, topology, network } = world
  const { devices, feeders } = grid
  const source = feeders[feeder]?.source ?? -1
  if (source < 0) return NOTHING
  const isShown = (device: number) => SHOWN.has(DEVICE_TYPES[devices.type[device]!]!)
  const parentOf = (device: number) => {
    const now = topology.parent[device]!
    return now >= 0 ? now : devices.normalParent[device]!
  }
  const beliefs = new Map<number, ReadonlyMap<number, Possibility>>()
  const customers = customersNow(topology)
  const feederOf = feedersNow(topology)
  const shownAbove = (device: number) => {
    let above = parentOf(device)
    while (above >= 0 && !isShown(above)) above = parentOf(above)
    return above
  }
  const drawn = (device: number, feedsPartOf: number): DiagramDevice => {
    const above = shownAbove(device)
    const head = network.head[device]!
    const belief = head === NONE ? undefined : beliefOf(world, network.rootOf(head), beliefs)
    const own = belief?.get(head)
    const by = feederOf(device)
    return {
      id: devices.ids.idOf(device),
      type: DEVICE_TYPES[devices.type[device]!]!,
      name: devices.nameOf(device),
      parent: above < 0 ? null : devices.ids.idOf(above),
      open: topology.open[device] === 1,
      normallyOpen: devices.normallyOpen[device] === 1,
      customers: customers.of(device),
      probability: own?.probability ?? null,
      dead: own?.dead ?? null,
      fedFrom: by < 0 || by === feeder ? null : feeders[by]!.id,
      feedsPartOf: feeders[feedsPartOf]?.id ?? null,
    }
  }
  const found: DiagramDevice[] = []
  const end = source + Math.max(1, devices.subtreeSize[source]!)
  for (let device = source; device < end; device++)
    if (isShown(device)) found.push(drawn(device, NONE))
  for (const { tie, feeds } of tiesInUse(topology, world.ties)) {
    const lends = devices.feeder[shownAbove(tie)] === feeder
    const gains = feeds === feeder
    if (lends || gains) found.push(drawn(tie, lends && !gains ? feeds : NONE))
  }
  return { devices: found, ties: tiesOf(topology, world.ties, feeder) }
}

/**
 * Normally open switches that stand open between a device drawn for the feeder and something else;
 * one between two branches of the feeder stands at both.
 */
export function tiesOf(
  topology: Topology,
  ties: readonly number[],
  feeder: number,
): readonly DiagramTie[] {
  const { grid } = topology
  const { devices, feeders } = grid
  const found: DiagramTie[] = []
  const feederOf = feedersNow(topology)
  const closed = new Map(tiesInUse(topology, ties).map(({ tie, feeds }) => [tie, feeds]))
  for (const tie of ties) {
    if (topology.open[tie] === 0) continue
    const [a, b] = [
      shownAt(grid, topology, devices.from[tie]!),
      shownAt(grid, topology, devices.to[tie]!),
    ]
    for (const [own, other] of [
      [a, b],
      [b, a],
    ] as const) {
      if (own < 0 || own === other) continue
      if (devices.feeder[own] !== feeder && closed.get(own) !== feeder) continue
      const beyond = other < 0 ? NONE : feederOf(other)
      found.push({
        id: devices.ids.idOf(tie),
        name: devices.nameOf(tie),
        parent: devices.ids.idOf(own),
        feeder: feeders[beyond]?.id ?? null,
      })
    }
  }
  return found
}

/** The drawn device that feeds a node; −1 where nothing does. */
function shownAt(grid: CompiledGrid, topology: Topology, node: number): number {
  let device = topology.zoneFedBy[grid.nodes.zone[node]!]!
  while (device >= 0 && !SHOWN.has(DEVICE_TYPES[grid.devices.type[device]!]!))
    device = topology.parent[device]!
  return device
}

/** What the evidence says of one tree, by head; computed once a diagram. */
function beliefOf(
  { belief }: World,
  root: number,
  known: Map<number, ReadonlyMap<number, Possibility>>,
): ReadonlyMap<number, Possibility> {
  let nodes = known.get(root)
  if (nodes === undefined) {
    const all = belief.lit(root) ? posterior(belief, root) : []
    nodes = new Map(all.filter(({ observer }) => observer === NONE).map((one) => [one.head, one]))
    known.set(root, nodes)
  }
  return nodes
}
