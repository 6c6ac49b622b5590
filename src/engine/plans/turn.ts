/**
 * Plans take effect: in its window a plan makes "open here" cheap, so that the outage explains
 * itself; what outgrows it is then found upstream with no rule for it (DESIGN §3).
 */
import type { InstantMs } from '../../facts/time.ts'
import { oddsCost } from '../cost/nats.ts'
import { metersAt } from '../evidence/premises.ts'
import { isActive } from '../incidents/case.ts'
import { subtree } from '../incidents/extent.ts'
import { expectOpen } from '../inference/leaning.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { isPointByPoint, type Plan } from './plan.ts'

const MINUTE_MS = 60_000

/** True where an outage that began at `at` may be this plan's (`domain.md` §1.8.1). */
export function isWithin(world: World, { from, to }: Plan, at: InstantMs): boolean {
  const margin = world.rules.judgement.plans.marginMinutes * MINUTE_MS
  return at >= from - margin && at <= to + margin
}

/** True where the plan's outage should be over for so long that people must be told (延时送电). */
export function isOverrun(world: World, { to }: Plan): boolean {
  return world.now > to + world.rules.judgement.plans.overrunMinutes * MINUTE_MS
}

/** Finds out which plans are in force now, drops those that are over, and sets what they make likely. */
export function turnPlans(world: World): void {
  const { plans, now } = world
  const margin = world.rules.judgement.plans.marginMinutes * MINUTE_MS
  const held = new Set<string>()
  for (const incident of world.cases.values())
    if (incident.plan !== null && isActive(incident)) held.add(incident.plan)
  const inForce: Plan[] = []
  plans.nextTurn = Number.POSITIVE_INFINITY
  for (const plan of [...plans.byId.values()]) {
    const { id, from, to } = plan
    if (now < from - margin) plans.nextTurn = Math.min(plans.nextTurn, from - margin)
    else if (now <= to + margin) {
      inForce.push(plan)
      plans.nextTurn = Math.min(plans.nextTurn, to + margin + 1)
    } else if (held.has(id)) {
      inForce.push(plan)
      // Until the incident is over; whether it is, is looked at each minute.
      plans.nextTurn = Math.min(plans.nextTurn, now + MINUTE_MS)
    } else plans.byId.delete(id)
  }
  applyPlans(world, inForce)
}

/** Makes exactly these plans count: prior costs of their devices and usage points. */
export function applyPlans(world: World, inForce: readonly Plan[]): void {
  const { plans, network, grid } = world
  plans.inForce = inForce
  plans.atHead.clear()
  plans.atPoint.clear()
  for (const plan of inForce) {
    for (const name of plan.devices) {
      const device = grid.devices.ids.indexOf(name)
      const head = headOf(world, device)
      if (head === NONE) continue
      if (isPointByPoint(plan))
        for (const point of pointsBelow(world, device)) listAt(plans.atPoint, point, plan)
      else listAt(plans.atHead, head, plan)
    }
    for (const name of plan.usagePoints) {
      const point = grid.usagePoints.ids.indexOf(name)
      if (point >= 0) listAt(plans.atPoint, point, plan)
    }
  }
  const cost = oddsCost(world.rules.judgement.plans.trusted)
  const heads = new Map<number, number>()
  const services = new Map<number, number>()
  for (const head of plans.atHead.keys()) heads.set(head, cost)
  for (const [point, named] of plans.atPoint) {
    // Of many one is exchanged at a time: all of them dark together are no likelier than elsewhere.
    if (named.every(isPointByPoint)) continue
    const head = headOf(world, grid.usagePoints.device[point]!)
    if (head === NONE) continue
    if (network.holdsService[head] === 1) heads.set(head, cost)
    else for (const meter of metersAt(grid, point)) services.set(meter, cost)
  }
  for (const head of expectOpen(world.belief, heads, services)) {
    const root = world.belief.network.rootOf(head)
    if (world.belief.lit(root)) world.again.set(root, world.now)
  }
}

/** Usage points that hang below a device now. */
function* pointsBelow({ topology, grid }: World, device: number): Generator<number> {
  const { first } = grid.usagePoints
  for (const d of subtree(topology, device))
    for (let point = first[d]!; point < first[d + 1]!; point++) yield point
}

function headOf({ network }: World, device: number): number {
  return device < 0 ? NONE : network.head[device]!
}

function listAt(map: Map<number, Plan[]>, key: number, plan: Plan): void {
  const list = map.get(key)
  if (!list) map.set(key, [plan])
  else if (!list.includes(plan)) list.push(plan)
}
