/**
 * A staged story played to an engine: ticks at a pace of their own, people who act at random
 * moments, and what the story's truth says the engine should have found by then.
 */
import { expect } from 'vitest'
import type { Incident } from '../../src/engine/changes.ts'
import { ACTIONS, type Fact } from '../../src/facts/facts.ts'
import { type EngineLab, START } from './engine-lab.ts'
import { type StagedFault, type Story, stageStory } from './staged-outages.ts'
import { numbers } from './tiny-grid.ts'

const MINUTE = 60_000
/** What the liveness of a run allows: restoration is settled, the last on was late. */
const QUIET_AFTER = 15 * MINUTE

/** One run: a story, ticks at a pace of its own, and people who act at random moments. */
export class StoryRun {
  readonly lab: EngineLab
  readonly story: Story
  readonly #random: () => number
  readonly #stepMs: number
  readonly #acts: boolean
  #lastTick = START
  #requests = 0
  /** Incidents that a person ended: from there on the engine has been told otherwise. */
  readonly ended: Incident[] = []

  constructor(seed: number, lab: EngineLab) {
    this.#random = numbers(seed * 7919)
    this.story = stageStory(lab.grid, this.#random)
    this.lab = lab
    this.#stepMs = 250 + Math.floor(this.#random() * 4) * 250
    this.#acts = this.#random() < 0.4
  }

  play(): void {
    const { facts, faults, over } = this.story
    const probes = new Set(faults.map(({ to }) => to))
    let next = 0
    for (let now = START; now <= over + QUIET_AFTER; now += this.#stepMs) {
      for (; next < facts.length && facts[next]!.receivedAt <= now; next++)
        this.lab.feed(facts[next]!.fact)
      for (const probe of probes)
        if (probe <= now + this.#stepMs && probes.delete(probe)) this.#probe(probe)
      if (this.#acts && now < over && this.#random() < this.#stepMs / (2 * MINUTE)) this.#act(now)
      this.#tick(now)
    }
    this.#tick(over + QUIET_AFTER)
  }

  /** Time passes as the journal's ticker lets it: when something is due, and once a minute. */
  #tick(now: number): void {
    const due = this.lab.engine.nextDeadline()
    if (!(due !== undefined && due <= now) && now - this.#lastTick < MINUTE) return
    this.#lastTick = now
    this.lab.now = now
    this.lab.tick()
    this.#judgeConfirmed()
  }

  #act(now: number): void {
    const incidents = this.lab.incidents()
    if (incidents.length === 0) return
    const pick = <Item>(items: readonly Item[]) => items[Math.floor(this.#random() * items.length)]!
    const incident = pick(incidents)
    const action = pick(ACTIONS)
    const fact: Fact = {
      type: 'actionRequested',
      receivedAt: now,
      requestId: `r${this.#requests}`,
      incident: incident.id,
      expectedRevision: this.#random() < 0.9 ? incident.revision : incident.revision - 1,
      action,
      by: 'someone',
      role: 'networkDispatcher',
      ...(this.#random() < 0.8 ? { etr: now + 60 * MINUTE } : {}),
      ...(this.#random() < 0.8 ? { crew: 'crew-1' as never } : {}),
      ...(this.#random() < 0.8 ? { causeCode: 'wind' } : {}),
    }
    const changes = this.lab.feed(fact)
    const accepted = changes.some((change) => change.type === 'action' && change.accepted)
    if (accepted && (action === 'restore' || action === 'falseAlarm')) this.ended.push(incident)
    if (this.#random() < 0.5) this.lab.feed({ ...fact, receivedAt: now + 1 })
    if (this.#random() < 0.7) this.#requests++
    else this.#requests += 2
  }

  /** Just before supply comes back: who was heard to lose it lies in an open incident. */
  #probe(at: number): void {
    const { story, lab } = this
    for (const fault of story.faults) if (fault.to === at) this.#judgePlace(fault)
    for (const { observer, from, to, heardAt } of story.heard) {
      const fault = faultOf(story, observer, at)
      if (!fault || from >= at || to < at || at - heardAt < 10_000) continue
      if (this.#wasEnded(fault)) continue
      // One terminal alone may well err; one meter's own service is as likely as that.
      if (!story.reach.isMeter(observer) || story.falseOffs.has(observer)) continue
      if (this.#identitiesBelow(fault) < 2) continue
      const points = story.reach.seenBy(observer)
      const within = ({ device }: { device: { id: string } }) =>
        story.reach.within(points, story.reach.below(device.id))
      // Left dark where the rest came back, and unable to say so: presumed restored, and asked (召测).
      const covered =
        lab.open().some(within) ||
        lab.invariants.segments.some((s) => !s.void && (s.to ?? 0) >= from && within(s))
      expect(covered, `${observer} is dark and in no incident at ${at - START} ms`).toBe(true)
    }
  }

  /** A fault by itself that most of its customers were heard of is named, or a rival of what is. */
  #judgePlace(fault: StagedFault): void {
    const { story, lab } = this
    const { reach } = story
    const id = reach.grid.devices.ids.idOf(fault.device)
    // Faults at all branches at once look like one above them, and that is the likelier.
    const alone = !story.faults.some(
      (other) => other !== fault && other.from < fault.to && fault.from < other.to,
    )
    if (!alone || fault.to - fault.from < 4 * MINUTE || this.#wasEnded(fault)) return
    const heard = story.heard.filter(
      ({ observer, heardAt }) =>
        reach.isMeter(observer) &&
        heardAt < fault.to - MINUTE &&
        reach.feeds(fault.device, reach.seatOf(observer)),
    )
    const identities = new Set(heard.map(({ observer }) => reach.identityOf(observer)))
    if (identities.size < 3 || heard.length < 0.6 * reach.below(id).size) return
    const named = lab
      .open()
      .some(
        ({ device, rivals }) => device.id === id || rivals.some((rival) => rival.device.id === id),
      )
    const open = lab.open().map(({ device }) => device.id)
    expect(named, `${id} is open, and only ${open} named`).toBe(true)
  }

  /** One identity weighs as one word: what it alone says may be called its own error. */
  #identitiesBelow({ device, from }: StagedFault): number {
    const { grid } = this.story.reach
    const { ids, via } = grid.observers
    const below = this.story.reach.below(grid.devices.ids.idOf(device))
    const voices = this.story.heard
      .filter((heard) => heard.from >= from && heard.heardAt <= this.lab.now)
      .filter(({ observer }) => this.story.reach.within(this.story.reach.seenBy(observer), below))
      .map(({ observer }) => ids.indexOf(observer))
    return new Set(voices.map((index) => (via[index]! < 0 ? index : via[index]!))).size
  }

  #wasEnded({ device }: StagedFault): boolean {
    const { reach } = this.story
    const id = reach.grid.devices.ids.idOf(device)
    return this.ended.some((incident) => reach.related(incident.device.id, id))
  }

  readonly #judged = new Set<string>()

  #judgeConfirmed(): void {
    const { reach, faults } = this.story
    for (const incident of this.lab.incidents()) {
      if (incident.outageKind !== 'confirmed' || this.#judged.has(incident.id)) continue
      this.#judged.add(incident.id)
      // A substation stands for the incidents of its feeders, each judged by itself.
      const station = reach.grid.devices.ids.indexOf(incident.device.id) < 0
      const was = faults.some(
        ({ device, from }) =>
          from <= this.lab.now &&
          (station || reach.related(reach.grid.devices.ids.idOf(device), incident.device.id)),
      )
      const byStaff = this.lab.changes.some(
        (c) => c.type === 'incident' && c.incident.id === incident.id && c.reason === 'acted',
      )
      expect(was || byStaff, `${incident.id} at ${incident.device.id} never was out`).toBe(true)
    }
  }
}

/** The fault that keeps an observer dark at a time. */
function faultOf({ reach, faults }: Story, observer: string, at: number): StagedFault | undefined {
  const seat = reach.seatOf(observer)
  return faults.find(({ device, from, to }) => reach.feeds(device, seat) && from < at && at <= to)
}
