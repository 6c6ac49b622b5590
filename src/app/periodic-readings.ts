/**
 * Readings that a terminal sends by itself, again and again: kept for the series. The engine hears of one
 * only where it says something new: voltages below a threshold, or any of a place where something is wrong.
 */

import { ON, QUIET } from '../engine/evidence/registers.ts'
import { measuredSupply } from '../engine/evidence/volts.ts'
import { isActive } from '../engine/incidents/case.ts'
import { NONE } from '../engine/inference/network.ts'
import type { World } from '../engine/world.ts'
import type { Fact, ReadingFact } from '../facts/facts.ts'
import type { ReadingLog } from '../journal/port.ts'

/** True for voltages that nobody asked for. */
export function isUnasked(fact: Fact): fact is ReadingFact {
  if (fact.type !== 'reading' || fact.call !== undefined || fact.replayed) return false
  return fact.readings.some(({ volts }) => volts !== undefined)
}

export class PeriodicReadings {
  readonly #world: () => World | undefined
  /** Trees with an open incident, as of a moment of a world; incidents come with ticks alone. */
  #troubled:
    | { readonly world: World; readonly at: number; readonly roots: ReadonlySet<number> }
    | undefined

  constructor(world: () => World | undefined) {
    this.#world = world
  }

  /** Whether the engine must hear of it; of everything that is no unasked reading: yes. */
  isNews(fact: Fact): boolean {
    const world = this.#world()
    if (!world || !isUnasked(fact)) return true
    return !fact.readings.every((reading) => this.#saysNothingNew(world, reading))
  }

  #saysNothingNew(
    world: World,
    { target, result, volts }: ReadingFact['readings'][number],
  ): boolean {
    const { grid, registers, belief, rules } = world
    if (result !== 'energised' || !volts) return false
    const observer = grid.observers.ids.indexOf(target)
    if (observer < 0) return false
    const state = registers.state[observer]
    if (state !== QUIET && state !== ON) return false
    const head = belief.headOf[observer]!
    if (head === NONE || world.relaysOpen.has(observer)) return false
    const own = grid.observers.phases[observer]!
    const measured = measuredSupply(rules.judgement.voltage, volts, own, undefined)
    if (!measured || measured.off) return false
    const root = belief.network.rootOf(head)
    return !belief.lit(root) && !world.news.has(root) && !this.#troubledIn(world).has(root)
  }

  #troubledIn(world: World): ReadonlySet<number> {
    const known = this.#troubled
    if (known?.world === world && known.at === world.now) return known.roots
    const roots = new Set<number>()
    for (const cases of [world.cases, world.findings])
      for (const incident of cases.values())
        if (isActive(incident)) roots.add(world.network.rootOf(incident.head))
    this.#troubled = { world, at: world.now, roots }
    return roots
  }
}

/**
 * The way of facts from terminals into a process that judges itself: readings that nobody asked for
 * beside the facts, and of them into the journal what is news.
 */
export function intakeOf(
  readings: ReadingLog,
  worlds: () => readonly World[],
  append: (fact: Fact) => Promise<number>,
): (fact: Fact) => Promise<number> {
  const periodic = new PeriodicReadings(() => worlds()[0])
  return async (fact) => {
    if (!isUnasked(fact)) return append(fact)
    if (!periodic.isNews(fact)) return readings.keep(fact)
    const [position] = await Promise.all([append(fact), readings.keep(fact)])
    return position
  }
}
