/** Proof of supply below a device: what it costs an outage that all of it was false. */
import type { InstantMs } from '../../facts/time.ts'
import { ON } from '../evidence/registers.ts'
import type { Belief } from './belief.ts'
import { NONE } from './network.ts'

/** What the ons below `head` since a time cost, if it were dead. */
export function onsSince(belief: Belief, head: number, since: InstantMs): number {
  if (belief.sums.lastOn(head) < since) return 0
  let cost = 0
  belief.network.eachSeated(head, (observer) => {
    if (belief.registers.state[observer] === ON && belief.registers.atOf(observer) >= since)
      cost += belief.model.classes[belief.model.classOf[observer]!]!.onDead
  })
  const { network } = belief
  for (let c = network.firstBelow[head]!; c !== NONE; c = network.nextBeside[c]!)
    cost += onsSince(belief, c, since)
  return cost
}
