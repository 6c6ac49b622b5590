/**
 * What is known here of terminals without link, by unit: whose dead cell it may be (`domain.md` §1.5).
 * An engine that judges a part of the network tells its share; the part that sums adds them up.
 */
import type { CellShare, LostLinks, LostTerminal } from '../../facts/parts.ts'
import type { InstantMs } from '../../facts/time.ts'
import { OFF } from '../evidence/registers.ts'
import { isActive } from '../incidents/case.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'

/** Losses told together: a twelfth of the two minutes within which those of a cell are lost. */
export const TOLD_TOGETHER_MS = 10_000
/** Terminals named of a share: staff see by them what it rests on; the counts decide. */
const MAX_NAMED = 5

/** Of one unit, by index. */
export interface UnitLinks {
  /** Terminals whose link was ever heard of. */
  readonly heard: number
  /** Without link, in index order; they said nothing of their supply and lie in no outage here. */
  readonly silent: readonly number[]
}

/** Of units whose terminals were ever heard of, in index order. */
export function linksByUnit(world: World): Map<number, UnitLinks> {
  const found = new Map<number, { heard: number; silent: number[] }>()
  for (const terminal of world.links.keys()) {
    const unit = unitOf(world, terminal)
    const links = found.get(unit)
    if (links) links.heard++
    else found.set(unit, { heard: 1, silent: [] })
  }
  const dark = new Set<number>()
  for (const incident of world.cases.values())
    if (isActive(incident) && incident.observer === NONE) dark.add(incident.head)
  for (const terminal of [...world.offlineSince.keys()].sort((a, b) => a - b)) {
    const head = world.belief.headOf[terminal]!
    if (head === NONE || world.registers.state[terminal] === OFF) continue
    if (!liesBelow(world, head, dark)) found.get(unitOf(world, terminal))?.silent.push(terminal)
  }
  return new Map([...found].sort(([a], [b]) => a - b))
}

/** What this part tells the one that sums: of each unit no more than can still be of its dead cell. */
export function cellShares(world: World): CellShare[] {
  return [...linksByUnit(world)].map(([unit, { heard, silent }]) => {
    const id = world.grid.units[unit]?.id ?? ''
    const since = (terminal: number) => world.offlineSince.get(terminal)!.at
    const latest = silent.reduce((last, terminal) => Math.max(last, since(terminal)), 0)
    const window = latest - world.rules.judgement.comms.withinSeconds * 1000
    const known = world.across.judged?.cells?.find((cell) => cell.unit === id)?.since
    const began = Math.min(window, known ?? window)
    const counted = silent.filter((terminal) => since(terminal) >= began)
    // Of a cell that has long been dead the first losses need not be told apart any more.
    const at = (terminal: number) => together(since(terminal) < window ? began : since(terminal))
    return {
      unit: id,
      heard,
      lost: lossesBy(world, counted, at),
      latest: latestFirst(world, counted).slice(0, MAX_NAMED).map(namedOf(world)),
    }
  })
}

/** Losses of these terminals, those at one moment as one; oldest first. */
export function lossesBy(
  world: World,
  silent: readonly number[],
  at: (terminal: number) => InstantMs,
): LostLinks[] {
  const terminals = new Map<InstantMs, number>()
  const lastOf = new Map<number, InstantMs>()
  for (const terminal of silent) {
    const feeder = feederOf(world, terminal)
    const lostAt = at(terminal)
    terminals.set(lostAt, (terminals.get(lostAt) ?? 0) + 1)
    lastOf.set(feeder, Math.max(lostAt, lastOf.get(feeder) ?? lostAt))
  }
  const feeders = new Map<InstantMs, number>()
  for (const lastAt of lastOf.values()) feeders.set(lastAt, (feeders.get(lastAt) ?? 0) + 1)
  return [...terminals]
    .sort(([a], [b]) => a - b)
    .map(([lostAt, count]) => {
      return { at: lostAt, terminals: count, feeders: feeders.get(lostAt) ?? 0 }
    })
}

const together = (at: InstantMs) => at - (at % TOLD_TOGETHER_MS)

/** Those lost latest first; of equals in index order. */
function latestFirst(world: World, silent: readonly number[]): number[] {
  const since = (terminal: number) => world.offlineSince.get(terminal)!.at
  return [...silent].sort((a, b) => since(b) - since(a) || a - b)
}

export function feederOf({ grid, belief }: World, terminal: number): number {
  return grid.devices.feeder[belief.headOf[terminal]!] ?? NONE
}

const namedOf =
  ({ grid, offlineSince }: World) =>
  (terminal: number): LostTerminal => ({
    terminal: grid.observers.ids.idOf(terminal) as LostTerminal['terminal'],
    ...offlineSince.get(terminal)!,
  })

function unitOf(world: World, terminal: number): number {
  return world.grid.feeders[feederOf(world, terminal)]?.unit ?? NONE
}

function liesBelow({ network }: World, head: number, heads: ReadonlySet<number>): boolean {
  for (let at = head; at !== NONE; at = network.above[at]!) if (heads.has(at)) return true
  return false
}
