/** A caller's word becomes evidence: it speaks for "dark" above their own premises, and no further. */
import type { CallerReportFact } from '../../facts/calls.ts'
import type { InstantMs } from '../../facts/time.ts'
import { isActive } from '../incidents/case.ts'
import { isHeadBelow } from '../incidents/place.ts'
import { hearCallers } from '../inference/leaning.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { metersAt } from './premises.ts'

const MINUTE_MS = 60_000

/** Takes a call in; its tree is judged at the next tick. False where it says nothing new. */
export function admitCall(world: World, position: number, fact: CallerReportFact): boolean {
  const point = world.grid.usagePoints.ids.indexOf(fact.usagePoint)
  if (point < 0) return false
  const turned = world.callers.take(position, fact, point)
  if (turned.length === 0) return false
  for (const one of turned) settleCallers(world, one)
  const head = headOver(world, point)
  if (head === NONE) return true
  world.stir(head, position, {
    position,
    observer: fact.usagePoint as never,
    observerClass: 'caller',
    said: `call:${fact.says}`,
    at: fact.receivedAt,
    device: world.grid.devices.ids.idOf(head) as never,
  })
  return true
}

/** Tells belief what the callers at a usage point say together by now. */
export function settleCallers(world: World, point: number): void {
  const head = headOver(world, point)
  if (head === NONE) return
  const known = world.callers.keysAt(point).length > 0
  const called = { head, meters: metersAt(world.grid, point), ...world.callers.premises(point) }
  hearCallers(world.belief, point, known ? called : undefined)
  const root = world.network.rootOf(head)
  if (world.belief.lit(root)) world.again.set(root, world.now)
}

/** The head above a usage point, `NONE` where it is not energised. */
export function headOver({ grid, network }: World, point: number): number {
  return network.head[grid.usagePoints.device[point]!]!
}

/**
 * What callers below the place said up to `until` is settled: supply is back there. `within` leaves
 * out those below a head of whom that is not known.
 */
export function forgetCallers(
  world: World,
  { head, observer }: { readonly head: number; readonly observer: number },
  until: InstantMs,
  within: (head: number) => boolean = () => true,
): void {
  const own = observer === NONE ? NONE : world.grid.observers.target[observer]!
  for (const point of world.belief.called.below(head))
    if ((own === NONE || own === point) && within(headOver(world, point)))
      dropWhere(world, point, (at) => at <= until)
}

/** Nobody calls again to say that all is well: old words below no open incident go. */
export function forgetOldCalls(world: World): void {
  const { staysMinutes } = world.rules.judgement.calls
  const stale = world.now - staysMinutes * MINUTE_MS
  const heads = [...world.cases.values()].filter(isActive).map(({ head }) => head)
  const points = new Set<number>()
  for (const { point, at } of world.callers.registers.values()) if (at <= stale) points.add(point)
  for (const point of points) {
    const head = headOver(world, point)
    if (head !== NONE && heads.some((above) => isHeadBelow(world, head, above))) continue
    dropWhere(world, point, (at) => at <= stale)
  }
}

/** Customers who called about the place of an incident within the window of the grading rules. */
export function callsOf(
  world: World,
  { head, observer }: { readonly head: number; readonly observer: number },
): number {
  const own = observer === NONE ? NONE : world.grid.observers.target[observer]!
  const since = world.now - world.rules.grading.calls.windowMinutes * MINUTE_MS
  let calls = 0
  for (const point of world.belief.called.below(head)) {
    if (own !== NONE && own !== point) continue
    for (const key of world.callers.keysAt(point)) {
      const { says, at } = world.callers.registers.get(key)!
      if (says !== 'live' && at > since) calls++
    }
  }
  return calls
}

function dropWhere(world: World, point: number, goes: (at: InstantMs) => boolean): void {
  const { callers } = world
  let dropped = false
  for (const key of callers.keysAt(point)) {
    if (!goes(callers.registers.get(key)!.at)) continue
    callers.drop(key)
    dropped = true
  }
  if (dropped) settleCallers(world, point)
}
