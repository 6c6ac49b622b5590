/**
 * The grid as the simulated world sees it: nodes joined by lines are one zone, devices stand
 * between zones, and supply flows from the zones above the feeder heads through what is closed.
 * It says what is energised for given switch positions; it decides nothing about outages and
 * shares no code with the program's own topology, so that one can check the other.
 */
import { ALL_PHASES, type PhaseMask, parsePhases } from '../src/facts/phases.ts'
import type { Grid, GridDevice } from '../src/grid/model.ts'

/** A grid the simulators cannot use, with the place at fault. */
export class NetworkError extends Error {
  readonly code = 'simulator.grid'
  constructor(message: string) {
    super(message)
    this.name = 'NetworkError'
  }
}

/** The grid by index. Devices, usage points and observers are numbered as in the file. */
export interface Network {
  readonly grid: Grid
  readonly deviceIndex: ReadonlyMap<string, number>
  readonly usagePointIndex: ReadonlyMap<string, number>
  readonly observerIndex: ReadonlyMap<string, number>
  readonly zones: number
  /** Zones that are always supplied. */
  readonly roots: readonly number[]
  readonly fromZone: Int32Array
  readonly toZone: Int32Array
  readonly devicePhases: Uint8Array
  /** 1 for each transformer whose windings hang between phases (Dyn11); all 0 where that is left aside. */
  readonly deltas: Uint8Array
  readonly usagePointDevice: Int32Array
  readonly zoneOfNode: (id: string) => number
  /** Devices at each zone. */
  readonly devicesAt: readonly (readonly number[])[]
  /** The radial tree of the normal switch positions. */
  readonly normal: Trace
  /** Device that feeds each device in the normal state; −1 at a root, −2 where not energised. */
  readonly parent: Int32Array
  /** Devices in the order in which the normal trace reached them (parents first). */
  readonly order: readonly number[]
  /** Index of the feeder a device belongs to in the normal state, −1 above the heads. */
  readonly feeder: Int32Array
  /** Nearest transformer at or above each device, −1 for none; heads stop the search. */
  readonly transformer: Int32Array
  /** Usage points below each device in the normal state. */
  readonly usagePointsBelow: Int32Array
}

/** What is live for given switch positions. */
export interface Trace {
  /** Live phases of each zone. */
  readonly live: Uint8Array
  /** Device through which each zone is fed, −1 at a root or where dark. */
  readonly fedBy: Int32Array
  /** Zone each device feeds, −1 where it feeds none. */
  readonly feeds: Int32Array
  readonly order: readonly number[]
}

/** What a trace follows. */
type Wires = Pick<
  Network,
  'zones' | 'roots' | 'fromZone' | 'toZone' | 'devicePhases' | 'deltas' | 'devicesAt'
>

/** Phases at full voltage below a Dyn11 transformer: each hangs between two of those above it. */
export function belowDelta(live: PhaseMask): PhaseMask {
  return [0b011, 0b110, 0b101].reduce(
    (below, pair, phase) => ((live & pair) === pair ? below | (1 << phase) : below),
    0,
  )
}

/** Follows supply from the roots; `open` holds the open phases of each device. */
export function trace(network: Wires, open: Uint8Array): Trace {
  const live = new Uint8Array(network.zones)
  const fedBy = new Int32Array(network.zones).fill(-1)
  const feeds = new Int32Array(network.fromZone.length).fill(-1)
  const order: number[] = []
  const queue: number[] = []
  for (const root of network.roots) {
    live[root] = ALL_PHASES
    queue.push(root)
  }
  // A zone comes up again when a further phase reaches it, at most three times.
  for (let head = 0; head < queue.length; head++) {
    const zone = queue[head]!
    for (const device of network.devicesAt[zone]!) {
      const from = network.fromZone[device]!
      const other = from === zone ? network.toZone[device]! : from
      const closed = live[zone]! & network.devicePhases[device]! & ~open[device]!
      const passed = network.deltas[device] ? belowDelta(closed) : closed
      if ((passed & ~live[other]!) === 0) continue
      if (live[other] === 0) {
        fedBy[other] = device
        feeds[device] = other
        order.push(device)
      }
      live[other] = live[other]! | passed
      queue.push(other)
    }
  }
  return { live, fedBy, feeds, order }
}

/** Open phases in the normal state: all of a normally open device, none of the others. */
export function normalPositions(network: Pick<Network, 'grid'>): Uint8Array {
  return Uint8Array.from(network.grid.devices, (device) => (device.normallyOpen ? ALL_PHASES : 0))
}

export function maskOf(phases: string | undefined): PhaseMask {
  return phases === undefined ? ALL_PHASES : (parsePhases(phases) ?? ALL_PHASES)
}

/**
 * Builds the network of a grid; throws `NetworkError` where the file refers to what it lacks. With
 * `windings` a phase lost above a transformer is lost below it as its windings have it.
 */
export function buildNetwork(grid: Grid, windings = false): Network {
  const deviceIndex = indexOf(grid.devices)
  const { zoneOfNode, zones } = joinNodes(grid)
  const fromZone = Int32Array.from(grid.devices, (device) => zoneOfNode(device.from))
  const toZone = Int32Array.from(grid.devices, (device) => zoneOfNode(device.to))
  const devicesAt: number[][] = Array.from({ length: zones }, () => [])
  for (let device = 0; device < grid.devices.length; device++) {
    devicesAt[fromZone[device]!]!.push(device)
    if (toZone[device] !== fromZone[device]) devicesAt[toZone[device]!]!.push(device)
  }
  const heads = new Map<number, number>()
  grid.feeders.forEach((feeder, index) => {
    heads.set(required(deviceIndex, feeder.source, `feeder ${feeder.id}: source`), index)
  })
  const wires = {
    zones,
    roots: rootsAbove(grid.devices, heads, fromZone, toZone),
    fromZone,
    toZone,
    devicesAt,
    devicePhases: Uint8Array.from(grid.devices, (device) => maskOf(device.phases)),
    deltas: Uint8Array.from(grid.devices, ({ connection }) =>
      windings && connection === 'Dyn11' ? 1 : 0,
    ),
  }
  const normal = trace(wires, normalPositions({ grid }))
  const usagePointDevice = Int32Array.from(grid.usagePoints, (point) =>
    required(deviceIndex, point.device, `usagePoint ${point.id}: device`),
  )
  return {
    ...wires,
    grid,
    deviceIndex,
    usagePointIndex: indexOf(grid.usagePoints),
    observerIndex: indexOf(grid.observers),
    usagePointDevice,
    zoneOfNode,
    normal,
    order: normal.order,
    ...treeOf(grid, wires, normal, heads, usagePointDevice),
  }
}

function indexOf(items: readonly { id: string }[]): Map<string, number> {
  return new Map(items.map((item, index) => [item.id, index]))
}

function required(index: ReadonlyMap<string, number>, id: string, place: string): number {
  const found = index.get(id)
  if (found === undefined) throw new NetworkError(`${place}: unknown "${id}"`)
  return found
}

/** Union-find over the lines; gives each node the dense number of its zone. */
function joinNodes(grid: Grid) {
  const index = indexOf(grid.nodes)
  const leader = Int32Array.from(grid.nodes, (_, node) => node)
  const find = (node: number): number => {
    let at = node
    while (leader[at] !== at) {
      leader[at] = leader[leader[at]!]!
      at = leader[at]!
    }
    return at
  }
  for (const line of grid.lines) {
    const from = find(required(index, line.from, `line ${line.id}: from`))
    leader[from] = find(required(index, line.to, `line ${line.id}: to`))
  }
  const zone = new Int32Array(grid.nodes.length).fill(-1)
  let zones = 0
  const zoneOf = (node: number): number => {
    const top = find(node)
    if (zone[top] === -1) zone[top] = zones++
    return zone[top]!
  }
  for (let node = 0; node < grid.nodes.length; node++) zoneOf(node)
  return { zones, zoneOfNode: (id: string) => zoneOf(required(index, id, 'node')) }
}

/** Walks up from each feeder head along closed devices; where nothing feeds a zone, supply enters. */
function rootsAbove(
  devices: readonly GridDevice[],
  heads: ReadonlyMap<number, number>,
  fromZone: Int32Array,
  toZone: Int32Array,
): number[] {
  const upstream = new Map<number, number[]>()
  devices.forEach((device, index) => {
    if (device.normallyOpen) return
    const above = upstream.get(toZone[index]!)
    if (above) above.push(fromZone[index]!)
    else upstream.set(toZone[index]!, [fromZone[index]!])
  })
  const roots = new Set<number>()
  const seen = new Set<number>()
  const stack = [...heads.keys()].map((head) => fromZone[head]!)
  while (stack.length > 0) {
    const zone = stack.pop()!
    if (seen.has(zone)) continue
    seen.add(zone)
    const above = upstream.get(zone)
    if (above) stack.push(...above)
    else roots.add(zone)
  }
  return [...roots]
}

function treeOf(
  grid: Grid,
  wires: Pick<Network, 'fromZone' | 'toZone'>,
  normal: Trace,
  heads: ReadonlyMap<number, number>,
  usagePointDevice: Int32Array,
) {
  const count = grid.devices.length
  const parent = new Int32Array(count).fill(-2)
  const feeder = new Int32Array(count).fill(-1)
  const transformer = new Int32Array(count).fill(-1)
  for (const device of normal.order) {
    const fed = normal.feeds[device]!
    const source = wires.fromZone[device] === fed ? wires.toZone[device]! : wires.fromZone[device]!
    const above = normal.fedBy[source]!
    parent[device] = above
    feeder[device] = heads.get(device) ?? (above >= 0 ? feeder[above]! : -1)
    if (grid.devices[device]!.type === 'transformer' && feeder[device]! >= 0)
      transformer[device] = device
    else if (above >= 0) transformer[device] = transformer[above]!
  }
  const usagePointsBelow = new Int32Array(count)
  for (const device of usagePointDevice) usagePointsBelow[device] = usagePointsBelow[device]! + 1
  for (let at = normal.order.length - 1; at >= 0; at--) {
    const device = normal.order[at]!
    const above = parent[device]!
    if (above >= 0) usagePointsBelow[above] = usagePointsBelow[above]! + usagePointsBelow[device]!
  }
  return { parent, feeder, transformer, usagePointsBelow }
}

/** Devices from the one above `device` up to the root. */
export function devicesAbove(network: Network, device: number): number[] {
  const above: number[] = []
  for (let at = network.parent[device]!; at >= 0; at = network.parent[at]!) above.push(at)
  return above
}

/** True where `upper` is `lower` or feeds it in the normal state. */
export function isAtOrAbove(network: Network, upper: number, lower: number): boolean {
  for (let at = lower; at >= 0; at = network.parent[at]!) if (at === upper) return true
  return false
}

/** Devices of the normal subtree of `device`, itself left out. */
export function devicesBelow(network: Network, device: number): number[] {
  const inside = new Set([device])
  const below: number[] = []
  for (const candidate of network.order) {
    if (!inside.has(network.parent[candidate]!)) continue
    inside.add(candidate)
    below.push(candidate)
  }
  return below
}
