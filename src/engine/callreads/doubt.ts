/**
 * Dark after "restored": a customer who says so is believed enough to have the own meter asked, in the
 * name of what was restored. What it answers is evidence like any other; where it has no supply, that
 * is an incident of its own.
 */
import type { CallerReportFact } from '../../facts/calls.ts'
import { headOver } from '../evidence/calls.ts'
import { metersAt } from '../evidence/premises.ts'
import { type Case, isActive } from '../incidents/case.ts'
import { isHeadBelow } from '../incidents/place.ts'
import type { Publisher } from '../incidents/publish.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { askRound } from './ask.ts'

/** Asks the meters at the caller's premises, where the rules allow it and nobody is asking yet. */
export function askDoubted(world: World, fact: CallerReportFact, publisher: Publisher): void {
  if (!world.rules.judgement.callReads.enabled) return
  if (fact.says !== 'dark' || fact.account === undefined) return
  const point = world.grid.usagePoints.ids.indexOf(fact.usagePoint)
  const head = point < 0 ? NONE : headOver(world, point)
  if (head === NONE) return
  const cases = [...world.cases.values()].filter((one) => isOver(world, one, head))
  // What is still open is asked about anyhow.
  if (cases.length === 0 || cases.some(isActive)) return
  const meters = metersAt(world.grid, point).filter(
    (o) => !world.calls.isWaiting(o) && world.links.get(world.identityOf(o)) !== 0,
  )
  if (meters.length === 0) return
  const { reads } = cases.at(-1)!
  const round = reads.samples + 1
  const why = { reason: 'restoration', round, since: reads } as const
  if (askRound(world, cases.at(-1)!, meters, why, publisher) !== 'none') reads.samples = round
}

function isOver(world: World, { head, observer, outcome }: Case, below: number): boolean {
  return outcome === null && observer === NONE && isHeadBelow(world, below, head)
}
