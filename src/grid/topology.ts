/**
 * The network under the present switch positions: which device hangs below which. Starts in the
 * normal state; `operate` re-hangs what a tie takes over. A device reported open keeps its subtree
 * hanging below it until something else feeds it: the open device is what the engine must see.
 * `arrange` makes it a function of who stands where since when, however that came to be known.
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
  readonly #idleNormally: readonly number[]
  /** Devices that do not hang where they normally do. */
  readonly #moved = new Set<number>()
  /** Those of them that hang below each device. */
  readonly #adopted = new Map<number, Set<number>>()
  /** Zones that something else feeds than normally, and what does so normally. */
  readonly #refed = new Map<number, number>()
  readonly #operated = new Set<number>()
  #arrangement = 0

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
    this.#idleNormally = [...this.#idle]
  }

  /**
   * The network as it is when these devices, and no others, have left their normal position, in this
   * order. Returns the devices whose parent changed, in index order, each with its parent before.
   */
  arrange(
    operations: Iterable<readonly [device: number, open: boolean]>,
  ): ReadonlyMap<number, number> {
    const before = new Map([...this.#moved].map((d) => [d, this.parent[d]!]))
    this.#becomeNormal()
    for (const [device, open] of operations) this.operate(device, open)
    const { normalParent } = this.grid.devices
    const changed = [...new Set([...before.keys(), ...this.#moved])]
      .sort((a, b) => a - b)
      .map((d) => [d, before.get(d) ?? normalParent[d]!] as const)
      .filter(([d, was]) => was !== this.parent[d])
    return new Map(changed)
  }

  /** Another number whenever a switch has operated: what was measured before may be true no more. */
  get arrangement(): number {
    return this.#arrangement
  }

  #becomeNormal(): void {
    this.#arrangement++
    const { normalParent, normallyOpen } = this.grid.devices
    for (const d of this.#moved) this.parent[d] = normalParent[d]!
    for (const [zone, fedBy] of this.#refed) this.zoneFedBy[zone] = fedBy
    for (const d of this.#operated) this.open[d] = normallyOpen[d]!
    for (const kept of [this.#moved, this.#adopted, this.#refed, this.#operated, this.#idle])
      kept.clear()
    for (const d of this.#idleNormally) this.#idle.add(d)
  }

  /**
   * The device stands `open` or closed from now on. Returns the devices whose parent changed (empty
   * where nothing is fed from elsewhere because of it).
   */
  operate(device: number, open: boolean): readonly number[] {
    if ((this.open[device] === 1) === open) return []
    this.#arrangement++
    this.open[device] = open ? 1 : 0
    this.#operated.add(device)
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

  /** Open devices that keep something hanging below them although what lies above is fed. */
  get islands(): readonly number[] {
    const { normallyOpen } = this.grid.devices
    return [...this.#operated, ...this.#moved]
      .filter((d) => this.open[d] === 1 && normallyOpen[d] === 0 && this.#feedsNothingBut(d))
      .filter((d, i, list) => list.indexOf(d) === i)
      .sort((x, y) => x - y)
  }

  /** True where `device` hangs below what is fed: it alone keeps the dark from what is below. */
  #feedsNothingBut(device: number): boolean {
    const above = this.parent[device]!
    if (above === ROOT) return true
    return above >= 0 && this.isFed(above)
  }

  /**
   * True where another open device keeps what hangs below `device` from a feed of its own: supply
   * that comes back there came through one of the two, and does not say through which.
   */
  hasOtherEntry(device: number): boolean {
    const { normallyOpen } = this.grid.devices
    for (const other of this.#operated) {
      if (other === device || this.open[other] === 0 || normallyOpen[other] === 1) continue
      const [from, to] = [this.#fromZone(other), this.#toZone(other)]
      if (
        this.#fed(from)
          ? this.#hangsBelow(to, device)
          : this.#fed(to) && this.#hangsBelow(from, device)
      )
        return true
    }
    return false
  }

  #hangsBelow(zone: number, device: number): boolean {
    for (let at = this.zoneFedBy[zone]!; at >= 0; at = this.parent[at]!)
      if (at === device) return true
    return false
  }

  /** True where `device` and every device above it stand closed, up to the source. */
  isFed(device: number): boolean {
    let at = device
    while (at >= 0) {
      if (this.open[at] === 1) return false
      at = this.parent[at]!
    }
    return at === ROOT
  }

  /** True while every device hangs where it hangs in the normal state. */
  get normal(): boolean {
    return this.#moved.size === 0
  }

  /** Devices that do not hang where they normally do, in index order. */
  get moved(): readonly number[] {
    return [...this.#moved].sort((x, y) => x - y)
  }

  /** Zones that something else feeds than normally, each with what does so normally. */
  get refedZones(): ReadonlyMap<number, number> {
    return this.#refed
  }

  /** Devices right below `device`, in index order. */
  childrenOf(device: number): readonly number[] {
    const { subtreeSize } = this.grid.devices
    const children: number[] = []
    // Numbered depth first under the normal positions: each child's own subtree follows it.
    for (let d = device + 1; d < device + subtreeSize[device]!; d += subtreeSize[d]!)
      if (this.parent[d] === device) children.push(d)
    const adopted = this.#adopted.get(device)
    return adopted ? [...children, ...adopted].sort((a, b) => a - b) : children
  }

  /** The device and all below it under the present positions, depth first. */
  subtree(device: number): readonly number[] {
    const found: number[] = []
    const waiting = [device]
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      found.push(at)
      waiting.push(...[...this.childrenOf(at)].reverse())
    }
    return found
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
    const device = this.zoneFedBy[zone]!
    return device === ROOT || (device >= 0 && this.isFed(device))
  }

  /** The dark part on one side of `device` hangs below it from now on, fed from the other side. */
  #hang(device: number, fedFrom: boolean, changed: Set<number>): void {
    const [fed, dark] = fedFrom
      ? [this.#fromZone(device), this.#toZone(device)]
      : [this.#toZone(device), this.#fromZone(device)]
    const branches = this.#walk(device, this.zoneFedBy[fed]!, dark)
    const feeding = new Set(branches.map(({ by }) => by))
    const setParent = (child: number, parent: number) => {
      if (this.#adopt(child, parent)) changed.add(child)
    }
    for (const { zone, by, above } of branches) {
      const before = this.zoneFedBy[zone]!
      if (!this.#refed.has(zone)) this.#refed.set(zone, before)
      this.zoneFedBy[zone] = by
      this.#idle.delete(by)
      setParent(by, above)
      // What used to feed this part and stands in no path now: an open device, or one of a loop.
      if (before < 0 || feeding.has(before)) continue
      setParent(before, NOT_ENERGISED)
      if (this.open[before] === 0) this.#idle.add(before)
    }
  }

  /** Hangs `child` below `parent` (or nowhere); false where it hangs there already. */
  #adopt(child: number, parent: number): boolean {
    const before = this.parent[child]!
    if (before === parent) return false
    const normal = this.grid.devices.normalParent[child]!
    this.parent[child] = parent
    if (before !== normal) this.#adopted.get(before)?.delete(child)
    if (parent === normal) this.#moved.delete(child)
    else this.#moved.add(child)
    if (parent === normal || parent < 0) return true
    const adopted = this.#adopted.get(parent)
    if (adopted) adopted.add(child)
    else this.#adopted.set(parent, new Set([child]))
    return true
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
