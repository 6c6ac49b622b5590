/** Facts of a minute by kind, for the series and the status page. */
import type { Fact } from '../facts/facts.ts'
import type { ReportsChange } from './figure-changes.ts'
import { partOf } from './summary/across.ts'
import type { World } from './world.ts'

/** Neither time nor what engines tell each other, or ask for, was heard of the network. */
const NOT_HEARD: ReadonlySet<string> = new Set([
  'tick',
  'partCounted',
  'wholeJudged',
  'feederTaken',
  'feedersLeft',
  'stormTurned',
])

export function count(world: World, fact: Fact): void {
  const key =
    fact.type === 'report'
      ? fact.kind
      : fact.type === 'link'
        ? fact.state
        : fact.type === 'quarantined'
          ? `quarantined.${fact.reason}`
          : fact.type
  if (!NOT_HEARD.has(key)) world.counts.set(key, (world.counts.get(key) ?? 0) + 1)
}

/** What was counted since the minute that began at `at`. */
export function countedMinute(world: World, at: number): ReportsChange {
  const part = partOf(world)
  return {
    type: 'reports',
    at,
    counts: Object.fromEntries([...world.counts].sort(([a], [b]) => (a < b ? -1 : 1))),
    // Of engines side by side each counts its own.
    ...(part > 0 ? { part } : {}),
  }
}
