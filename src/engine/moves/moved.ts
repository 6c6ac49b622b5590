/**
 * Feeders leave this part of the network, or come to it. Who leaves is drained, so nothing is open: what
 * was said of it is forgotten here, and begins anew there, but for what nobody says twice.
 */
import type {
  EndedStretch,
  FeedersLeftFact,
  FeederTakenFact,
  KnownLink,
} from '../../facts/moves.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { deviceUnder, feederOfDevice } from '../../grid/feeder-of.ts'
import { settleCallers } from '../evidence/calls.ts'
import { admitLink } from '../evidence/links.ts'
import { forgetSaid } from '../evidence/replaced.ts'
import { observerOfKey } from '../incidents/ended.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { heldBy, indicesOf } from './held.ts'

/** What the part that takes a feeder is told of it, by the one that has it. */
export function knownOf(
  world: World,
  id: string,
  now: number,
): Pick<FeederTakenFact, 'links' | 'ended'> {
  const feeders = indicesOf(world, [id])
  return { links: linksOn(world, feeders, now), ended: endedOn(world, feeders) }
}

/** Takes a feeder over, or lets feeders go where nothing is open on them. */
export function moveFeeders(
  world: World,
  position: number,
  fact: FeederTakenFact | FeedersLeftFact,
): void {
  if (fact.type === 'feederTaken') takeOver(world, position, fact)
  else if (heldBy(world, fact.feeders).length === 0) letGo(world, fact)
}

function takeOver(world: World, position: number, { feeder, links, ended }: FeederTakenFact): void {
  world.left.delete(feeder)
  const { network, grid } = world
  for (const { device, meter, to, returned } of ended) {
    const observer = meter === undefined ? NONE : grid.observers.ids.indexOf(meter)
    const head = network.head[grid.devices.ids.indexOf(device)] ?? NONE
    if (head === NONE || (meter !== undefined && observer < 0)) continue
    if (returned) world.ended.addReturn(network, { head, observer }, to)
    else world.ended.addStretch(network, { head, observer }, to)
  }
  // The ledger has them from the part that heard them.
  for (const { terminal, state, since } of links)
    admitLink(world, position, { type: 'link', receivedAt: since, terminal, state })
}

function letGo(world: World, { feeders: ids, part }: FeedersLeftFact): void {
  const feeders = indicesOf(world, ids)
  for (const id of ids) world.left.set(id, part)
  for (const terminal of [...world.links.keys()])
    if (isOn(world.grid, terminal, feeders)) {
      world.links.delete(terminal)
      world.linksTurned = true
      world.offlineSince.delete(terminal)
    }
  for (const observer of observersOn(world.grid, feeders)) forget(world, observer)
  for (const [device] of [...world.switchWords])
    if (isBelow(world.grid, device, feeders)) world.switchWords.delete(device)
  for (const [key, { point }] of [...world.callers.registers])
    if (isBelow(world.grid, world.grid.usagePoints.device[point]!, feeders)) {
      world.callers.drop(key)
      settleCallers(world, point)
    }
}

/** Who never said anything has nothing to be forgotten, but may have been spoken for. */
function forget(world: World, observer: number): void {
  world.relaysOpen.delete(observer)
  world.answeredLive.delete(observer)
  world.belief.leaveUnanswered(observer, 0)
  forgetSaid(world, observer)
}

function* observersOn(grid: CompiledGrid, feeders: ReadonlySet<number>): Generator<number> {
  const { firstMeter } = grid.observers
  for (let terminal = 0; terminal < firstMeter[0]!; terminal++)
    if (isOn(grid, terminal, feeders)) yield terminal
  const { feeder } = grid.devices
  for (let device = 0; device < feeder.length; device++)
    if (feeders.has(feeder[device]!))
      for (let meter = firstMeter[device]!; meter < firstMeter[device + 1]!; meter++) yield meter
}

function isOn(grid: CompiledGrid, terminal: number, feeders: ReadonlySet<number>): boolean {
  return isBelow(grid, deviceUnder(grid, terminal), feeders)
}

const isBelow = (grid: CompiledGrid, device: number, feeders: ReadonlySet<number>) =>
  feeders.has(feederOfDevice(grid, device) ?? NONE)

function linksOn(
  { grid, links, offlineSince }: World,
  feeders: ReadonlySet<number>,
  now: number,
): KnownLink[] {
  return [...links]
    .filter(([terminal]) => isOn(grid, terminal, feeders))
    .map(([terminal, state]) => ({
      terminal: grid.observers.ids.idOf(terminal) as KnownLink['terminal'],
      state: state === 1 ? 'online' : 'offline',
      since: offlineSince.get(terminal)?.at ?? now,
    }))
}

/** Stretches that did not come back first: what returned later is accounted for as well. */
function endedOn({ grid, belief, ended }: World, feeders: ReadonlySet<number>): EndedStretch[] {
  const found: EndedStretch[] = []
  const find = (ends: ReadonlyMap<number, number>, returned: boolean) => {
    for (const [key, to] of ends) {
      const observer = observerOfKey(key)
      const head = observer === NONE ? key : belief.headOf[observer]!
      if (head === NONE || !isBelow(grid, head, feeders)) continue
      const device = grid.devices.ids.idOf(head) as EndedStretch['device']
      const meter = observer === NONE ? undefined : grid.observers.ids.idOf(observer)
      found.push({
        device,
        ...(meter === undefined ? {} : { meter: meter as never }),
        to,
        returned,
      })
    }
  }
  find(ended.stretches, false)
  find(ended.returns, true)
  return found
}
