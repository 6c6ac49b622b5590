/**
 * Partition groups (DESIGN §6): feeders that a tie can join, or that share a substation, are never
 * split; so each connected group of feeders is judged in one place.
 */

/**
 * Partitions of every compiled grid, used or not: a log's partitions can be added to but never taken
 * away, so the number is fixed from the start, beyond the engines that nine million meters need.
 */
export const PARTITIONS = 64

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
  const root = feeders.map((_, index) => index)
  const find = (index: number): number => {
    let at = index
    while (root[at] !== at) {
      root[at] = root[root[at]!]!
      at = root[at]!
    }
    return at
  }
  const join = (a: number, b: number) => {
    const x = find(a)
    const y = find(b)
    root[Math.max(x, y)] = Math.min(x, y)
  }
  const bySubstation = new Map<number, number>()
  feeders.forEach(({ substation }, index) => {
    const first = bySubstation.get(substation)
    if (first === undefined) bySubstation.set(substation, index)
    else join(first, index)
  })
  for (let d = 0; d < feeder.length; d++) {
    const a = feederOfZone[zone[from[d]!]!]!
    const b = feederOfZone[zone[to[d]!]!]!
    if (a >= 0 && b >= 0 && a !== b) join(a, b)
  }
  const numbers = new Map<number, number>()
  return Int32Array.from(feeders, (_, index) => {
    const group = find(index)
    if (!numbers.has(group)) numbers.set(group, numbers.size)
    return numbers.get(group)!
  })
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
