/**
 * What terminals say of switch positions: one register a device. Order is (boot, seq) of the same
 * terminal where given, else time; so duplicates and shuffled arrival end in the same position.
 */
import type { InstantMs } from '../../facts/time.ts'
import { oddsCost } from '../cost/nats.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { isNewer, type SwitchPosition } from './switch-position.ts'

/** Takes a statement over where it is newer; false where it says nothing new. */
export function takePosition(world: World, device: number, said: SwitchPosition): boolean {
  const held = world.positions.get(device)
  if (held && !isNewer(said, held)) return false
  world.positions.set(device, said)
  settlePosition(world, device)
  return true
}

/** Supply proves that every device of the class is closed, whatever was said before. */
export function provenClosed(world: World, head: number, at: InstantMs): void {
  for (const device of world.network.members(head)) {
    const held = world.positions.get(device)
    if (held?.open && held.at <= at) world.positions.set(device, { ...held, open: false })
  }
  settlePosition(world, head)
}

/** A class is believed open since the earliest of its devices that was reported so. */
export function settlePosition(world: World, device: number): void {
  const head = world.network.head[device]!
  if (head === NONE) return
  let earliest: SwitchPosition | undefined
  for (const member of world.network.members(head)) {
    const held = world.positions.get(member)
    if (held?.open && (!earliest || held.at < earliest.at)) earliest = held
  }
  if (earliest) {
    const cost = oddsCost(world.rules.judgement.positionTrusted)
    world.belief.believeOpen(head, earliest.at, cost, earliest.terminal)
  } else world.belief.believeClosed(head)
}
