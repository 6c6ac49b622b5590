/** What people say of the network: plans announced beforehand, customers who call in the dark. */
import { CALL_CHANNELS, type CallerReportFact } from '../../src/facts/calls.ts'
import type { PlanAnnouncedFact } from '../../src/facts/plans.ts'
import type { Random } from '../random.ts'
import type { Arrival } from './arrival.ts'
import { START } from './happenings.ts'
import type { Troubles } from './troubles.ts'
import type { Truth } from './truth.ts'

const MINUTE = 60_000
/** Share of households in the dark that call, and when they do. */
const CALLS = { share: 0.05, soonest: 3 * MINUTE, spread: 10 * MINUTE } as const

export function tellPeople(truth: Truth, troubles: Troubles, random: Random): Arrival[] {
  const told: Arrival[] = []
  if (troubles.plans) told.push(...tellPlans(truth, random))
  if (troubles.callers) told.push(...tellCalls(truth, random))
  return told
}

/** Some of what opens was announced, not always for the time that it takes. */
function tellPlans({ network, happenings }: Truth, random: Random): Arrival[] {
  return happenings.faults.flatMap(({ target, from, to }, index) => {
    if (target.kind !== 'device' || to === null || to - from < 3 * MINUTE || !random.chance(0.5))
      return []
    const arrivesAt = START + 1000 + random.below(10_000)
    const fact: PlanAnnouncedFact = {
      type: 'planAnnounced',
      receivedAt: arrivesAt,
      plan: `plan-${index}`,
      kind: random.chance(0.7) ? 'planned' : 'rationing',
      devices: [network.grid.devices[target.index]!.id as never],
      usagePoints: [],
      from: from - random.below(MINUTE),
      to: to + random.below(6 * MINUTE) - 2 * MINUTE,
      by: 'someone',
      role: 'networkDispatcher',
    }
    return [{ arrivesAt, fact }]
  })
}

/** Few of those in the dark call, minutes later. */
function tellCalls({ network, spells }: Truth, random: Random): Arrival[] {
  return spells.flatMap(({ point, from, to }, index) => {
    const arrivesAt = from + CALLS.soonest + random.below(CALLS.spread)
    if (!random.chance(CALLS.share) || (to !== null && arrivesAt >= to)) return []
    const fact: CallerReportFact = {
      type: 'callerReport',
      receivedAt: arrivesAt,
      requestId: `call-${index}`,
      channel: CALL_CHANNELS[random.below(CALL_CHANNELS.length)]!,
      usagePoint: network.grid.usagePoints[point]!.id as never,
      says: 'dark',
      account: `account-${point}`,
      by: 'someone',
      role: 'agent',
    }
    return [{ arrivesAt, fact }]
  })
}
