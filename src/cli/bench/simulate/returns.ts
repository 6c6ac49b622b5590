/**
 * Who said that supply was there: counted from the facts, beside the engine's own count. An outage
 * that two identities vouched for is not over on the word of one while another still says otherwise.
 */
import type { Word } from '../../../../simulators/seeded/arrival.ts'
import type { Story } from '../../../../simulators/seeded/story.ts'
import type { Incident } from '../../../engine/changes.ts'
import type { Fact } from '../../../facts/facts.ts'
import type { InstantMs } from '../../../facts/time.ts'

const ONS: readonly string[] = [
  'powerOn',
  'areaOn',
  'phaseRestored',
  'switchClosed',
  'recloseSucceeded',
]
/** Voltage from here on is supply, as in the shipped rules: volts at 80 %. */
const SUPPLY_VOLTS = 176
/** Clocks put what was said shortly before the loss behind it. */
const CLOCKS_MS = 5 * 60_000

interface Heard {
  readonly place: string
  readonly identity: string
  readonly at: InstantMs
}

export class Returns {
  readonly #story: Story
  readonly #heard: Heard[] = []
  readonly #placeOf: ReadonlyMap<string, string>
  readonly #ties: ReadonlySet<string>

  constructor(story: Story) {
    this.#story = story
    const ties = story.grid.devices.filter(({ normallyOpen }) => normallyOpen)
    this.#ties = new Set(ties.map(({ id }) => id))
    this.#placeOf = new Map(
      story.grid.observers.map(({ id, usagePoint, device }) => [id, usagePoint ?? device ?? '']),
    )
  }

  hear(fact: Fact, now: InstantMs): void {
    if (fact.type === 'switching')
      this.#heard.push({ place: fact.device, identity: 'staff', at: now })
    if (fact.type === 'reading')
      for (const { target, result } of fact.readings)
        if (result !== 'noAnswer' && result !== 'deenergised')
          this.#note(this.#placeOf.get(target), fact.terminal, now)
    if (fact.type !== 'report') return
    const measured = fact.volts?.some((volts) => volts >= SUPPLY_VOLTS) === true
    if (!ONS.includes(fact.kind) && !measured) return
    const places = fact.device
      ? [fact.device]
      : (fact.meters ?? [fact.terminal]).map((observer) => this.#placeOf.get(observer))
    for (const place of places) this.#note(place, fact.terminal, now)
  }

  /** The one who said so and somebody who says otherwise, where nobody else said so. */
  loneVoice(
    { startedAt }: Incident,
    points: ReadonlySet<number>,
    words: readonly Word[],
    now: InstantMs,
  ): { readonly on: string; readonly off: string } | undefined {
    const ons = new Set<string>()
    for (const { place, identity, at } of this.#heard)
      if (at >= startedAt - CLOCKS_MS && this.#touches(place, points)) ons.add(identity)
    if (ons.size !== 1) return undefined
    const [on] = [...ons] as [string]
    const latest = new Map<number, Word>()
    for (const word of words)
      if (word.arrivesAt <= now && word.saidAt >= (latest.get(word.observer)?.saidAt ?? 0))
        latest.set(word.observer, word)
    for (const { observer, off, saidAt } of latest.values()) {
      const { id, via } = this.#story.grid.observers[observer]!
      const identity = via ?? id
      if (!off || identity === on || saidAt < startedAt - CLOCKS_MS) continue
      if (this.#touches(this.#placeOf.get(id)!, points)) return { on, off: identity }
    }
    return undefined
  }

  #touches(place: string, points: ReadonlySet<number>): boolean {
    // Normally nothing hangs below a tie; what it feeds when it is closed may be any of them.
    if (this.#ties.has(place)) return true
    for (const point of this.#story.truth.below(place)) if (points.has(point)) return true
    return false
  }

  #note(place: string | undefined, identity: string, at: InstantMs): void {
    if (place !== undefined) this.#heard.push({ place, identity, at })
  }
}
