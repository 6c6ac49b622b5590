/**
 * Fault indicators and the place that is named: where fault current passed a device and all who say
 * off hang below it, what opened is that device or something below it, not something above.
 */

import { devicesAbove } from '../../../../simulators/network.ts'
import type { Indication } from '../../../../simulators/seeded/arrival.ts'
import type { Story } from '../../../../simulators/seeded/story.ts'
import type { Incident } from '../../../engine/changes.ts'
import type { Fact } from '../../../facts/facts.ts'
import type { InstantMs } from '../../../facts/time.ts'

const MINUTE_MS = 60_000
/** Until then those who are silent above may still be late. */
const JUDGED_AFTER_MS = 15_000
/** Indications are forgotten when no fault counts as new any more. */
const FRESH_MS = 30 * MINUTE_MS

export class Indicated {
  readonly #story: Story
  /** Devices whose position anybody spoke of, or that a plan names. */
  readonly #spokenOf = new Set<string>()
  readonly #silent: boolean

  constructor(story: Story) {
    this.#story = story
    const { truth, troubles } = story
    // What else moves the place: parts hung elsewhere, phases, one identity's many words.
    this.#silent = truth.isRehung || troubles.onePhase || story.grids.size > 1
  }

  hear(fact: Fact): void {
    if (fact.type === 'report' && fact.device && fact.kind !== 'faultIndicated')
      this.#spokenOf.add(fact.device)
    if (fact.type === 'planAnnounced') for (const device of fact.devices) this.#spokenOf.add(device)
  }

  /** The device that saw the fault, where an incident stands above it without a reason. */
  ignoredBy(incident: Incident, now: InstantMs): string | undefined {
    const { truth, messages } = this.#story
    const named = truth.network.deviceIndex.get(incident.device.id)
    if (this.#silent || named === undefined || incident.parent !== null) return undefined
    if (incident.outageKind === 'partiallyRestored' || incident.phases !== 'ABC') return undefined
    const path = [named, ...devicesAbove(truth.network, named)]
    if (path.some((device) => this.#spokenOf.has(this.#idOf(device)))) return undefined
    const seen = messages.indications.find((one) => this.#speaksFor(one, named, incident, now))
    return seen && this.#idOf(seen.device)
  }

  #speaksFor(one: Indication, named: number, { startedAt }: Incident, now: InstantMs): boolean {
    const { truth, messages } = this.#story
    if (!one.true || !one.dated || one.arrivesAt > now - JUDGED_AFTER_MS) return false
    if (one.at < now - FRESH_MS || Math.abs(one.at - startedAt) > MINUTE_MS) return false
    if (!devicesAbove(truth.network, one.device).includes(named)) return false
    const below = truth.below(this.#idOf(one.device))
    const all = truth.below(this.#idOf(named))
    if (below.size === all.size) return false
    // Others that say off, or that call, are a reason to look further up; so are other indications.
    for (const { observer, arrivesAt, off } of messages.words) {
      if (!off || arrivesAt > now) continue
      const { usagePoint, device } = this.#story.grid.observers[observer]!
      const points = truth.below(usagePoint ?? device ?? '')
      if ([...points].some((point) => all.has(point) && !below.has(point))) return false
    }
    return !this.#story.troubles.callers
  }

  #idOf(device: number): string {
    return this.#story.grid.devices[device]!.id
  }
}
