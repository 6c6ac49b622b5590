/** One feeder as a single-line diagram (单线图): positions of now, and how likely each device is open. */
import { NONE } from '../engine/inference/network.ts'
import { type Possibility, posterior } from '../engine/inference/posterior.ts'
import type { World } from '../engine/world.ts'
import { DEVICE_TYPES, type DeviceType } from '../grid/model.ts'
import { customersNow } from '../grid/refed.ts'

/** What the diagram shows; below a transformer lies another drawing. */
const SHOWN: ReadonlySet<DeviceType> = new Set([
  'breaker',
  'recloser',
  'sectionaliser',
  'switch',
  'fuse',
  'transformer',
])

export interface DiagramDevice {
  readonly id: string
  readonly type: DeviceType
  readonly name: string
  /** The device that feeds it, or fed it before it was cut off; null at the head. */
  readonly parent: string | null
  /** By what was told of it. */
  readonly open: boolean
  readonly normallyOpen: boolean
  /** Below it as it is fed now. */
  readonly customers: number
  /** P(open and nothing above open), shared by devices that no observer tells apart; null: no evidence. */
  readonly probability: number | null
  /** P(no supply right below it); null: no evidence. */
  readonly dead: number | null
}

/** Devices of a feeder in the order of the normal network, those above before those below. */
export function diagramOf(world: World | undefined, feeder: number): readonly DiagramDevice[] {
  if (world === undefined) return []
  const { grid, topology, network } = world
  const { devices, feeders } = grid
  const source = feeders[feeder]?.source ?? -1
  if (source < 0) return []
  const isShown = (device: number) => SHOWN.has(DEVICE_TYPES[devices.type[device]!]!)
  const parentOf = (device: number) => {
    const now = topology.parent[device]!
    return now >= 0 ? now : devices.normalParent[device]!
  }
  const beliefs = new Map<number, ReadonlyMap<number, Possibility>>()
  const customers = customersNow(topology)
  const found: DiagramDevice[] = []
  const end = source + Math.max(1, devices.subtreeSize[source]!)
  for (let device = source; device < end; device++) {
    if (!isShown(device)) continue
    let above = parentOf(device)
    while (above >= 0 && !isShown(above)) above = parentOf(above)
    const head = network.head[device]!
    const belief = head === NONE ? undefined : beliefOf(world, network.rootOf(head), beliefs)
    const own = belief?.get(head)
    found.push({
      id: devices.ids.idOf(device),
      type: DEVICE_TYPES[devices.type[device]!]!,
      name: devices.nameOf(device),
      parent: above < 0 ? null : devices.ids.idOf(above),
      open: topology.open[device] === 1,
      normallyOpen: devices.normallyOpen[device] === 1,
      customers: customers.of(device),
      probability: own?.probability ?? null,
      dead: own?.dead ?? null,
    })
  }
  return found
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
