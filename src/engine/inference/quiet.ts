/** What silence everywhere costs where the window of a case is over (the benchmark). */
import { DELAY_HORIZON_SECONDS } from '../cost/likelihood.ts'
import { either } from '../cost/nats.ts'
import type { EvidenceModel } from './evidence-model.ts'
import { type Network, NONE } from './network.ts'
import type { Silence } from './silence.ts'
import type { Sums } from './sums.ts'

/** What silence is weighed over. */
interface Weighed {
  readonly network: Network
  readonly silence: Silence
  readonly sums: Sums
  readonly model: EvidenceModel
  serviceCost(observer: number): number
  unansweredBy(observer: number): number
}

/** −ln P(silent) of one observer and its own service. */
export function quietLeafCost(weighed: Weighed, observer: number): number {
  const service = weighed.serviceCost(observer)
  if (service === Number.POSITIVE_INFINITY) return 0
  const { silentDead } = weighed.model.classes[weighed.model.classOf[observer]!]!
  const silent = silentDead[silentDead.length - 1]! - weighed.unansweredBy(observer)
  return either(0, service + silent)
}

/** −ln P(all silent below each head | what lies above is live), before anything was heard. */
export function quietCosts(weighed: Weighed): Float64Array {
  const { network, silence, sums } = weighed
  const quiet = new Float64Array(network.head.length)
  const visit = (head: number): number => {
    let closed = 0
    network.eachSeated(head, (observer) => {
      closed += quietLeafCost(weighed, observer)
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
