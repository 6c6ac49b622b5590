/**
 * Boxes (表箱) of which nobody answered when they were asked after supply came back. One meter that never
 * said anything is a bad link; two of a box that were dark with the rest, of which neither says "on" nor
 * answers, are a doubt worth a crew: from then on their word is awaited.
 */
import { AWAITED, ON, QUIET } from '../evidence/registers.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'

/** `silent`: those whose time to answer about a return is over. */
export function awaitSilentBoxes(world: World, silent: readonly number[]): void {
  const { belief, registers } = world
  const boxes = new Map<number, number[]>()
  for (const observer of silent) {
    const box = belief.headOf[observer]!
    if (box !== NONE && registers.state[observer] !== ON && cameBack(world, box))
      boxes.set(box, [...(boxes.get(box) ?? []), observer])
  }
  for (const [box, members] of boxes) {
    if (members.length < 2 || isHeardLive(world, box)) continue
    for (const observer of members)
      if (registers.state[observer] === QUIET) belief.become(observer, AWAITED)
  }
}

function cameBack({ belief, network }: World, head: number): boolean {
  for (let at = head; at !== NONE; at = network.above[at]!) if (belief.cameBack.has(at)) return true
  return false
}

function isHeardLive({ network, registers }: World, box: number): boolean {
  let live = false
  network.eachSeated(box, (observer) => {
    if (registers.state[observer] === ON) live = true
  })
  return live
}
