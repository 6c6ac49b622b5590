/**
 * Who is without supply now, from the network as it hangs at this moment: by the open incidents over a
 * usage point, and what its own meter says. Reads the engine's world between two facts.
 */
import { ON } from '../../engine/evidence/registers.ts'
import { type Case, isActive } from '../../engine/incidents/case.ts'
import { extentOf, subtree } from '../../engine/incidents/extent.ts'
import { NONE } from '../../engine/inference/network.ts'
import type { World } from '../../engine/world.ts'
import type { InstantMs } from '../../facts/time.ts'
import { TARGET_DEVICE, TARGET_USAGE_POINT } from '../../grid/compiled.ts'
import { DEVICE_TYPES } from '../../grid/model.ts'
import { lostPhasesOf } from '../lost-phases.ts'

const TRANSFORMER = DEVICE_TYPES.indexOf('transformer')

/** What is over a usage point: an open incident by number, nothing, or its meter says otherwise. */
export type Cover = { readonly is: 'dark'; readonly by: number } | { readonly is: 'lit' | 'unsure' }

/** Answers what is over usage points, for as long as no fact is applied. */
export function coverOf(world: World): (point: number) => Cover {
  const { network, grid } = world
  const byHead = new Map<number, Case[]>()
  for (const one of world.cases.values()) {
    if (!isActive(one) || one.finding !== null || one.outcome !== null) continue
    const others = byHead.get(one.head)
    if (others) others.push(one)
    else byHead.set(one.head, [one])
  }
  return (point) => {
    let at: number = NONE
    for (
      let d = grid.usagePoints.device[point]!;
      d >= 0 && at === NONE;
      d = world.topology.parent[d]!
    )
      at = network.head[d]!
    for (; at !== NONE; at = network.above[at]!)
      for (const one of byHead.get(at) ?? []) {
        if (!concerns(world, one, point)) continue
        return saysOn(world, one, point) ? { is: 'unsure' } : { is: 'dark', by: one.number }
      }
    return { is: 'lit' }
  }
}

/** It stands for this very point or for all below its device, on a phase that the point has. */
function concerns(world: World, incident: Case, point: number): boolean {
  const { observer } = incident
  if (observer !== NONE && world.grid.observers.target[observer] !== point) return false
  return lostPhasesOf(world, incident, point) !== 0
}

/** The point's own meter has said since that it has supply. */
function saysOn({ grid, registers }: World, { startedAt }: Case, point: number): boolean {
  const { observers, usagePoints } = grid
  const device = usagePoints.device[point]!
  for (let o = observers.firstMeter[device]!; o < observers.firstMeter[device + 1]!; o++)
    if (observers.targetKind[o] === TARGET_USAGE_POINT && observers.target[o] === point)
      return registers.state[o] === ON && registers.atOf(o) > startedAt
  return false
}

/**
 * Whether somebody at the very place of a usage point (its meter box, or its transformer) has said since
 * then that supply is back: a meter, or the terminal it speaks through. While an outage goes on elsewhere,
 * that alone shows that it is over here.
 */
export function backSince(world: World, since: InstantMs): (point: number) => boolean {
  const { observers, usagePoints } = world.grid
  const { registers } = world
  const isOn = (observer: number) =>
    registers.state[observer] === ON && registers.atOf(observer) > since
  const known = new Map<number, boolean>()
  return (point) => {
    const device = usagePoints.device[point]!
    let back = known.get(device)
    for (let o = observers.firstMeter[device]!; back === undefined; o++) {
      if (o === observers.firstMeter[device + 1]) back = false
      else if (isOn(o) || speaksThere(world, o, device, isOn)) back = true
    }
    known.set(device, back)
    return back
  }
}

function speaksThere(
  { grid: { observers } }: World,
  meter: number,
  device: number,
  isOn: (observer: number) => boolean,
): boolean {
  const via = observers.via[meter]!
  if (via < 0 || observers.targetKind[via] !== TARGET_DEVICE) return false
  return observers.target[via] === device && isOn(via)
}

/** Usage points below devices, in index order, a page at a time. */
export class PointsBelow {
  readonly #world: World
  readonly #devices: readonly number[]
  /** A single one, or all of the devices. */
  readonly #only: readonly number[] | undefined

  constructor(world: World, devices: readonly number[], only?: readonly number[]) {
    this.#world = world
    this.#devices = devices
    this.#only = only
  }

  /** At most `limit` after `after`. */
  after(after: number, limit: number): number[] {
    if (this.#only) return this.#only.filter((point) => point > after).slice(0, limit)
    const { first } = this.#world.grid.usagePoints
    const found: number[] = []
    for (let i = this.#firstWith(after + 1); i < this.#devices.length; i++) {
      const device = this.#devices[i]!
      for (let p = Math.max(first[device]!, after + 1); p < first[device + 1]!; p++) {
        found.push(p)
        if (found.length === limit) return found
      }
    }
    return found
  }

  /** Place of the first device that has points from `point` on. */
  #firstWith(point: number): number {
    const { first } = this.#world.grid.usagePoints
    let low = 0
    let high = this.#devices.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (first[this.#devices[middle]! + 1]! > point) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** Those that an open incident keeps without supply. */
export function pointsOf(world: World, number: number): PointsBelow {
  const incident = world.cases.get(number)
  if (!incident || !isActive(incident) || incident.finding !== null)
    return new PointsBelow(world, [])
  const { observer } = incident
  if (observer !== NONE) return new PointsBelow(world, [], [world.grid.observers.target[observer]!])
  return new PointsBelow(world, extentOf(world, incident).devices)
}

/** Those that an announced outage names, under the present switch positions. */
export function pointsOfPlan(
  world: World,
  plan: { readonly devices: readonly string[]; readonly usagePoints: readonly string[] },
): PointsBelow {
  const { devices, usagePoints } = world.grid
  const below = new Set<number>()
  for (const id of plan.devices) {
    const device = devices.ids.indexOf(id)
    if (device >= 0) for (const one of subtree(world.topology, device)) below.add(one)
  }
  const named = plan.usagePoints.map((id) => usagePoints.ids.indexOf(id)).filter((p) => p >= 0)
  if (named.length === 0)
    return new PointsBelow(
      world,
      [...below].sort((a, b) => a - b),
    )
  const all = new Set(named)
  for (const d of below)
    for (let p = usagePoints.first[d]!; p < usagePoints.first[d + 1]!; p++) all.add(p)
  return new PointsBelow(
    world,
    [],
    [...all].sort((a, b) => a - b),
  )
}

/** The transformer that a usage point hangs at, −1 for none. */
export function transformerOf({ grid, topology }: World, point: number): number {
  const { type } = grid.devices
  let at = grid.usagePoints.device[point]!
  while (at >= 0 && type[at] !== TRANSFORMER) at = topology.parent[at]!
  return at
}
