/** Which plan an outage belongs to, if any, and whether it outgrew one (`domain.md` §1.8). */
import { DEVICE_TYPES } from '../../grid/model.ts'
import type { Case } from '../incidents/case.ts'
import { extentOf } from '../incidents/extent.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { isPointByPoint, type Plan } from './plan.ts'
import { isWithin } from './turn.ts'

/** The plan that covers the whole place of the case and the time it began; the nearest to it. */
export function planCovering(world: World, incident: Case): Plan | undefined {
  const { atHead, atPoint } = world.plans
  let own: Plan | undefined
  if (incident.observer !== NONE) {
    const point = world.grid.observers.target[incident.observer]!
    own = firstFit(world, atPoint.get(point), incident)
    if (own && !isPointByPoint(own)) return own
  }
  for (let head = incident.head; head !== NONE; head = world.network.above[head]!) {
    const fit = firstFit(world, atHead.get(head), incident)
    if (fit) return fit
  }
  return incident.observer === NONE ? planOfAllPoints(world, incident) : own
}

/**
 * Every usage point below is on lists: the plan of the first of them. A box is opened to exchange its
 * meters; what lies dark from the transformer on is not explained by that.
 */
function planOfAllPoints(world: World, incident: Case): Plan | undefined {
  const { atPoint } = world.plans
  if (incident.customers === 0 || incident.customers > atPoint.size) return undefined
  const { usagePoints } = world.grid
  let first: Plan | undefined
  for (const device of extentOf(world, incident).devices)
    for (let u = usagePoints.first[device]!; u < usagePoints.first[device + 1]!; u++) {
      const fit = firstFit(world, atPoint.get(u), incident)
      if (!fit || (isPointByPoint(fit) && !isOnePlace(world, incident))) return undefined
      first ??= fit
    }
  return first
}

/** Where whoever exchanges meters takes several off at once. */
function isOnePlace({ grid }: World, { head }: Case): boolean {
  const type = DEVICE_TYPES[grid.devices.type[head]!]!
  return type === 'meterBox' || type === 'service'
}

/** A plan in force that names something below the place of the case, which outgrew it. */
export function outgrownPlan(world: World, incident: Case): Plan | undefined {
  if (incident.observer !== NONE) return undefined
  const { above } = world.network
  let first: Plan | undefined
  for (const [planned, plans] of world.plans.atHead) {
    const fit = firstFit(world, plans, incident)
    if (!fit || (first && first.id <= fit.id)) continue
    for (let head = above[planned]!; head !== NONE; head = above[head]!)
      if (head === incident.head) first = fit
  }
  return first
}

/**
 * Of several the one whose id is first, so that the order of announcement decides nothing; orders to
 * exchange meters of a whole area explain what nothing else does.
 */
function firstFit(world: World, plans: readonly Plan[] | undefined, { startedAt }: Case) {
  let first: Plan | undefined
  for (const plan of plans ?? [])
    if (isWithin(world, plan, startedAt) && (!first || goesBefore(plan, first))) first = plan
  return first
}

const goesBefore = (one: Plan, other: Plan) =>
  isPointByPoint(one) === isPointByPoint(other) ? one.id < other.id : isPointByPoint(other)
