/**
 * Sums across engines that judge parts of one network. The part on lane 0 sums: the others tell it
 * their figures, and it tells them what follows. An engine that judges alone hears of no other part.
 */
import type { Position } from '../../facts/facts.ts'
import type { PartCountedFact, WholeJudgedFact } from '../../facts/parts.ts'
import { laneOf } from '../lane.ts'
import type { World } from '../world.ts'

/** The lane that sums, there as soon as there is any. */
export const SUMMING = 0

/** The part that this world judges. */
export const partOf = (world: World): number => laneOf(world.nextCase)

export const isSumming = (world: World): boolean => partOf(world) === SUMMING

/** Takes what another part says; what it said of more of its journal stands. */
export function hearAcross(
  world: World,
  position: Position,
  fact: PartCountedFact | WholeJudgedFact,
): void {
  const { across } = world
  if (fact.type === 'wholeJudged') {
    const { type: _, receivedAt: __, ...judged } = fact
    if (isSumming(world) || judged.upTo <= (across.judged?.upTo ?? 0)) return
    world.across = { ...across, judged, turned: true }
    return
  }
  const { type: _, receivedAt: __, ...figures } = fact
  const known = across.parts.find(({ part }) => part === figures.part)
  if (!isSumming(world) || figures.part === SUMMING || figures.upTo <= (known?.upTo ?? 0)) return
  const others = across.parts.filter((one) => one !== known)
  const parts = [...others, { ...figures, position }].sort((a, b) => a.part - b.part)
  world.across = { ...across, parts, turned: true }
}

/** Customers and rating of transformers without supply in other parts, of these units. */
export function outElsewhere(
  { across }: World,
  units: ReadonlySet<string>,
): { customers: number; ratedVa: number } {
  const out = { customers: 0, ratedVa: 0 }
  for (const part of across.parts)
    for (const { unit, customersOut, ratedVaOut = 0 } of part.units)
      if (units.has(unit)) {
        out.customers += customersOut
        out.ratedVa += ratedVaOut
      }
  return out
}
