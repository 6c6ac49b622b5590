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
  /** Closed devices that join two fed zones. */
  readonly loops = new Set<number>()
  readonly #fromZone: Int32Array
  readonly #toZone: Int32Array
  readonly #zoneIndex: ZoneIndex
  #children: Map<number, number[]> | undefined
  #moved = 0

  constructor(grid: CompiledGrid) {
    const { devices, nodes, feeders } = grid
    this.grid = grid
    this.#fromZone = devices.from.map((node) => nodes.zone[node]!)
    this.#toZone = devices.to.map((node) => nodes.zone[node]!)
    this.#zoneIndex = indexZones(nodes.zones, this.#fromZone, this.#toZone)
    this.open = devices.normallyOpen.slice()
    const isOpen = (device: number) => this.open[device] === 1
    const sources = new Set(
      feeders.map(({ source }) =>
        sourceZoneOf(
          this.#fromZone[source]!,
          this.#zoneIndex,
          this.#fromZone,
          this.#toZone,
          isOpen,
        ),
      ),
    )
    const forest = traceForest(sources, this.#zoneIndex, this.#fromZone, this.#toZone, isOpen)
    this.parent = forest.parent
    this.zoneFedBy = forest.zoneFedBy
    for (const device of forest.loops) this.loops.add(device)
  }

  /**
   * The device stands `open` or closed from now on. Returns the devices whose parent changed (empty
   * where nothing is fed from elsewhere because of it).
   */
  operate(device: number, open: boolean): readonly number[] {
    if ((this.open[device] === 1) === open) return []
    this.open[device] = open ? 1 : 0
    return open ? this.#afterOpening(device) : this.#afterClosing(device)
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

  #afterClosing(device: number): readonly number[] {
    const a = this.#fromZone[device]!
    const b = this.#toZone[device]!
    if (this.parent[device]! !== NOT_ENERGISED) return []
    const fedA = this.#fed(a)
    const fedB = this.#fed(b)
    if (fedA && fedB) this.loops.add(device)
    if (fedA === fedB) return []
    return fedA ? this.#hang(b, device, a) : this.#hang(a, device, b)
  }

  #afterOpening(device: number): readonly number[] {
    if (this.loops.delete(device)) return []
    if (this.parent[device] === NOT_ENERGISED) return []
    // A closed loop device that touches what is now dark feeds it from its other side.
    for (const loop of [...this.loops].sort((x, y) => x - y)) {
      const a = this.#fromZone[loop]!
      const b = this.#toZone[loop]!
      const fedA = this.#fed(a)
      if (fedA === this.#fed(b)) continue
      this.loops.delete(loop)
      return fedA ? this.#hang(b, loop, a) : this.#hang(a, loop, b)
    }
    return []
  }

  /** Re-roots the dark part around `zone` so that it hangs below `device`, fed from `fedZone`. */
  #hang(zone: number, device: number, fedZone: number): readonly number[] {
    const changed: number[] = []
    const setParent = (child: number, parent: number) => {
      if (this.parent[child] === parent) return
      this.parent[child] = parent
      changed.push(child)
    }
    const seen = new Set<number>([zone])
    const stack: [zone: number, fedBy: number][] = [[zone, device]]
    setParent(device, this.zoneFedBy[fedZone]!)
    while (stack.length > 0) {
      const [at, fedBy] = stack.pop()!
      const wasFedBy = this.zoneFedBy[at]!
      this.zoneFedBy[at] = fedBy
      // The open device that used to feed this part is now a tie between two fed zones.
      if (wasFedBy >= 0 && wasFedBy !== fedBy && this.open[wasFedBy] === 1)
        setParent(wasFedBy, NOT_ENERGISED)
      for (let k = this.#zoneIndex.first[at]!; k < this.#zoneIndex.first[at + 1]!; k++) {
        const next = this.#zoneIndex.devices[k]!
        const far = this.#fromZone[next] === at ? this.#toZone[next]! : this.#fromZone[next]!
        if (next === fedBy || seen.has(far)) continue
        const hangsHere = this.parent[next] !== NOT_ENERGISED && this.zoneFedBy[far] === next
        if (this.open[next] === 1 && !hangsHere) continue
        if (this.open[next] !== 1 && this.#fed(far)) {
          this.loops.add(next)
          continue
        }
        seen.add(far)
        setParent(next, fedBy)
        stack.push([far, next])
      }
    }
    if (changed.length > 0) {
      this.#children = undefined
      const { normalParent } = this.grid.devices
      this.#moved = this.parent.reduce(
        (n, parent, d) => n + (parent === normalParent[d] ? 0 : 1),
        0,
      )
    }
    return changed.sort((x, y) => x - y)
  }
}
