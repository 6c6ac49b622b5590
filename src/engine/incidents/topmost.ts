/** The topmost verdicts of a tree, and which cases lie at or below each: found from below, path by path. */
import { type Network, NONE } from '../inference/network.ts'
import type { Verdict } from '../inference/verdict.ts'
import type { World } from '../world.ts'
import type { Case } from './case.ts'

export class Topmost {
  /** Phase by phase, a fault can lie below another: the one above is the incident, with both. */
  readonly verdicts: readonly Verdict[]
  readonly #network: Network
  /** Verdicts that name a device, by head. */
  readonly #devices = new Map<number, Verdict>()
  /** Verdicts that name a service, by observer. */
  readonly #services = new Map<number, Verdict>()

  constructor({ network }: World, verdicts: readonly Verdict[]) {
    this.#network = network
    for (const verdict of verdicts)
      if (verdict.observer === NONE) this.#devices.set(verdict.head, verdict)
      else this.#services.set(verdict.observer, verdict)
    this.verdicts = verdicts.filter(({ head, observer }) => {
      const from = observer === NONE ? network.above[head]! : head
      return this.#deviceOver(from) === undefined
    })
  }

  /** Cases by the verdict at or above them, each list in their order; each case lies below one at most. */
  withCases(cases: readonly Case[]): ReadonlyMap<Verdict, readonly Case[]> {
    const below = new Map<Verdict, Case[]>()
    for (const incident of cases) {
      const verdict = this.#over(incident)
      if (!verdict) continue
      const others = below.get(verdict)
      if (others) others.push(incident)
      else below.set(verdict, [incident])
    }
    return below
  }

  #over({ head, observer }: Case): Verdict | undefined {
    // Of several on the way up the topmost takes it.
    let found = observer === NONE ? undefined : this.#services.get(observer)
    if (found?.head !== head) found = undefined
    for (let at = head; at !== NONE; at = this.#network.above[at]!)
      found = this.#devices.get(at) ?? found
    return found
  }

  #deviceOver(head: number): Verdict | undefined {
    for (let at = head; at !== NONE; at = this.#network.above[at]!) {
      const verdict = this.#devices.get(at)
      if (verdict) return verdict
    }
    return undefined
  }
}
