/** What the engine holds of one usage point now: read only, between two facts. */
import { OFF, ON } from '../engine/evidence/registers.ts'
import { type Case, isActive } from '../engine/incidents/case.ts'
import { incidentId } from '../engine/incidents/incident-id.ts'
import { NONE } from '../engine/inference/network.ts'
import { posterior } from '../engine/inference/posterior.ts'
import { backBelow } from '../engine/repair/back.ts'
import type { World } from '../engine/world.ts'
import { TARGET_USAGE_POINT } from '../grid/compiled.ts'
import type { SupplyView } from '../hotline/card.ts'
import { lostPhasesOf } from './lost-phases.ts'

/** Supply of the usage point with this index, its meter's word, and the incidents over it. */
export function supplyOf(world: World, point: number): SupplyView {
  const { grid, topology, network } = world
  const path: number[] = []
  for (let at = grid.usagePoints.device[point]!; at >= 0; at = topology.parent[at]!) path.push(at)
  const meter = meterOf(world, point)
  const head = path.map((device) => network.head[device]!).find((one) => one !== NONE) ?? NONE
  const state = meter === NONE ? undefined : world.registers.state[meter]
  const heardAt = meter === NONE ? 0 : world.registers.atOf(meter)
  const over = casesOver(world, head, meter)
  const dead = isBack(world, point, meter) || head === NONE ? 0 : deadAt(world, head, meter)
  return {
    dead: state === OFF ? dead : Math.min(dead, 1 - sparedBy(world, over, point)),
    path,
    incidents: over.map(({ number }) => incidentId(number)),
    meterSaid: state === OFF ? 'off' : state === ON ? 'on' : 'nothing',
    meterHeardAt: heardAt === 0 ? null : heardAt,
    asOf: world.now,
  }
}

/** In a part that is back while the device above it stays open, and its own meter has not said "off" since. */
function isBack(world: World, point: number, meter: number): boolean {
  const { cases, grid, registers } = world
  if (meter !== NONE && registers.state[meter] === OFF) return false
  const device = grid.usagePoints.device[point]!
  return [...cases.values()].some((one) => isActive(one) && backBelow(world, one).has(device))
}

function meterOf({ grid }: World, point: number): number {
  const { observers, usagePoints } = grid
  const device = usagePoints.device[point]!
  for (let o = observers.firstMeter[device]!; o < observers.firstMeter[device + 1]!; o++)
    if (observers.targetKind[o] === TARGET_USAGE_POINT && observers.target[o] === point) return o
  return NONE
}

/** P(dead) of the meter's own service, else right below the lowest device that evidence touches. */
function deadAt({ belief, network }: World, head: number, meter: number): number {
  const root = network.rootOf(head)
  if (!belief.lit(root)) return 0
  const nodes = posterior(belief, root)
  const own = nodes.find(({ observer }) => meter !== NONE && observer === meter)
  if (own) return own.dead
  const byHead = new Map(
    nodes.filter(({ observer }) => observer === NONE).map((node) => [node.head, node.dead]),
  )
  for (let at = head; at !== NONE; at = network.above[at]!) {
    const dead = byHead.get(at)
    if (dead !== undefined) return dead
  }
  return 0
}

/**
 * Probability of an open outage over the point that takes other phases than the point's, and of none
 * beside it that takes them: 0 where that is not so. Who spoke of single phases counts as dark above.
 */
function sparedBy(world: World, over: readonly Case[], point: number): number {
  const open = over.filter((one) => isActive(one) && one.finding === null)
  if (open.some((one) => lostPhasesOf(world, one, point) !== 0)) return 0
  return open.reduce((least, { probability }) => Math.min(least, probability), open.length && 1)
}

/** Cases whose place is the usage point or above it, the highest first. */
function casesOver({ cases, network }: World, head: number, meter: number): readonly Case[] {
  const depthOf = new Map<number, number>()
  for (let at = head, depth = 0; at !== NONE; at = network.above[at]!) depthOf.set(at, depth++)
  return [...cases.values()]
    .filter((one) => one.outcome === null && depthOf.has(one.head))
    .filter(({ observer }) => observer === NONE || observer === meter)
    .sort(
      (a, b) =>
        Number(isActive(b)) - Number(isActive(a)) ||
        depthOf.get(b.head)! - depthOf.get(a.head)! ||
        a.number - b.number,
    )
}
