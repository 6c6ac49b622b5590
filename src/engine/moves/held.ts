/**
 * What holds feeders here: while any of it is there, another part could not go on with them, for it
 * would know of none of it. Read by who asks whether they may move, and decided by the engine alone.
 */
import { feederOfDevice } from '../../grid/feeder-of.ts'
import { feedersBeside } from '../../grid/feeders-beside.ts'
import { callId } from '../callreads/calls.ts'
import { incidentId } from '../incidents/incident-id.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'

export interface Hold {
  /**
   * An incident, restored or not; something said that is not settled; a call-read under way; a switch that
   * is, or is to be, away from its normal position; fault current that was seen of late.
   */
  readonly by: 'incident' | 'evidence' | 'callRead' | 'switch' | 'faultIndicator'
  /** Of the incident, the call-read, or the device. */
  readonly id: string
}

/** Empty where the feeders, by id, are drained: nothing is open there, nothing stirs. */
export function heldBy(world: World, ids: readonly string[]): Hold[] {
  const feeders = indicesOf(world, ids)
  const places = new Places(world, feeders)
  return [
    ...incidentsOn(world, places),
    ...evidenceOn(world, places),
    ...callsTo(world, places),
    ...switchesOn(world, places),
  ]
}

/** Indices of feeders that the grid has. */
export function indicesOf({ grid }: World, ids: readonly string[]): Set<number> {
  const meant = new Set(ids)
  const found = new Set<number>()
  grid.feeders.forEach(({ id }, index) => {
    if (meant.has(id)) found.add(index)
  })
  return found
}

/** Where these feeders are. */
class Places {
  readonly roots = new Set<number>()
  readonly #world: World
  readonly #feeders: ReadonlySet<number>

  constructor(world: World, feeders: ReadonlySet<number>) {
    const { grid, network } = world
    this.#world = world
    this.#feeders = feeders
    for (const feeder of feeders) {
      const head = network.head[grid.feeders[feeder]!.source]!
      if (head !== NONE) this.roots.add(network.rootOf(head))
    }
  }

  /** True of a head in one of their trees. */
  hasHead(head: number): boolean {
    return head !== NONE && this.roots.has(this.#world.network.rootOf(head))
  }

  /** True of a device of theirs, above them or between them and others. */
  hasDevice(device: number): boolean {
    const { grid } = this.#world
    const above = feederOfDevice(grid, device)
    if (above !== undefined && this.#feeders.has(above)) return true
    return feedersBeside(grid, device).some((feeder) => this.#feeders.has(feeder))
  }
}

/** A dead cell is none of one feeder: its terminals are told of by whoever hears them. */
function incidentsOn({ cases, findings }: World, places: Places): Hold[] {
  const found = [...findings.values()].filter(({ finding }) => !finding!.startsWith('comms/'))
  return [...cases.values(), ...found]
    .filter(({ head, outageKind }) => outageKind !== 'closed' && places.hasHead(head))
    .map(({ number }) => ({ by: 'incident', id: incidentId(number) }))
}

function evidenceOn({ grid, news, belief }: World, { roots }: Places): Hold[] {
  return [...roots]
    .filter((root) => news.has(root) || belief.lit(root))
    .map((root) => ({ by: 'evidence', id: grid.devices.ids.idOf(root) }))
}

function callsTo({ calls, belief }: World, places: Places): Hold[] {
  return [...calls.open.values()]
    .filter(({ terminal, targets }) =>
      [terminal, ...targets].some((observer) => places.hasHead(belief.headOf[observer]!)),
    )
    .map(({ number }) => ({ by: 'callRead', id: callId(number) }))
}

function switchesOn({ grid, arranged, switching, indications }: World, places: Places): Hold[] {
  const { ids } = grid.devices
  const planned = switching.planned.map(({ device }) => ids.indexOf(device))
  const devices = new Set([...arranged.map(([device]) => device), ...switching.moved, ...planned])
  const seen = new Set([...indications.values()].map(({ device }) => device))
  const on = (by: Hold['by'], some: ReadonlySet<number>): Hold[] =>
    [...some]
      .filter((device) => device >= 0 && places.hasDevice(device))
      .map((device) => ({ by, id: ids.idOf(device) }))
  return [...on('switch', devices), ...on('faultIndicator', seen)]
}
