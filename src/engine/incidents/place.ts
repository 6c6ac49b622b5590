/** Where things lie to each other in the forest. */
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'

/** True where `head` is `above` or hangs below it. */
export function isHeadBelow(world: World, head: number, above: number): boolean {
  for (let at = head; at !== NONE; at = world.network.above[at]!) if (at === above) return true
  return false
}
