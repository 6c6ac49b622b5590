/**
 * Partition groups (DESIGN §6): feeders that a tie can join, or that share a substation, are never
 * split; so each connected group of feeders is judged in one place.
 */

import type { CompiledGrid } from './compiled.ts'

/**
 * Partitions of every compiled grid, used or not: a log's partitions can be added to but never taken
 * away, so the number is fixed from the start, beyond the engines that nine million meters need.
 */
export const PARTITIONS = 64

/** The partition that judges each feeder, by id. */
export type FeederPartitions = ReadonlyMap<string, number>

interface FeederPlace {
  readonly substation: number
  readonly source: number
}

/**
 * The group of each feeder, numbered 0, 1, 2 … in feeder order. Two feeders are joined where a
 * device touches zones of both (a tie, open or closed) or where they start at one substation.
 */
export function groupFeeders(
  feeders: readonly FeederPlace[],
  devices: { feeder: Int32Array; from: Int32Array; to: Int32Array },
  zone: Int32Array,
): Int32Array {
  const { feeder, from, to } = devices
  const feederOfZone = new Int32Array(1 + zone.reduce((high, z) => Math.max(high, z), -1)).fill(-1)
  for (let d = 0; d < feeder.length; d++)
    if (feeder[d]! >= 0) feederOfZone[zone[to[d]!]!] = feeder[d]!
  const groups = new Groups(feeders.length)
  const bySubstation = new Map<number, number>()
  feeders.forEach(({ substation }, index) => {
    const first = bySubstation.get(substation)
    if (first === undefined) bySubstation.set(substation, index)
    else groups.join(first, index)
  })
  for (let d = 0; d < feeder.length; d++) {
    const a = feederOfZone[zone[from[d]!]!]!
    const b = feederOfZone[zone[to[d]!]!]!
    if (a >= 0 && b >= 0 && a !== b) groups.join(a, b)
  }
  return groups.numbered()
}

/** Of `0 … size - 1`, each alone until it is joined with another. */
class Groups {
  readonly #root: Int32Array

  constructor(size: number) {
    this.#root = Int32Array.from({ length: size }, (_, index) => index)
  }

  join(a: number, b: number): void {
    const [x, y] = [this.#find(a), this.#find(b)]
    this.#root[Math.max(x, y)] = Math.min(x, y)
  }

  /** The group of each, numbered 0, 1, 2 … in their order. */
  numbered(): Int32Array {
    const numbers = new Map<number, number>()
    return this.#root.map((_, index) => {
      const group = this.#find(index)
      if (!numbers.has(group)) numbers.set(group, numbers.size)
      return numbers.get(group)!
    })
  }

  #find(index: number): number {
    const root = this.#root
    let at = index
    while (root[at] !== at) {
      root[at] = root[root[at]!]!
      at = root[at]!
    }
    return at
  }
}

/**
 * Packs groups into `count` partitions, largest first into the emptiest: small groups share one.
 * `groupSizes` in whatever unit of work. Returns the partition of each group. Deterministic.
 */
export function packPartitions(groupSizes: readonly number[], count: number): Int32Array {
  const load = new Array<number>(count).fill(0)
  const partition = new Int32Array(groupSizes.length)
  const largestFirst = groupSizes.map((size, group) => ({ size, group }))
  largestFirst.sort((a, b) => b.size - a.size || a.group - b.group)
  for (const { size, group } of largestFirst) {
    const emptiest = load.indexOf(Math.min(...load))
    partition[group] = emptiest
    load[emptiest]! += size
  }
  return partition
}

/** Two feeders, by id, that must be judged in one place for another reason than the grid itself. */
export type FeederPair = readonly [one: string, other: string]

/**
 * Where each feeder of a grid is judged, of `count` partitions, where grids came before it: where it was
 * `placed`, however the grid changes. What is new goes to what it can be joined with, else to its unit,
 * else where there is least. `moved` are those that cannot stay: something joins them with more elsewhere.
 * Of `pairs` one may be gone from the grid: it is placed as well, and may be moved.
 */
export function placeFeeders(
  placed: FeederPartitions,
  grid: Pick<CompiledGrid, 'feeders' | 'devices' | 'nodes'>,
  count: number,
  pairs: readonly FeederPair[] = [],
): { readonly partitions: FeederPartitions; readonly moved: readonly string[] } {
  const { feeders, devices, nodes } = grid
  if (placed.size === 0)
    return {
      partitions: new Map(feeders.map(({ id, partition }) => [id, partition % count])),
      moved: [],
    }
  const load = new Loads(count)
  const ids = [...new Set([...feeders.map(({ id }) => id), ...pairs.flat()])]
  const joined = new Groups(ids.length)
  const group = groupFeeders(feeders, devices, nodes.zone)
  for (const [at, number] of group.entries()) joined.join(group.indexOf(number), at)
  const index = new Map(ids.map((id, at) => [id, at]))
  for (const [one, other] of pairs) joined.join(index.get(one)!, index.get(other)!)
  const groups = membersOf(joined.numbered())
  const sizes = sizesOf(grid)
  /** What is gone weighs as little as there can be. */
  const sizeOf = (at: number) => sizes[at] ?? 1
  const partitions = new Map<string, number>()
  const moved: string[] = []
  const put = (members: readonly number[], home: number) => {
    for (const at of members) {
      const id = ids[at]!
      if ((placed.get(id) ?? home) !== home) moved.push(id)
      partitions.set(id, home)
      const feeder = feeders[at]
      if (feeder) load.add(feeder.unit, home, sizeOf(at))
    }
  }
  const known = (at: number) => placed.has(ids[at]!)
  for (const members of groups) {
    const home = new Loads(count)
    for (const at of members.filter(known)) home.add(0, placed.get(ids[at]!)!, sizeOf(at))
    if (members.some(known)) put(members, home.fullest(0)!)
  }
  for (const members of groups)
    if (!members.some(known))
      put(members, load.fullest(feeders[members[0]!]!.unit) ?? load.emptiest())
  return { partitions, moved }
}

/** What partitions have to judge, in all and by unit. */
class Loads {
  readonly #all: number[]
  readonly #byUnit = new Map<number, number[]>()

  constructor(count: number) {
    this.#all = new Array<number>(count).fill(0)
  }

  add(unit: number, partition: number, size: number): void {
    const ours = this.#byUnit.get(unit) ?? this.#all.map(() => 0)
    this.#byUnit.set(unit, ours)
    ours[partition]! += size
    this.#all[partition]! += size
  }

  /** Where most of a unit is, the first of equals; undefined where nothing is. */
  fullest(unit: number): number | undefined {
    const ours = this.#byUnit.get(unit)
    return ours?.indexOf(Math.max(...ours))
  }

  emptiest(): number {
    return this.#all.indexOf(Math.min(...this.#all))
  }
}

/** The feeders of each group, in their order. */
function membersOf(group: Int32Array): number[][] {
  const groups: number[][] = []
  group.forEach((number, feeder) => {
    groups[number] ??= []
    groups[number]!.push(feeder)
  })
  return groups
}

/** Devices of each feeder, and itself. */
function sizesOf({ feeders, devices }: Pick<CompiledGrid, 'feeders' | 'devices'>): number[] {
  const sizes = feeders.map(() => 1)
  for (const feeder of devices.feeder) if (feeder >= 0) sizes[feeder]! += 1
  return sizes
}
