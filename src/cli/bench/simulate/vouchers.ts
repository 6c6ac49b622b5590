/** Who said that supply was lost, and where: counted from the facts, beside the engine's own count. */
import type { Truth } from '../../../../simulators/seeded/truth.ts'
import type { Fact } from '../../../facts/facts.ts'
import type { InstantMs } from '../../../facts/time.ts'

/** Kinds of reports that speak of a loss of supply, or of what causes one. */
const LOSSES = ['powerOff', 'areaOff', 'phaseLoss', 'switchOpen', 'protectionTrip']
/** Voltage below this is none, as in the shipped rules: volts at 60 %. */
const NO_SUPPLY_VOLTS = 132

export class Vouchers {
  readonly #truth: Truth
  /** Identities that spoke of each usage point. */
  readonly #of = new Map<number, Set<string>>()
  /** Where each observer stands: its usage point or its device. */
  readonly #placeOf: ReadonlyMap<string, string>

  constructor(truth: Truth) {
    this.#truth = truth
    this.#placeOf = new Map(
      truth.network.grid.observers.map(({ id, usagePoint, device }) => [
        id as string,
        usagePoint ?? device ?? '',
      ]),
    )
  }

  hear(fact: Fact, now: InstantMs): void {
    if (fact.type === 'callerReport') this.#note(fact.usagePoint, `account ${fact.account}`, now)
    if (fact.type === 'reading')
      for (const { target, result } of fact.readings)
        if (result === 'deenergised' || result === 'phaseLoss')
          this.#note(this.#placeOf.get(target)!, fact.terminal, now)
    if (fact.type === 'switching' && fact.position === 'open') this.#note(fact.device, 'staff', now)
    if (fact.type !== 'report') return
    const low = fact.volts?.filter((volts) => volts < NO_SUPPLY_VOLTS).length ?? 0
    if (!LOSSES.includes(fact.kind) && low === 0) return
    const places = fact.device
      ? [fact.device]
      : (fact.meters ?? [fact.terminal]).map((observer) => this.#placeOf.get(observer)!)
    for (const place of places) this.#note(place, fact.terminal, now)
    // A terminal that reported its transformer out and measured nothing there counts once more.
    if (low > 0 && low === fact.volts!.length && !fact.meters)
      this.#note(places[0]!, `measured by ${fact.terminal}`, now)
  }

  /** Identities that spoke of any of these usage points. */
  of(points: ReadonlySet<number>): ReadonlySet<string> {
    const identities = new Set<string>()
    for (const point of points) for (const id of this.#of.get(point) ?? []) identities.add(id)
    return identities
  }

  #note(place: string, identity: string, now: InstantMs): void {
    for (const point of this.#truth.everBelow(place, now)) {
      const said = this.#of.get(point) ?? new Set()
      said.add(identity)
      this.#of.set(point, said)
    }
  }
}
