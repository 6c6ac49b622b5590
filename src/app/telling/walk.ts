/**
 * Walks over the customers of an incident a slice at a time: first those who were told something, who
 * may have supply by now, then those without, who may not know. Whom a slice concerns is worked out at
 * that moment, from the network as it hangs then; the slice is filed with the place it got to, so that
 * a walk goes on where it stopped whatever stopped it.
 */
import type { Incident } from '../../engine/changes.ts'
import { isOpen } from '../../engine/incident-view.ts'
import { incidentId, incidentNumber } from '../../engine/incidents/incident-id.ts'
import type { World } from '../../engine/world.ts'
import type { InstantMs } from '../../facts/time.ts'
import { INSTITUTIONS } from '../../grid/model.ts'
import { firstFrom } from '../../grid/rising.ts'
import type { Moment, OwnSupply } from '../../inform/decide.ts'
import { endOf, newsOf } from '../../inform/news.ts'
import type { Progress, Walk } from '../../records/informing/audiences.ts'
import type { Listeners } from '../../records/informing/pushes.ts'
import type { SqliteRecords } from '../../records/sqlite.ts'
import { type Worlds, worldOfIncident } from '../worlds.ts'
import {
  backSince,
  coverOf,
  type PointsBelow,
  pointsOf,
  pointsOfPlan,
  transformerOf,
} from './audience.ts'
import type { Asked, Carrier, TellingAnswer, TellingRequest } from './desk.ts'

/** Customers of a slice: the ledger files it in some 30 ms, and everything else waits no longer than that. */
export const SLICE = 500

/** The ledger is behind the engine: look again when it has caught up. */
const LAG_MS = 1000

/** Places that are no longer part of an outage, and that nobody spoke of yet, are looked at again. */
const VERIFY_MS = 60_000

/** Mothers that a merged incident is followed through. */
const MOST_MERGES = 16

export interface WalkParts {
  readonly records: Pick<SqliteRecords, 'incident' | 'changeInforming'>
  ask(request: TellingRequest): Promise<TellingAnswer>
  readonly worlds: Worlds
  moment(): Moment
  carriers(): readonly Carrier[]
}

export const PLAN_SUBJECT = 'plan:'

export class Walker {
  readonly #parts: WalkParts
  /** Whom the walk under way still passes; worked out anew when the incident or the network changes. */
  #below: { readonly key: string; readonly world: World; readonly points: PointsBelow } | undefined

  constructor(parts: WalkParts) {
    this.#parts = parts
  }

  /** One slice; how many messages it wrote. */
  async step(walk: Walk): Promise<number> {
    const { subject } = walk
    const world = worldOfIncident(this.#parts.worlds, subject)
    if (!world) return this.#file({ subject, wakeAt: null, over: false })
    if (walk.subject.startsWith(PLAN_SUBJECT)) return this.#announce(walk, world)
    const incident = this.#parts.records.incident(subject)
    if (!incident) return this.#file({ subject, wakeAt: null, over: true })
    return walk.phase === 'told' ? this.#told(walk, incident) : this.#dark(walk, world, incident)
  }

  async #told(walk: Walk, { id }: Incident): Promise<number> {
    const { subject, after } = walk
    const { told } = await this.#parts.ask({ kind: 'told', incident: id, after, limit: SLICE })
    const { accounts, usagePoints, after: place } = told!
    // The page took a moment: what is so is asked now.
    const world = worldOfIncident(this.#parts.worlds, id)!
    const supplies = new Supplies(this.#parts, world, id)
    const points = usagePoints.map((point) => world.grid.usagePoints.ids.indexOf(point))
    const supply = points.map((point) => (point < 0 ? supplies.unsure : supplies.of(point)))
    const wakeAt = earliest(walk.wakeAt, supplies.wakeAt)
    const progress: Progress =
      place === undefined
        ? { subject, phase: 'dark', after: -1, grid: world.grid.digest, wakeAt }
        : { subject, phase: 'told', after: place, grid: '', wakeAt }
    if (accounts.length === 0) return this.#file(progress)
    const asked = {
      by: 'account' as const,
      keys: accounts,
      supply,
      supplies: supplies.list,
      told: id,
    }
    return this.#decide({ ...asked, ...areasOf(world, points) }, progress)
  }

  async #dark(walk: Walk, world: World, incident: Incident): Promise<number> {
    const { subject } = walk
    const { rules } = this.#parts.moment()
    const number = incidentNumber(incident.id)
    const news = newsOf(incident, rules)
    const after = walk.grid === world.grid.digest ? walk.after : -1
    const page = news.tellable ? this.#pointsOf(world, incident, number).after(after, SLICE) : []
    const covered = coverOf(world)
    const points = page.filter((point) => {
      const cover = covered(point)
      return cover.is === 'dark' && cover.by === number
    })
    const { wakeAt } = walk
    const grid = world.grid.digest
    const progress: Progress =
      page.length === SLICE
        ? { subject, phase: 'dark', after: page.at(-1)!, grid, wakeAt }
        : { subject, wakeAt, over: !isOpen(incident) }
    // Once it is over those who asked stay counted as they were.
    const counting = news.tellable ? { first: after < 0 } : undefined
    if (points.length === 0) return this.#file(progress, counting && { count: 0, ...counting })
    const supplies: OwnSupply[] = [{ is: 'dark', news }]
    const institutions = institutionsAt(world, points)
    const asked = { ...byPoint(world, points), institutions, supplies, told: null }
    return this.#decide(asked, progress, counting)
  }

  async #announce(walk: Walk, world: World): Promise<number> {
    const { subject, wakeAt } = walk
    const { now } = this.#parts.moment()
    const plan = [...world.plans.byId.values()].find((one) => planSubject(one) === subject)
    if (!plan || plan.from <= now) return this.#file({ subject, wakeAt: null, over: false })
    const after = walk.grid === world.grid.digest ? walk.after : -1
    const points = this.#cached(subject, world, () => pointsOfPlan(world, plan)).after(after, SLICE)
    const grid = world.grid.digest
    const progress: Progress =
      points.length === SLICE
        ? { subject, phase: 'dark', after: points.at(-1)!, grid, wakeAt }
        : { subject, wakeAt, over: false }
    if (points.length === 0) return this.#file(progress)
    const asked: Asked = { ...byPoint(world, points), supplies: [], told: null }
    const { from, to, temporary = false } = plan
    const answer = await this.#parts.ask({
      ...{ kind: 'announce', asked, progress, plan: { subject, from, to, temporary } },
      ...{ moment: this.#parts.moment(), carriers: this.#parts.carriers() },
    })
    return this.#keep(answer)
  }

  #pointsOf(world: World, { revision, id }: Incident, number: number): PointsBelow {
    const key = `${id}/${revision}/${world.cases.get(number)?.revision}`
    return this.#cached(key, world, () => pointsOf(world, number))
  }

  #cached(key: string, world: World, find: () => PointsBelow): PointsBelow {
    if (this.#below?.key !== key || this.#below.world !== world)
      this.#below = { key, world, points: find() }
    return this.#below.points
  }

  async #decide(
    asked: Asked,
    progress: Progress,
    counting?: Pick<Listeners, 'first'>,
  ): Promise<number> {
    const { ask, moment, carriers } = this.#parts
    const counts = counting ? { counting } : {}
    const request = { asked, progress, moment: moment(), carriers: carriers(), ...counts }
    return this.#keep(await ask({ kind: 'decide', ...request }))
  }

  async #keep({ slice, messages }: TellingAnswer): Promise<number> {
    await this.#parts.records.changeInforming({ do: 'slice', json: slice! })
    return messages!
  }

  /** Nobody to decide about: only the place is filed. */
  async #file(progress: Progress, listeners?: Listeners): Promise<number> {
    const { now } = this.#parts.moment()
    const json = JSON.stringify({ at: now, turns: [], follows: [], listeners, progress })
    await this.#parts.records.changeInforming({ do: 'slice', json })
    return 0
  }
}

/** An announced outage that is moved is announced again. */
export const planSubject = ({ id, from }: { readonly id: string; readonly from: InstantMs }) =>
  `${PLAN_SUBJECT}${id}@${from}`

const earliest = (a: InstantMs | null, b: InstantMs | null) =>
  a === null ? b : b === null ? a : Math.min(a, b)

function byPoint(world: World, points: readonly number[]) {
  const { ids } = world.grid.usagePoints
  return {
    by: 'usagePoint' as const,
    keys: points.map((point) => ids.idOf(point)),
    supply: points.map(() => 0),
    ...areasOf(world, points),
  }
}

/** Which of the public's houses each of them is, if any. */
function institutionsAt({ grid }: World, points: readonly number[]) {
  const { point, kind } = grid.institutions
  return points.map((one) => INSTITUTIONS[kind[indexIn(point, one)] ?? -1] ?? null)
}

/** Where a value stands in a rising list; −1 where it does not. */
function indexIn(values: Int32Array, value: number): number {
  const at = firstFrom(values, value)
  return values[at] === value ? at : -1
}

function areasOf(world: World, points: readonly number[]): Pick<Asked, 'areas' | 'areaNames'> {
  const { devices } = world.grid
  const found = points.map((point) => (point < 0 ? -1 : transformerOf(world, point)))
  return {
    areas: found.map((device) => (device < 0 ? '' : devices.ids.idOf(device))),
    areaNames: found.map((device) => (device < 0 ? null : devices.nameOf(device))),
  }
}

/** What is so for those who were told of an incident, each thing that is so listed once. */
class Supplies {
  readonly list: OwnSupply[] = [{ is: 'unsure' }]
  readonly unsure = 0
  /** When to look again, where the ledger was behind. */
  wakeAt: InstantMs | null = null
  readonly #parts: WalkParts
  readonly #world: World
  readonly #cover: ReturnType<typeof coverOf>
  readonly #told: string
  readonly #dark = new Map<number, number>()
  #lit: number | undefined
  #goesOn = false
  #back: (point: number) => boolean = () => false

  constructor(parts: WalkParts, world: World, told: string) {
    this.#parts = parts
    this.#world = world
    this.#told = told
    this.#cover = coverOf(world)
  }

  of(point: number): number {
    const cover = this.#cover(point)
    if (cover.is === 'dark') return this.#darkBy(cover.by)
    if (cover.is === 'unsure') return this.unsure
    const lit = this.#whenLit()
    if (!this.#goesOn || this.#back(point)) return lit
    // Elsewhere it goes on, and nobody has said that it is over here.
    this.wakeAt = earliest(this.wakeAt, this.#parts.moment().now + VERIFY_MS)
    return this.unsure
  }

  #darkBy(number: number): number {
    const known = this.#dark.get(number)
    if (known !== undefined) return known
    const incident = this.#parts.records.incident(incidentId(number))
    const { rules } = this.#parts.moment()
    const place = incident ? this.list.push({ is: 'dark', news: newsOf(incident, rules) }) - 1 : 0
    if (!incident) this.#lookAgain()
    this.#dark.set(number, place)
    return place
  }

  #whenLit(): number {
    this.#lit ??= this.#findLit()
    return this.#lit
  }

  #findLit(): number {
    const { records, moment } = this.#parts
    let incident = records.incident(this.#told)
    for (let n = 0; incident?.mergedInto && n < MOST_MERGES; n++)
      incident = records.incident(incident.mergedInto)
    if (!incident || this.#isBehind(incident)) {
      this.#lookAgain()
      return this.unsure
    }
    this.#goesOn = isOpen(incident) && incident.outageKind !== 'restored'
    this.#back = backSince(this.#world, incident.startedAt)
    const since = incident.restoredAt ?? moment().now
    return this.list.push({ is: 'lit', since, ...endOf(incident) }) - 1
  }

  /** The engine is further than the ledger: whether it was restored or withdrawn is not filed yet. */
  #isBehind(incident: Incident): boolean {
    if (!isOpen(incident)) return false
    const number = incidentNumber(incident.id)
    const held = this.#world.cases.get(number)
    const summed = this.#world.summary.stations.some((one) => one.number === number)
    return !summed && held?.revision !== incident.revision
  }

  #lookAgain(): void {
    this.wakeAt = this.#parts.moment().now + LAG_MS
  }
}
