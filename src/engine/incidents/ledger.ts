/**
 * Meters that answer a call-read with supply while their area is dark, and never lost it: one or two
 * are booked at the wrong transformer (户变关系错误), so the verdict stands and they are flagged; more
 * show that supply is back. `domain.md` §1.3.
 */
import type { InstantMs } from '../../facts/time.ts'
import { OBSERVER_CLASSES } from '../../grid/model.ts'
import { OFF, ON } from '../evidence/registers.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import type { Case } from './case.ts'
import { setFlag } from './kinds.ts'
import { onsHeard } from './sources.ts'

/** An off this long before the outage's own start is still of this outage: clocks differ. */
const SAME_OUTAGE_MS = 60_000

const METER = OBSERVER_CLASSES.indexOf('meter')

/** True where the observer was read live and said no "off" in an outage that began at `darkFrom`. */
function neverLost({ registers, answeredLive }: World, o: number, darkFrom: InstantMs): boolean {
  if (registers.state[o] !== ON || !answeredLive.has(o)) return false
  const since = darkFrom - SAME_OUTAGE_MS
  return !registers.transitions(o).some(({ off, at }) => off && at >= since)
}

/**
 * Those of a case that were read live and never lost supply, where that is no return: too few of
 * them against an outage that is vouched for. Whoever was found to be one stays one for the case.
 */
export function strangersTo(world: World, incident: Case): ReadonlySet<number> {
  const strangers = new Set<number>()
  if (incident.observer !== NONE) return strangers
  for (const o of world.answeredLive)
    if (isBelow(world, o, incident.head) && neverLost(world, o, incident.darkFrom)) strangers.add(o)
  if (strangers.size === 0) return strangers
  const { meters, share } = world.rules.judgement.ledger
  const vouched =
    incident.flags.includes('ledgerError') || isVouched(world, incident, strangers.size)
  const tolerated = strangers.size <= Math.max(meters, share * incident.customers)
  if (!vouched || !tolerated) return new Set()
  if (strangers.size >= meters) setFlag(incident, 'ledgerError', true)
  return strangers
}

/**
 * Two identities vouch for it and more say "off" than "on"; or so many meters below say off for
 * themselves, though through one terminal, that it cannot be the terminal alone that failed.
 */
function isVouched(world: World, { head, sources }: Case, strangers: number): boolean {
  if (sources >= 2) return world.belief.sums.offs(head) > strangers
  const { meterOffs } = world.rules.judgement.ledger
  if (world.belief.sums.offs(head) < meterOffs) return false
  const { registers, grid } = world
  let said = 0
  world.network.eachObserver(head, (o) => {
    if (registers.state[o] === OFF && grid.observers.class[o] === METER) said++
  })
  return said >= meterOffs
}

/** All that speaks against the case is meters of other transformers: the verdict is kept. */
export function isDeniedByStrangers(world: World, incident: Case): boolean {
  const strangers = strangersTo(world, incident)
  if (strangers.size === 0) return false
  const { head, observer, darkAt } = incident
  return onsHeard(world, head, observer, darkAt, strangers).observers === 0
}

function isBelow({ belief, network }: World, observer: number, head: number): boolean {
  for (let at = belief.headOf[observer]!; at !== NONE; at = network.above[at]!)
    if (at === head) return true
  return false
}
