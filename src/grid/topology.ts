/**
 * The network under the present switch positions: which device hangs below which. Starts in the
 * normal state; `operate` re-hangs what a tie takes over. A device reported open keeps its subtree
 * hanging below it until something else feeds it: the open device is what the engine must see.
 */
import type { CompiledGrid } from './compiled.ts'
import {
  indexZones,
  NOT_ENERGISED,
  ROOT,
  sourceZoneOf,
  traceForest,
  type ZoneIndex,
} from './forest.ts'

export class Topology {
  readonly grid: CompiledGrid
  /** Parent device, `ROOT` or `NOT_ENERGISED`. */
  readonly parent: Int32Array
  /** Device feeding each zone, `ROOT` or `NOT_ENERGISED`. */
  readonly zoneFedBy: Int32Array
  /** 1 where the device stands open, by plan or by report. */
  readonly open: Uint8Array
  /** Devices at each zone; made when a switch first operates. */
  #zoneIndex: ZoneIndex | undefined
  /** Closed devices that feed nothing: each would close a loop, or joins dark parts. */
  readonly #idle = new Set<number>()
  #children: Map<number, number[]> | undefined
  #moved = 0

  constructor(grid: CompiledGrid) {
    const { devices, nodes, feeders } = grid
    this.grid = grid
    const fromZone = devices.from.map((node) => nodes.zone[node]!)
    const toZone = devices.to.map((node) => nodes.zone[node]!)
    const zoneIndex = indexZones(nodes.zones, fromZone, toZone)
    this.open = devices.normallyOpen.slice()
    const isOpen = (device: number) => this.open[device] === 1
    const sources = new Set(
      feeders.map(({ source }) =>
        sourceZoneOf(fromZone[source]!, zoneIndex, fromZone, toZone, isOpen),
      ),
    )
    const forest = traceForest(sources, zoneIndex, fromZone, toZone, isOpen)
    this.parent = forest.parent
    this.zoneFedBy = forest.zoneFedBy
    for (let d = 0; d < this.parent.length; d++)
      if (this.open[d] === 0 && this.parent[d] === NOT_ENERGISED) this.#idle.add(d)
  }

  /**
   * The device stands `open` or closed from now on. Returns the devices whose parent changed (empty
   * where nothing is fed from elsewhere because of it).
   */
  operate(device: number, open: boolean): readonly number[] {
    if ((this.open[device] === 1) === open) return []
    this.open[device] = open ? 1 : 0
    if (open) this.#idle.delete(device)
    else if (this.parent[device] === NOT_ENERGISED) this.#idle.add(device)
    const changed = new Set<number>()
    for (let hung = true; hung; ) {
      hung = false
      // Whatever stands closed between a fed and a dark part feeds the dark one; lowest index first.
      for (const idle of [...this.#idle].sort((x, y) => x - y)) {
        const fedFrom = this.#fed(this.#fromZone(idle))
        if (fedFrom === this.#fed(this.#toZone(idle))) continue
        this.#hang(idle, fedFrom, changed)
        hung = true
        break
      }
    }
    return [...changed].sort((x, y) => x - y)
  }

  /** Closed devices that join two fed zones, in index order. */
  get loops(): readonly number[] {
    return [...this.#idle]
      .filter((d) => this.#fed(this.#fromZone(d)) && this.#fed(this.#toZone(d)))
      .sort((x, y) => x - y)
  }

  /** True while every device hangs where it hangs in the normal state. */
  get normal(): boolean {
    return this.#moved === 0
  }

  /** Devices right below `device`, in index order. */
  childrenOf(device: number): readonly number[] {
    if (!this.#children) {
      this.#children = new Map()
      this.parent.forEach((parent, child) => {
        if (parent < 0) return
        const siblings = this.#children!.get(parent)
        if (siblings) siblings.push(child)
        else this.#children!.set(parent, [child])
      })
    }
    return this.#children.get(device) ?? []
  }

  /** The tree root (a device without parent) above `device`, or −1 where it is not energised. */
  rootOf(device: number): number {
    let at = device
    if (this.parent[at] === NOT_ENERGISED) return -1
    while (this.parent[at]! >= 0) at = this.parent[at]!
    return at
  }

  #fromZone(device: number): number {
    return this.grid.nodes.zone[this.grid.devices.from[device]!]!
  }

  #toZone(device: number): number {
    return this.grid.nodes.zone[this.grid.devices.to[device]!]!
  }

  #devicesAtZones(): ZoneIndex {
    if (this.#zoneIndex) return this.#zoneIndex
    const { devices, nodes } = this.grid
    const zoneOf = (node: number) => nodes.zone[node]!
    this.#zoneIndex = indexZones(nodes.zones, devices.from.map(zoneOf), devices.to.map(zoneOf))
    return this.#zoneIndex
  }

  /** True where every device from the zone up to its source stands closed. */
  #fed(zone: number): boolean {
    let device = this.zoneFedBy[zone]!
    if (device === NOT_ENERGISED) return false
    while (device >= 0) {
      if (this.open[device] === 1) return false
      device = this.parent[device]!
    }
    return device === ROOT
  }

  /** The dark part on one side of `device` hangs below it from now on, fed from the other side. */
  #hang(device: number, fedFrom: boolean, changed: Set<number>): void {
    const [fed, dark] = fedFrom
      ? [this.#fromZone(device), this.#toZone(device)]
      : [this.#toZone(device), this.#fromZone(device)]
    const branches = this.#walk(device, this.zoneFedBy[fed]!, dark)
    const feeding = new Set(branches.map(({ by }) => by))
    const setParent = (child: number, parent: number) => {
      if (this.parent[child] === parent) return
      this.parent[child] = parent
      changed.add(child)
    }
    for (const { zone, by, above } of branches) {
      const before = this.zoneFedBy[zone]!
      this.zoneFedBy[zone] = by
      this.#idle.delete(by)
      setParent(by, above)
      // What used to feed this part and stands in no path now: an open device, or one of a loop.
      if (before < 0 || feeding.has(before)) continue
      setParent(before, NOT_ENERGISED)
      if (this.open[before] === 0) this.#idle.add(before)
    }
    this.#children = undefined
    const { normalParent } = this.grid.devices
    this.#moved = this.parent.reduce((n, parent, d) => n + (parent === normalParent[d] ? 0 : 1), 0)
  }

  /** The dark part from `dark` on, zone by zone: what will feed each, and what hangs above that. */
  #walk(device: number, aboveIt: number, dark: number): Branch[] {
    const branches: Branch[] = [{ zone: dark, by: device, above: aboveIt }]
    const seen = new Set<number>([dark])
    const { first, devices } = this.#devicesAtZones()
    for (let i = 0; i < branches.length; i++) {
      const { zone, by } = branches[i]!
      for (let k = first[zone]!; k < first[zone + 1]!; k++) {
        const next = devices[k]!
        const far = this.#fromZone(next) === zone ? this.#toZone(next) : this.#fromZone(next)
        if (next === by || seen.has(far)) continue
        const hangsHere = this.zoneFedBy[far] === next
        if (this.open[next] === 1 ? !hangsHere : this.#fed(far)) continue
        seen.add(far)
        branches.push({ zone: far, by: next, above: by })
      }
    }
    return branches
  }
}

interface Branch {
  readonly zone: number
  readonly by: number
  readonly above: number
}
