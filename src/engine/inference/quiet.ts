/** What silence everywhere costs where the window of a case is over (the benchmark). */
import { DELAY_HORIZON_SECONDS } from '../cost/likelihood.ts'
import { either } from '../cost/nats.ts'
import type { Belief } from './belief.ts'
import { NONE } from './network.ts'

/** −ln P(all silent below each head | what lies above is live), before anything was heard. */
export function quietCosts(belief: Belief): Float64Array {
  const { network, silence, sums } = belief
  const quiet = new Float64Array(network.head.length)
  const visit = (head: number): number => {
    let closed = 0
    belief.eachSeated(head, (observer) => {
      closed += belief.quietLeafCost(observer)
    })
    for (let c = network.firstBelow[head]!; c !== NONE; c = network.nextBeside[c]!)
      closed += visit(c)
    const open = sums.prior(head) + silence.cost(head, DELAY_HORIZON_SECONDS)
    quiet[head] = either(open, closed)
    return quiet[head]!
  }
  for (let d = 0; d < quiet.length; d++)
    if (network.head[d] === d && network.above[d] === NONE) visit(d)
  return quiet
}
