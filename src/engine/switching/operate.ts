/**
 * A dispatcher's switching: taken over at once, or kept until it is due. Asked again with the same
 * request id it changes nothing. What it means for the network is settled at the next tick.
 */
import type { Position, SwitchingFact } from '../../facts/facts.ts'
import { noteSwitching, takeWord } from '../evidence/positions.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { noteReclosing } from './reclosing.ts'
import type { Operation } from './state.ts'

/** Decided requests kept: repeats come within minutes, not a thousand operations later. */
const DECIDED_KEPT = 1_000

export function admitSwitching(world: World, position: Position, fact: SwitchingFact): void {
  const { switching } = world
  const { requestId, device, at, source, by } = fact
  if (switching.decided.some((one) => one.requestId === requestId)) return
  const open = fact.position === 'open'
  const operation: Operation = { requestId, device, open, at, source, by, position }
  switching.decided = [...switching.decided, operation].slice(-DECIDED_KEPT)
  if (source === 'planned' && at > fact.receivedAt)
    switching.planned = [...switching.planned, operation].sort(
      (a, b) => a.at - b.at || a.position - b.position,
    )
  else {
    world.belief.hearing = fact.receivedAt
    if (fact.reclosing) noteReclosing(world, device, fact.reclosing, at)
    carryOut(world, operation)
  }
}

/** A planned operation will not be done; asked again with its request id it is still decided. */
export function cancelSwitching({ switching }: World, requestId: string): void {
  switching.planned = switching.planned.filter((one) => one.requestId !== requestId)
}

/** Planned operations whose time has come are taken as done. */
export function operateAsPlanned(world: World): void {
  const { switching } = world
  const due = switching.planned.filter(({ at }) => at <= world.now)
  if (due.length === 0) return
  switching.planned = switching.planned.slice(due.length)
  for (const operation of due) {
    world.belief.hearing = operation.at
    carryOut(world, operation)
  }
}

function carryOut(world: World, { device: id, open, at, source, by, position }: Operation): void {
  const device = world.grid.devices.ids.indexOf(id)
  if (device < 0) return
  const said = open ? ('open' as const) : ('closed' as const)
  const counters = { boot: undefined, seq: undefined }
  const word = { said, at, dated: true, terminal: NONE, ...counters, source, by }
  if (!takeWord(world, device, word)) return
  noteSwitching(world, device, {
    position,
    observer: source as never,
    observerClass: source,
    said: open ? 'switchOpen' : 'switchClosed',
    at,
    device: id as never,
  })
}
