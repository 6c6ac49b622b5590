/**
 * The crews of now: the register with each crew's orders and where it was seen last. Of positions
 * only those that an arrival is inferred from become facts; the latest of each crew is kept in memory.
 */
import { isActive } from '../engine/incidents/case.ts'
import { incidentId } from '../engine/incidents/incident-id.ts'
import { unitOf } from '../engine/incidents/naming.ts'
import { awaitsArrival, metresTo } from '../engine/repair/arrival.ts'
import type { World } from '../engine/world.ts'
import type { CrewPositionFact, Fact } from '../facts/facts.ts'
import type { Crew, CrewNow, CrewOrder } from '../http/repair-ports.ts'
import { crewView, isSeenBy } from '../http/routes/crews.ts'

export interface CrewsParts {
  /** The register as it is kept. */
  registered(): readonly Crew[]
  worlds(): readonly World[]
  append(fact: Fact): Promise<number>
}

interface Seen {
  readonly lon: number
  readonly lat: number
  readonly at: number
}

export class Crews {
  readonly #parts: CrewsParts
  #registered: ReadonlyMap<string, Crew>
  readonly #seen = new Map<string, Seen>()
  /** When a position of the crew last became a fact, and whether it was near an order of its. */
  readonly #told = new Map<string, { readonly at: number; readonly near: boolean }>()

  constructor(parts: CrewsParts) {
    this.#parts = parts
    this.#registered = byId(parts.registered())
  }

  isKnown(id: string): boolean {
    return this.#registered.has(id)
  }

  crew(id: string): Crew | undefined {
    return this.#registered.get(id)
  }

  /** The register was changed. */
  renew(): void {
    this.#registered = byId(this.#parts.registered())
  }

  /** Takes any fact on its way to the journal; resolves when it may be acknowledged. */
  append(fact: Fact): Promise<number> {
    return fact.type === 'crewPosition' && !this.#matters(fact)
      ? Promise.resolve(0)
      : this.#parts.append(fact)
  }

  /** Every crew of the register, by id. */
  now(): CrewNow[] {
    const orders = this.#orders()
    return [...this.#registered.values()].map((crew) => {
      const position = this.#seen.get(crew.id) ?? null
      return { ...crew, position, orders: orders.get(crew.id) ?? [] }
    })
  }

  /** Those that a viewer may see, as the live channel and HTTP show them. */
  shown(seesUnit: (unit: string) => boolean): ReadonlyMap<string, object> {
    return shownCrews(this.now(), seesUnit)
  }

  /** Keeps a position that is a fact already; false where a later one is known. */
  see({ crew, at, receivedAt, lon, lat }: CrewPositionFact): boolean {
    const seenAt = Math.min(at, receivedAt)
    const last = this.#seen.get(crew)
    if (last && seenAt < last.at) return false
    this.#seen.set(crew, { lon, lat, at: seenAt })
    return true
  }

  /** Keeps the position; true where the engine must hear of it. */
  #matters(fact: CrewPositionFact): boolean {
    if (!this.see(fact)) return false
    const { crew, lon, lat } = fact
    const { at: seenAt } = this.#seen.get(crew)!
    const worlds = this.#parts.worlds()
    if (worlds.length === 0) return false
    const { metres, everySeconds } = worlds[0]!.rules.service.arrival
    const near = worlds.some((world) =>
      [...world.cases.values()]
        .filter((incident) => incident.crew === crew && awaitsArrival(incident))
        .some((incident) => (metresTo(world, incident, { lon, lat }) ?? Infinity) <= metres),
    )
    const told = this.#told.get(crew)
    const left = !near && told?.near === true
    const stays = near && (!told?.near || seenAt - told.at >= everySeconds * 1000)
    if (!left && !stays) return false
    this.#told.set(crew, { at: seenAt, near })
    return true
  }

  #orders(): Map<string, CrewOrder[]> {
    const orders = new Map<string, CrewOrder[]>()
    for (const world of this.#parts.worlds())
      for (const incident of world.cases.values()) {
        const { crew, number, stage, grade, head } = incident
        if (crew === null || !isActive(incident)) continue
        const seen = this.#seen.get(crew)
        const metres = seen ? (metresTo(world, incident, seen) ?? null) : null
        const order = { incident: incidentId(number), unit: unitOf(world.grid, head), stage, grade }
        orders.set(crew, [...(orders.get(crew) ?? []), { ...order, metres }])
      }
    return orders
  }
}

/** Those of them that a viewer may see, by id. */
export function shownCrews(
  crews: readonly CrewNow[],
  seesUnit: (unit: string) => boolean,
): ReadonlyMap<string, object> {
  const seen = crews.filter((crew) => isSeenBy(crew, seesUnit))
  return new Map(seen.map((crew) => [crew.id, crewView(crew, seesUnit)]))
}

const byId = (crews: readonly Crew[]) => new Map(crews.map((crew) => [crew.id, crew]))
