/**
 * How long outages lasted, by group: a small table of counts that grows with each restoration, so that
 * a replay holds the same one. Groups nest; each leans on the one above it, the first on the rules.
 * Only the four operations on counts and minutes: the same on every machine.
 */
import type { EtrRules } from './repair-rules.ts'

/** Upper edges of the classes of duration, minutes: as fine as a promise is worded. The last is open. */
const EDGES = [
  5, 10, 15, 20, 30, 40, 50, 60, 75, 90, 105, 120, 150, 180, 210, 240, 300, 360, 420, 480, 600, 720,
  960, 1440, 2880,
]
/** Where the open class is taken to end: four days. */
const LONGEST = 5760
const CLASSES = EDGES.length + 1

const lowerOf = (k: number) => (k === 0 ? 0 : EDGES[k - 1]!)
const upperOf = (k: number) => EDGES[k] ?? LONGEST

/** Counts by group. */
export type Counts = Map<string, number[]>

/** Counts an outage of `minutes` in each of its groups. Old ones fade: a full table is halved. */
export function countDuration(
  counts: Counts,
  groups: readonly string[],
  minutes: number,
  most: number,
): void {
  const at = EDGES.findIndex((edge) => minutes < edge)
  for (const group of groups) {
    let row = counts.get(group)
    if (!row) {
      row = new Array<number>(CLASSES).fill(0)
      counts.set(group, row)
    }
    row[at < 0 ? CLASSES - 1 : at]!++
    if (sum(row) >= most) for (let k = 0; k < CLASSES; k++) row[k] = Math.floor(row[k]! / 2)
  }
}

/** Shares of the classes for the innermost of `groups`, each leaning on the one before it. */
export function sharesOf(
  counts: Counts,
  groups: readonly string[],
  usualMinutes: number,
  { curve, priorWeight }: EtrRules,
): number[] {
  let shares = usualShares(usualMinutes, curve)
  for (const group of groups) {
    const row = counts.get(group)
    if (!row) continue
    const all = sum(row) + priorWeight
    shares = shares.map((share, k) => (row[k]! + priorWeight * share) / all)
  }
  return shares
}

/** What the rules say of outages whose third quartile is `usual` minutes. */
function usualShares(usual: number, curve: EtrRules['curve']): number[] {
  const below = (minutes: number) => {
    const at = minutes / usual
    const next = curve.findIndex(([, multiple]) => at < multiple)
    if (next < 0) return 1
    const [toShare, to] = curve[next]!
    const [fromShare, from] = next === 0 ? [0, 0] : curve[next - 1]!
    return fromShare + ((toShare - fromShare) * (at - from)) / (to - from)
  }
  return Array.from({ length: CLASSES }, (_, k) =>
    k === CLASSES - 1 ? 1 - below(lowerOf(k)) : below(upperOf(k)) - below(lowerOf(k)),
  )
}

/** The duration, minutes, that a share of those that last longer than `elapsed` do not exceed. */
export function quantileOf(shares: readonly number[], share: number, elapsed: number): number {
  const left = shares.map((part, k) => {
    const [from, to] = [lowerOf(k), upperOf(k)]
    if (elapsed >= to) return 0
    return elapsed <= from ? part : (part * (to - elapsed)) / (to - from)
  })
  const all = sum(left)
  // Longer than anything known: as long again.
  if (all <= 0) return elapsed * 2
  let wanted = share * all
  for (let k = 0; k < CLASSES; k++) {
    const part = left[k]!
    if (part > 0 && wanted <= part) {
      const from = Math.max(elapsed, lowerOf(k))
      return from + ((upperOf(k) - from) * wanted) / part
    }
    wanted -= part
  }
  return LONGEST
}

const sum = (row: readonly number[]) => row.reduce((total, n) => total + n, 0)
