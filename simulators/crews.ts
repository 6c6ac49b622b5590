/**
 * Crews (抢修班组) as clients of the running program: each says over MQTT where it is, drives to what it
 * was sent to, and enters there over HTTP what a crew enters. Who is sent where a dispatcher decides; a
 * crew without an order goes home. Nothing here ends a fault: supply comes back as the scenario has it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type MqttClient } from 'mqtt'
import type { ActionName } from '../src/facts/facts.ts'
import { formatInstant } from '../src/facts/time.ts'
import { CREWS_SEGMENT, type CrewPositionMessage, TOPIC_ROOT } from '../src/facts/wire.ts'
import type { Grid } from '../src/grid/model.ts'
import { createRandom } from './random.ts'
import { type Place, Van } from './van.ts'

export interface CrewsOptions {
  readonly grid: Grid
  /** Where the program listens, `http://host:port`. */
  readonly url: string
  /** A bearer token of the role `crew`. */
  readonly token: string
  /** `mqtt://host:port`. */
  readonly brokerUrl: string
  /** Password of crews as of terminals; absent: the listener asks for none. */
  readonly secret?: string | undefined
  readonly seed: string
  /** Driving and working take so many times less than in the field. */
  readonly speed: number
  readonly signal: AbortSignal
  readonly onProgress?: (line: string) => void
  /** Wall ms between two positions of a crew. */
  readonly everyMs?: number
  /** Share of arrivals that crews enter; the others are left to inference. */
  readonly confirmed?: number
}

/** A van's telephone tells its place each few seconds, wall ms. */
const EVERY_MS = 3_000
/** An answer is waited for so long, wall ms: a program that hangs stops no crew. */
const PATIENCE_MS = 5_000

/**
 * What a crew enters next at each stage, and how long after the van stopped or after its last entry,
 * scenario seconds: the fault is seen after some minutes, its cause found in a quarter of an hour.
 */
const NEXT: Readonly<Record<string, { readonly does: ActionName; readonly afterSeconds: number }>> =
  {
    dispatched: { does: 'depart', afterSeconds: 0 },
    accepted: { does: 'depart', afterSeconds: 0 },
    reassigned: { does: 'depart', afterSeconds: 0 },
    enRoute: { does: 'arrive', afterSeconds: 30 },
    arrived: { does: 'onSite', afterSeconds: 180 },
    surveying: { does: 'cause', afterSeconds: 600 },
    causeFound: { does: 'etr', afterSeconds: 60 },
  }

/** A yard lies in the streets around its substation, some 500 m away. */
const BESIDE_DEGREES = 0.005

/** 外力破坏, 设备老化, 树障, 鸟害 and the like: the codes that most outages end with. */
const CAUSES = ['A11', 'A13', 'A21', 'B11', 'B21', 'B31'] as const
/** What goes with them, seen from the ground. */
const SITUATIONS = ['brokenWire', 'burntDevice', 'trippedMayRetry', 'other'] as const
/** Half an hour for a fuse, two for a pole, scenario seconds. */
const REPAIR_SECONDS = [1_800, 3_600, 7_200] as const

interface Order {
  readonly incident: string
  readonly stage: string
  readonly grade: number
}

interface Listed {
  readonly id: string
  readonly unit: string
  readonly active: boolean
  readonly orders: readonly Order[]
}

interface Incident {
  readonly revision: number
  readonly device: { readonly id: string }
  readonly centroid: Place | null
  readonly etrSource: string
}

/** The order a crew is on. */
interface Task {
  readonly incident: string
  /** Undefined where the grid file has no place for it: then the crew stays where it is. */
  readonly goal: Place | undefined
  /** Whether this crew enters its arrival by itself. */
  readonly confirms: boolean
  /** Entered, or refused: neither is tried again. */
  readonly over: Set<ActionName>
  /** When it entered something last, scenario ms. */
  actedAtMs: number
}

interface OnDuty {
  readonly client: MqttClient
  readonly van: Van
  readonly base: Place
  task: Task | undefined
}

/** Plays all active crews of the register until `signal`. A program that is not there is waited for. */
export async function runCrews(options: CrewsOptions): Promise<void> {
  const crews = new Crews(options)
  const { signal, everyMs = EVERY_MS } = options
  while (!signal.aborted) {
    await crews.turn().catch((error: Error) => crews.tell(`crews: ${error.message}`))
    await sleep(everyMs, undefined, { signal }).catch(() => undefined)
  }
  await crews.close()
}

class Crews {
  readonly #options: CrewsOptions
  readonly #startedAt = Date.now()
  readonly #places: Places
  readonly #onDuty = new Map<string, OnDuty>()

  constructor(options: CrewsOptions) {
    this.#options = options
    this.#places = new Places(options.grid)
  }

  /** Looks at the register, then moves each crew, lets it tell where it is, and lets it act. */
  async turn(): Promise<void> {
    const { crews } = (await this.#ask('/api/v1/crews')) as { crews: Listed[] }
    for (const listed of crews.filter(({ active }) => active))
      await this.#play(listed).catch((error: Error) =>
        this.tell(`crew ${listed.id}: ${error.message}`),
      )
  }

  /** What was cut off by the end of the simulation is no news. */
  tell(line: string): void {
    if (!this.#options.signal.aborted) this.#options.onProgress?.(line)
  }

  async close(): Promise<void> {
    const goodbyes = [...this.#onDuty.values()].map(({ client }) => client.endAsync(true))
    await Promise.allSettled(goodbyes)
  }

  async #play(listed: Listed): Promise<void> {
    const crew = this.#onDuty.get(listed.id) ?? this.#start(listed)
    if (!crew) return
    await this.#take(crew, listed)
    crew.van.moveTo(this.#nowMs)
    this.#tell(listed.id, crew)
    const order = listed.orders.find(({ incident }) => incident === crew.task?.incident)
    if (order) await this.#act(listed.id, crew, order)
  }

  /** Scenario time. */
  get #nowMs(): number {
    return (Date.now() - this.#startedAt) * this.#options.speed
  }

  #start({ id, unit }: Listed): OnDuty | undefined {
    const { brokerUrl, secret, seed } = this.#options
    const base = this.#places.baseIn(unit, `${seed}/${id}`)
    if (!base) return undefined
    const user = `crew:${id}`
    const client = connect(brokerUrl, {
      protocolVersion: 4,
      clientId: user,
      username: user,
      ...(secret === undefined ? {} : { password: secret }),
    })
    // It tries again by itself; a place that was not told is told anew, not later.
    client.on('error', () => undefined)
    const crew = { client, van: new Van(base, this.#nowMs), base, task: undefined }
    this.#onDuty.set(id, crew)
    return crew
  }

  /** Stays with its order while that is open; else takes the gravest, or goes home. */
  async #take(crew: OnDuty, { id, orders }: Listed): Promise<void> {
    if (crew.task && orders.some(({ incident }) => incident === crew.task!.incident)) return
    const [next] = [...orders].sort((a, b) => a.grade - b.grade)
    if (!next) {
      if (crew.task) this.tell(`crew ${id}: goes home`)
      crew.task = undefined
      crew.van.driveTo(crew.base, this.#nowMs)
      return
    }
    const { device, centroid } = await this.#incident(next.incident)
    const goal = this.#places.of(device.id) ?? centroid ?? undefined
    const random = createRandom(`${this.#options.seed}/${id}/${next.incident}`)
    const confirms = random.chance(this.#options.confirmed ?? 1)
    const { incident } = next
    crew.task = { incident, goal, confirms, over: new Set(), actedAtMs: this.#nowMs }
    if (goal) crew.van.driveTo(goal, this.#nowMs)
    this.tell(`crew ${id}: on its way to ${device.id} (${incident})`)
  }

  /** One position; without a link it is lost, as the next one says more. */
  #tell(id: string, { client, van }: OnDuty): void {
    if (!client.connected) return
    const [lon, lat] = van.place
    const message: CrewPositionMessage = { at: formatInstant(Date.now()), lon, lat }
    client.publish(`${TOPIC_ROOT}/${CREWS_SEGMENT}/${id}/position`, JSON.stringify(message), {
      qos: 1,
    })
  }

  /** Enters what is due at the stage of the order; what was seen changed is tried anew next time. */
  async #act(id: string, { van, task }: OnDuty, { incident, stage }: Order): Promise<void> {
    const next = NEXT[stage]
    if (!task || !next || task.over.has(next.does)) return
    if (next.does === 'arrive' && !task.confirms) return
    if (next.does !== 'depart') {
      const stood = task.goal && van.stoodAt(task.goal)
      const waited = Math.min(stood ?? -1, this.#nowMs - task.actedAtMs)
      if (waited < next.afterSeconds * 1000) return
    }
    const { revision, etrSource } = await this.#incident(incident)
    if (next.does === 'etr' && etrSource === 'field') {
      task.over.add('etr')
      return
    }
    const path = `/api/v1/incidents/${encodeURIComponent(incident)}/actions`
    const body = { action: next.does, revision, ...this.#detailOf(next.does, `${id}/${incident}`) }
    try {
      await this.#ask(path, body)
    } catch (error) {
      if (error instanceof Refused && error.status === 409) return
      if (!(error instanceof Refused)) throw error
      this.tell(`crew ${id}: ${next.does}: ${error.message}`)
    }
    task.over.add(next.does)
    task.actedAtMs = this.#nowMs
  }

  #detailOf(does: ActionName, label: string): object {
    const random = createRandom(`${this.#options.seed}/${label}/${does}`)
    const one = <Item>(items: readonly Item[]) => items[random.below(items.length)]!
    if (does === 'onSite') return { site: { situation: one(SITUATIONS) } }
    if (does === 'cause') return { causeCode: one(CAUSES) }
    if (does !== 'etr') return {}
    const leftMs = (one(REPAIR_SECONDS) * 1000) / this.#options.speed
    return { etr: formatInstant(Date.now() + Math.round(leftMs)) }
  }

  async #incident(id: string): Promise<Incident> {
    return (await this.#ask(`/api/v1/incidents/${encodeURIComponent(id)}`)) as Incident
  }

  /** GET, or POST where there is a body. @throws Refused with what the program answered */
  async #ask(path: string, body?: object): Promise<object> {
    const { url, token, signal } = this.#options
    const response = await fetch(new URL(path, url), {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as { code?: string; detail?: string }
    if (!response.ok) throw new Refused(response.status, `${answer.code}: ${answer.detail}`)
    return answer
  }
}

/** The program answered, and not with yes. */
class Refused extends Error {
  readonly status: number
  constructor(status: number, why: string) {
    super(`${status} ${why}`)
    this.name = 'Refused'
    this.status = status
  }
}

/** Where devices stand, and where in a unit a crew has its yard. */
class Places {
  readonly #grid: Grid
  readonly #node = new Map<string, Place>()
  readonly #device = new Map<string, Place>()
  readonly #units: ReadonlyMap<string, Place[]>

  constructor(grid: Grid) {
    this.#grid = grid
    for (const { id, lon, lat } of grid.nodes)
      if (lon !== undefined && lat !== undefined) this.#node.set(id, [lon, lat])
    for (const { id, from, to } of grid.devices) {
      const place = this.#node.get(from) ?? this.#node.get(to)
      if (place) this.#device.set(id, place)
    }
    this.#units = this.#yards()
  }

  /** A device, or the place where a usage point hangs. */
  of(id: string): Place | undefined {
    const point = () => this.#grid.usagePoints.find((one) => one.id === id)?.device
    return this.#device.get(id) ?? this.#device.get(point() ?? '')
  }

  /** A yard (驻点) in the unit; where none of its feeders has a place, anywhere in the grid. */
  baseIn(unit: string, label: string): Place | undefined {
    const yards = this.#units.get(unit) ?? [...this.#units.values()].flat()
    const random = createRandom(label)
    const yard = yards[random.below(yards.length)]
    const beside = () => (random.uniform() - 0.5) * 2 * BESIDE_DEGREES
    return yard && [yard[0] + beside(), yard[1] + beside()]
  }

  /** Yards lie where feeders begin, beside their substations. */
  #yards(): Map<string, Place[]> {
    const yards = new Map<string, Place[]>()
    for (const { unit, source } of this.#grid.feeders) {
      const place = this.#device.get(source)
      if (place) yards.set(unit, [...(yards.get(unit) ?? []), place])
    }
    return yards
  }
}
