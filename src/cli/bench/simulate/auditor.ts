/**
 * The judge of a simulated run: it knows the true switch states and every word that was said, and
 * holds both against what the program says. Nothing confirmed without a cause, nobody heard to be
 * dark forgotten, nothing called restored that is dark, nothing left open in the end.
 */

import type { Word } from '../../../../simulators/seeded/arrival.ts'
import { FIRST_RULES, type Story } from '../../../../simulators/seeded/story.ts'
import type { Change, Incident } from '../../../engine/changes.ts'
import type { Rules } from '../../../engine/rules.ts'
import type { Fact, Position } from '../../../facts/facts.ts'
import type { InstantMs } from '../../../facts/time.ts'
import { InForce } from './in-force.ts'
import { Indicated } from './indicated.ts'
import { Returns } from './returns.ts'
import { isDark, isOutage, Said, type Turn } from './said.ts'
import { Ties } from './ties.ts'
import { Vouchers } from './vouchers.ts'

const MINUTE_MS = 60_000
/** Of flapping, what was over before this may be missed. */
const QUICK_MS = MINUTE_MS
/** The last ons are there by then, by the shipped rules. */
const LAST_ONS_MS = 8 * MINUTE_MS
/** Identities that are independent of each other: one may be wrong by itself. */
const INDEPENDENT = 2
/** A report that arrived this long ago has been judged. */
const JUDGED_WITHIN_MS = 15_000
/** What one identity forwards may all be false: until others' reports are in, it may be disbelieved. */
const FORWARDED_WITHIN_MS = MINUTE_MS
/** Reports without cause are false by chance; two that come within this time may look like one. */
const FALSE_TOGETHER_MS = 60 * MINUTE_MS
/**
 * When a device comes back the part below it that still says nothing is presumed restored, unless
 * its silence is less likely than that it was left dark (1 in 50). The silence of one identity, all
 * it forwards for included, is as likely as that; that of three is not.
 */
const IDENTITIES_OF_A_PART = 3

/**
 * A part left dark that one terminal, which is broken, did not answer for: no word can come that ends
 * it, and a person does.
 */
const isLeftToPeople = ({ outageKind, sources, parent }: Incident) =>
  outageKind === 'predicted' && sources === 0 && parent !== null

/** Failures kept in words: the first tells the story. */
const MAX_FAILURES = 5

export class Auditor {
  readonly failures: string[] = []
  readonly said: Said
  readonly #story: Story
  readonly #words: ReadonlyMap<number, readonly Word[]>
  /** Observer index of each usage point's meter. */
  readonly #meterOf = new Map<number, number>()
  readonly #vouchers: Vouchers
  readonly #ties: Ties
  readonly #returns: Returns
  readonly #indicated: Indicated
  readonly #inForce: InForce
  #position: Position = 0

  constructor(story: Story, rulesOf: (digest: string) => Rules) {
    this.#story = story
    const { truth, messages } = story
    const fail = (what: string) => this.fail(what)
    this.#inForce = new InForce(FIRST_RULES, rulesOf, fail)
    this.#returns = new Returns(story)
    this.#indicated = new Indicated(story)
    this.said = new Said(fail, (device) => truth.alwaysBelow(device))
    this.#vouchers = new Vouchers(truth)
    this.#ties = new Ties(
      truth.network.grid,
      new Map(
        truth.happenings.ties.map(({ device, to }) => [truth.network.grid.devices[device]!.id, to]),
      ),
    )
    const words = new Map<number, Word[]>()
    for (const word of messages.words) {
      const list = words.get(word.observer)
      if (list) list.push(word)
      else words.set(word.observer, [word])
    }
    this.#words = words
    truth.network.grid.observers.forEach(({ usagePoint }, index) => {
      if (usagePoint !== undefined)
        this.#meterOf.set(truth.network.usagePointIndex.get(usagePoint)!, index)
    })
  }

  fail(what: string): void {
    if (this.failures.length < MAX_FAILURES) this.failures.push(`at ${this.#position}: ${what}`)
  }

  /** What one committed fact changed; positions come once each and in order. */
  take(position: Position, fact: Fact, changes: readonly Change[], now: InstantMs): void {
    if (position !== this.#position + 1) this.fail(`position ${position} follows ${this.#position}`)
    this.#position = position
    this.#vouchers.hear(fact, now)
    this.#returns.hear(fact, now)
    this.#indicated.hear(fact)
    this.#ties.take(fact, changes, now)
    this.#inForce.take(fact, changes)
    for (const turn of this.said.take(position, fact, changes)) this.#judge(turn, now)
    if (changes.some(({ type }) => type === 'segment')) this.said.checkSegments()
  }

  /** Whoever was heard to go dark, and still is, lies in an incident. */
  probe(now: InstantMs): void {
    for (const tie of this.#ties.ignored(now - JUDGED_WITHIN_MS))
      this.fail(`${tie} is said to be operated, and the network hangs as if it were not`)
    const dark = this.said.dark
    for (const incident of dark) {
      const seen = this.#indicated.ignoredBy(incident, now)
      if (seen)
        this.fail(`${incident.id} at ${incident.device.id}, and ${seen} below saw the fault`)
    }
    const covered = new Set<number>()
    // Where not all that was told is believed, a part hangs as no switch says: what counts is said.
    for (const { id, device } of dark)
      for (const place of [device.id, ...(this.said.areas.get(id) ?? [])])
        for (const point of this.#reach(place, now)) covered.add(point)
    for (const [point, meter] of this.#meterOf) {
      const spell = this.#story.truth.spellAt(point, now)
      const forwarded = this.#story.grid.observers[meter]!.via !== undefined
      const judged = now - (forwarded ? FORWARDED_WITHIN_MS : JUDGED_WITHIN_MS)
      if (!spell || covered.has(point) || !this.#isHeardDark(meter, spell.from, judged)) continue
      if (this.#wasTaken(point, spell.from, now)) continue
      if (this.#wasHardlyBack(point, spell.from, now)) continue
      this.fail(`${this.#story.truth.nameOf(point)} is dark since ${spell.from} and in no incident`)
      return
    }
  }

  /** When all is over and quiet: only what was never repaired may be open. */
  finish(now: InstantMs): void {
    const { truth } = this.#story
    this.said.checkSegments()
    this.said.checkStations()
    for (const incident of this.said.dark) {
      const points = this.#reach(incident.device.id, now)
      const isOut = [...points].some((point) => truth.spellAt(point, now))
      if (!isOut && !isLeftToPeople(incident) && !this.#isMute(incident.device.id, points))
        this.fail(`${incident.id} at ${incident.device.id} stays open, and all have supply`)
    }
  }

  #judge({ change, before, asked }: Turn, now: InstantMs): void {
    const { incident, reason } = change
    const turned = incident.outageKind !== before?.outageKind
    if (asked || !turned || !isOutage(incident) || this.said.ruledByPeople.has(incident.id)) return
    if (incident.outageKind === 'confirmed') this.#checkCause(incident, now)
    if (reason === 'restored' && before) this.#checkRestored(incident, before, now)
  }

  /** Somebody below has lacked supply; or as many spoke falsely as it takes. */
  #checkCause(incident: Incident, now: InstantMs): void {
    const { truth, messages } = this.#story
    const points = this.#reach(incident.device.id, now)
    // What is split off or left dark was vouched for with the whole.
    const isPart =
      incident.parent !== null || incident.originalMetersAffected > incident.metersAffected
    const identities = this.#vouchers.of(points)
    if (!isPart && identities.size < this.#inForce.sources)
      this.fail(
        `${incident.id} at ${incident.device.id}: confirmed, and only ${[...identities]} said so`,
      )
    for (const point of points) if (truth.lacked(point, 0, now)) return
    const liars = new Set(
      messages.words
        .filter((w) => w.off && !w.true && Math.abs(now - w.arrivesAt) < FALSE_TOGETHER_MS)
        .map(({ observer }) => observer),
    )
    if (liars.size < INDEPENDENT)
      this.fail(
        `${incident.id} at ${incident.device.id} is confirmed, and nobody was without supply`,
      )
  }

  /** No fault stands open below that enough were heard of, and that no other incident covers. */
  #checkRestored(incident: Incident, before: Incident, now: InstantMs): void {
    const { truth } = this.#story
    const others = new Set<number>()
    for (const other of this.said.dark)
      for (const point of this.#reach(other.device.id, now)) others.add(point)
    const points = this.#reach(incident.device.id, now)
    for (const { target, from, to } of truth.happenings.faults) {
      if (target.kind !== 'device' || from > now || (to ?? Number.POSITIVE_INFINITY) <= now)
        continue
      const { id } = truth.network.grid.devices[target.index]!
      const dark = [...truth.below(id)].filter(
        (point) => points.has(point) && !others.has(point) && this.#isHeardStillDark(point, now),
      )
      const identities = new Set(dark.map((point) => this.#identityOf(this.#meterOf.get(point)!)))
      if (identities.size < IDENTITIES_OF_A_PART) continue
      this.fail(
        `${incident.id} at ${incident.device.id} is said to be restored, and ${id} is open below: ${dark.length} heard are dark`,
      )
      return
    }
    const lone = this.#returns.loneVoice(incident, points, this.#story.messages.words, now)
    if (before.sources >= INDEPENDENT && incident.level !== 'service' && lone)
      this.fail(`${incident.id} is restored: ${lone.on} says so alone, and ${lone.off} says off`)
    const lasted = (incident.restoredAt ?? 0) - incident.startedAt
    // Who was told of an outage is told of its end, however short it was.
    const told = before.stage === 'pushed'
    const whole = incident.originalMetersAffected === incident.metersAffected
    if (whole && !told && lasted < this.#inForce.momentaryMs)
      this.fail(`${incident.id}: restored after ${lasted} ms, which is momentary`)
  }

  #isHeardStillDark(point: number, now: InstantMs): boolean {
    const meter = this.#meterOf.get(point)
    const spell = this.#story.truth.spellAt(point, now)
    return (
      meter !== undefined &&
      spell !== undefined &&
      this.#isHeardDark(meter, spell.from, now - JUDGED_WITHIN_MS)
    )
  }

  /**
   * No terminal there was ever heard, all are broken: people called, or those asked did not answer. No
   * word can come that it is over, and a person ends it.
   */
  #isMute(device: string, points: ReadonlySet<number>): boolean {
    const { observers } = this.#story.grid
    const below = new Set(observers.flatMap((o, index) => (o.device === device ? [index] : [])))
    for (const point of points) {
      const meter = this.#meterOf.get(point)
      if (meter === undefined) continue
      below.add(meter)
      const { via } = observers[meter]!
      if (via !== undefined) below.add(observers.findIndex(({ id }) => id === via))
    }
    return [...below].every((observer) => !this.#words.has(observer))
  }

  /** The terminal that speaks for a meter, or the meter itself. */
  #identityOf(meter: number): string {
    const { id, via } = this.#story.grid.observers[meter]!
    return via ?? id
  }

  /** What lies below a device, however it was switched up to now. */
  #reach(device: string, now: InstantMs): ReadonlySet<number> {
    return this.#story.truth.reach(device, now)
  }

  /** It said that all was gone, in this spell and by then, and is not one that errs. */
  #isHeardDark(meter: number, since: InstantMs, until: InstantMs): boolean {
    const words = this.#words.get(meter) ?? []
    return (
      !this.#spokeFalsely(meter) &&
      words.some((w) => w.off && !w.part && w.saidAt >= since && w.arrivesAt <= until)
    )
  }

  #spokeFalsely(meter: number): boolean {
    return (this.#words.get(meter) ?? []).some((word) => !word.true)
  }

  /** An interruption of this spell was said, and ended by presumption or by a person. */
  #wasTaken(point: number, from: InstantMs, now: InstantMs): boolean {
    for (const segment of this.said.segments.values()) {
      const byPeople = this.said.ruledByPeople.has(segment.incident)
      if (segment.void && !byPeople) continue
      if (!byPeople && segment.to !== null && segment.to < from) continue
      if (this.#reach(segment.device.id, now).has(point)) return true
    }
    return false
  }

  /**
   * Dark again after less than a minute of supply: until the last ons of that minute are there, some
   * of its meters seem dark since the first loss, and others to have had supply since.
   */
  #wasHardlyBack(point: number, from: InstantMs, now: InstantMs): boolean {
    // Who goes dark in the moment of a change-over is taken to be fed from elsewhere, as was said.
    if (this.#story.truth.happenings.ties.some((operated) => operated.from === from)) return true
    return this.#story.truth.spells.some(
      ({ point: of, to }) =>
        of === point && to !== null && to <= from && from - to < QUICK_MS && now - to < LAST_ONS_MS,
    )
  }

  /** Number of incidents, for the report of the run. */
  get incidents(): number {
    return this.said.incidents.size
  }

  get stillDark(): readonly Incident[] {
    return [...this.said.incidents.values()].filter(isDark)
  }
}
