/**
 * Customers of a rehearsal: one at each usage point, on every channel, told by the same rules and texts
 * as real ones; each message arrives at once. What they heard is held against the scenario.
 */
import { join } from 'node:path'
import { INSTALLED } from '../app/installed.ts'
import {
  backSince,
  type Cover,
  coverOf,
  pointsOfPlan,
  transformerOf,
} from '../app/telling/audience.ts'
import { planSubject } from '../app/telling/walk.ts'
import type { Incident } from '../engine/changes.ts'
import { isOpen } from '../engine/incident-view.ts'
import { incidentId } from '../engine/incidents/incident-id.ts'
import type { World } from '../engine/world.ts'
import { CHANNELS, type Channel } from '../facts/channels.ts'
import { type InstantMs, offsetMinutesOf } from '../facts/time.ts'
import { announcement } from '../inform/announce.ts'
import type { Episode, Moment, OwnSupply } from '../inform/decide.ts'
import { endOf, newsOf } from '../inform/news.ts'
import { type CustomerTexts, loadCustomerTexts, type TemplateName } from '../inform/templates.ts'
import { type TurnTaken, takeTurn } from '../inform/turn.ts'

const HOUR_MS = 3_600_000

/** A message that a customer of the rehearsal heard. */
export interface HeardMessage {
  readonly customer: string
  readonly channel: Channel
  readonly template: TemplateName
  readonly at: InstantMs
}

export class RehearsedCustomers {
  readonly heard: HeardMessage[] = []
  readonly #incidents: ReadonlyMap<string, Incident>
  readonly #texts: CustomerTexts
  readonly #episodes = new Map<string, Episode>()
  readonly #announced = new Set<string>()
  #wakeAt: InstantMs = 0

  /** `incidents`: the latest revision of each, kept up to date by whoever plays. */
  constructor(incidents: ReadonlyMap<string, Incident>) {
    this.#incidents = incidents
    this.#texts = loadCustomerTexts(join(INSTALLED, 'config', 'texts', 'customers.yaml'))
  }

  /** Looks at everybody, where there is news or somebody's time has come. */
  look(world: World, now: InstantMs, hasNews: boolean): void {
    if (!hasNews && now < this.#wakeAt) return
    const { service, judgement } = world.rules
    const moment = {
      ...{ now, rules: service.informing },
      utcOffsetMinutes: offsetMinutesOf(judgement.utcOffset),
    }
    // Plans come and go without news of an incident.
    this.#wakeAt = now + 60_000
    this.#announce(world, moment)
    const cover = coverOf(world)
    for (let point = 0; point < world.grid.usagePoints.ids.count; point++) {
      const over = cover(point)
      for (const channel of CHANNELS) {
        const supply = this.#supplyOf(
          world,
          over,
          this.#episodeOf(world, point, channel),
          point,
          moment,
        )
        this.#turn(world, point, channel, supply, moment)
      }
    }
  }

  #announce(world: World, moment: Moment): void {
    const { now, rules } = moment
    for (const plan of world.plans.byId.values()) {
      const isPublic = plan.kind === 'planned' || plan.kind === 'rationing'
      if (!isPublic || plan.from <= now || plan.from - rules.plannedHours * HOUR_MS > now) continue
      const points = pointsOfPlan(world, plan).after(-1, world.grid.usagePoints.ids.count)
      const { from, to, temporary = false } = plan
      const subject = planSubject(plan)
      for (const point of points)
        for (const channel of CHANNELS) {
          const key = `${subject}/${this.#key(world, point, channel)}`
          if (this.#announced.has(key)) continue
          const one = { channel, subject, from, to, temporary, language: 'zh' as const }
          const unnamed = { ...one, atNight: false, area: null }
          const taken = announcement(unnamed, moment, this.#texts)
          if (taken.saying) this.#announced.add(key)
          this.#keep(world, point, channel, taken, now)
        }
    }
  }

  #supplyOf(
    world: World,
    over: Cover,
    episode: Episode | undefined,
    point: number,
    { now, rules }: Moment,
  ): OwnSupply {
    if (over.is === 'unsure') return { is: 'unsure' }
    const id = over.is === 'dark' ? incidentId(over.by) : episode?.incident
    let incident = id === undefined ? undefined : this.#incidents.get(id)
    if (!incident) return { is: 'unsure' }
    if (over.is === 'dark') return { is: 'dark', news: newsOf(incident, rules) }
    while (incident.mergedInto && this.#incidents.has(incident.mergedInto))
      incident = this.#incidents.get(incident.mergedInto)!
    const goesOn = isOpen(incident) && incident.outageKind !== 'restored'
    if (goesOn && !backSince(world, incident.startedAt)(point)) return { is: 'unsure' }
    return { is: 'lit', since: incident.restoredAt ?? now, ...endOf(incident) }
  }

  #turn(world: World, point: number, channel: Channel, supply: OwnSupply, moment: Moment): void {
    const person = { channel, language: 'zh' as const, lifeSupport: false, atNight: false }
    const transformer = transformerOf(world, point)
    const area = transformer < 0 ? null : world.grid.devices.nameOf(transformer)
    const episode = this.#episodeOf(world, point, channel)
    const words = { texts: this.#texts, causeIn: () => undefined }
    this.#keep(
      ...([world, point, channel] as const),
      takeTurn({ person, episode, supply, area }, moment, words),
      moment.now,
    )
  }

  #keep(world: World, point: number, channel: Channel, taken: TurnTaken, now: InstantMs): void {
    const { saying, episode, follows, wakeAt } = taken
    const key = this.#key(world, point, channel)
    const known = this.#episodes.get(key)
    if (wakeAt !== undefined) this.#wakeAt = Math.min(this.#wakeAt, wakeAt)
    if (follows !== undefined && known) this.#episodes.set(key, { ...known, incident: follows })
    if (saying) {
      const customer = world.grid.usagePoints.ids.idOf(point)
      this.heard.push({ customer, channel, template: saying.template, at: now })
    }
    if (episode === null) this.#episodes.delete(key)
    else if (episode) this.#episodes.set(key, { ...episode('m'), heard: true, waiting: null })
  }

  #key = (world: World, point: number, channel: Channel) =>
    `${world.grid.usagePoints.ids.idOf(point)}/${channel}`

  #episodeOf = (world: World, point: number, channel: Channel) =>
    this.#episodes.get(this.#key(world, point, channel))
}
