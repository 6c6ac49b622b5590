/**
 * A caller is dark and the network is not: the relay was opened for arrears (费控跳闸), the supply was
 * announced to be cut, or it is behind the meter (客户内部). `domain.md` §1.8, 3 to 5.
 */
import type { IncidentKind } from '../changes.ts'
import { headOver } from '../evidence/calls.ts'
import { ON } from '../evidence/registers.ts'
import { NONE } from '../inference/network.ts'
import { isPointByPoint, KIND_OF_PLAN } from '../plans/plan.ts'
import { isWithin } from '../plans/turn.ts'
import { awaitsReconnection } from '../service/reconnect.ts'
import type { World } from '../world.ts'
import { caseOver, type Finding, heardOf } from './finding.ts'

/** What explains the callers below `root` that lie in no outage. */
export function ownSideOf(world: World, root: number): Finding[] {
  const found: Finding[] = []
  for (const point of world.belief.called.below(root)) {
    const { darkSince, meters } = world.belief.called.points.get(point)!
    if (darkSince === undefined) continue
    const head = headOver(world, point)
    const observer = meters[0] ?? NONE
    if (caseOver(world, head, observer)) continue
    const kind = kindOf(world, point, meters, darkSince)
    if (!kind) continue
    const { usagePoints, observers } = world.grid
    const names = new Set<string>(meters.map((meter) => observers.ids.idOf(meter)))
    const pointName = usagePoints.ids.idOf(point)
    found.push({
      key: `own/${pointName}`,
      kind,
      head,
      observer,
      level: 'service',
      startedAt: darkSince,
      evidence: heardOf(world, head, ({ observer: said, observerClass }) =>
        observerClass === 'caller' ? said === pointName : names.has(said),
      ),
      positions: world.callers
        .keysAt(point)
        .map((key) => world.callers.registers.get(key)!.position),
    })
  }
  return found
}

function kindOf(
  world: World,
  point: number,
  meters: readonly number[],
  darkSince: number,
): IncidentKind | undefined {
  const named = world.plans.atPoint.get(point)?.filter((one) => isWithin(world, one, darkSince))
  const plan = named?.find((one) => !isPointByPoint(one)) ?? named?.[0]
  if (plan) return KIND_OF_PLAN[plan.kind]
  if (meters.some((meter) => world.relaysOpen.has(meter))) return 'arrears'
  if (awaitsReconnection(world, point, meters)) return 'arrears'
  const { state } = world.registers
  const supplied = (meter: number) =>
    state[meter] === ON && world.registers.atOf(meter) >= darkSince
  return meters.some(supplied) ? 'customerInternal' : undefined
}
