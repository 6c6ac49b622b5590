/**
 * What really was: plays the happenings on the true network and keeps who felt what, and who was
 * without supply from when to when. The judge of a run asks it; the program never sees it.
 */
import { ALL_PHASES } from '../../src/facts/phases.ts'
import type { InstantMs } from '../../src/facts/time.ts'
import { type Network, type Trace, trace } from '../network.ts'
import { type Supply, type SupplyChange, tellsPosition, World } from '../world.ts'
import type { Happening, Happenings } from './happenings.ts'

/** What one happening did to the supply of observers. */
export interface Felt {
  readonly at: InstantMs
  readonly happening: Happening
  readonly changes: readonly SupplyChange[]
}

/** A usage point without all of its supply; `to` is null where that never ended. */
export interface Spell {
  readonly point: number
  readonly from: InstantMs
  to: InstantMs | null
}

/** Which devices fed which usage points, from this time on. */
interface Feeding {
  readonly from: InstantMs
  /** Usage points below each device. */
  readonly below: readonly ReadonlySet<number>[]
}

export class Truth {
  readonly network: Network
  readonly happenings: Happenings
  readonly felt: readonly Felt[]
  readonly spells: readonly Spell[]
  readonly #spellsOf: readonly (readonly Spell[])[]
  readonly #feedings: readonly Feeding[]
  readonly #feltBy = new Map<number, { readonly at: InstantMs; readonly to: Supply }[]>()
  readonly #deviceOf = new Map<string, number>()
  readonly #pointOf = new Map<string, number>()
  readonly #alwaysBelow = new Map<string, ReadonlySet<number>>()

  constructor(network: Network, happenings: Happenings) {
    this.network = network
    this.happenings = happenings
    const world = new World(network)
    const felt: Felt[] = []
    const spells: Spell[] = []
    const current = new Map<number, Spell>()
    for (const happening of happenings.all) {
      const { at } = happening
      const effect = effectOf(world, happening)
      felt.push({ at, happening, changes: effect.changes })
      for (const { observer, to } of effect.changes) {
        const own = this.#feltBy.get(observer)
        if (own) own.push({ at, to })
        else this.#feltBy.set(observer, [{ at, to }])
      }
      for (const point of effect.lost) {
        const spell: Spell = { point, from: at, to: null }
        spells.push(spell)
        current.set(point, spell)
      }
      for (const point of effect.regained) {
        const spell = current.get(point)
        if (spell) spell.to = at
        current.delete(point)
      }
    }
    this.felt = felt
    this.spells = spells
    this.#spellsOf = groupByPoint(network.grid.usagePoints.length, spells)
    this.#feedings = feedingsOf(network, happenings)
    network.grid.devices.forEach(({ id }, index) => {
      this.#deviceOf.set(id, index)
    })
    network.grid.usagePoints.forEach(({ id }, index) => {
      this.#pointOf.set(id, index)
    })
  }

  /** What an observer feels at `at`. */
  supplyOf(observer: number, at: InstantMs): Supply {
    return this.#feltBy.get(observer)?.findLast((felt) => felt.at <= at)?.to ?? 'on'
  }

  /** True where the point lacked supply at some moment from `from` to `to`. */
  lacked(point: number, from: InstantMs, to: InstantMs): boolean {
    return this.#spellsOf[point]!.some(
      (s) => s.from <= to && (s.to ?? Number.POSITIVE_INFINITY) >= from,
    )
  }

  /** The spell without supply that holds at `at`. */
  spellAt(point: number, at: InstantMs): Spell | undefined {
    return this.#spellsOf[point]!.find(
      (s) => s.from <= at && (s.to ?? Number.POSITIVE_INFINITY) > at,
    )
  }

  /** Usage points that hang below a device, or the one that is named, as normally switched. */
  below(id: string): ReadonlySet<number> {
    return this.#belowIn(this.#feedings[0]!, id)
  }

  /** The same, in any way the network was switched from the beginning up to `at`. */
  everBelow(id: string, at: InstantMs): ReadonlySet<number> {
    const points = new Set<number>()
    for (const feeding of this.#feedings) {
      if (feeding.from > at) break
      for (const point of this.#belowIn(feeding, id)) points.add(point)
    }
    return points
  }

  /** The same, in whatever way it was switched up to now where it was switched at all. */
  reach(id: string, now: InstantMs): ReadonlySet<number> {
    return this.isRehung ? this.everBelow(id, now) : this.below(id)
  }

  /** The same, in every way it was switched: what hangs there whatever is said of the ties. */
  alwaysBelow(id: string): ReadonlySet<number> {
    let points = this.#alwaysBelow.get(id)
    if (!points) {
      points = this.#belowInAll(id)
      this.#alwaysBelow.set(id, points)
    }
    return points
  }

  #belowInAll(id: string): ReadonlySet<number> {
    const points = new Set(this.below(id))
    for (const feeding of this.#feedings.slice(1)) {
      const here = this.#belowIn(feeding, id)
      for (const point of points) if (!here.has(point)) points.delete(point)
    }
    return points
  }

  /** Some part ever hung elsewhere than normally. */
  get isRehung(): boolean {
    return this.#feedings.length > 1
  }

  nameOf(point: number): string {
    return this.network.grid.usagePoints[point]!.id
  }

  #belowIn(feeding: Feeding, id: string): ReadonlySet<number> {
    const device = this.#deviceOf.get(id)
    if (device !== undefined) return feeding.below[device]!
    return new Set([this.#pointOf.get(id) ?? -1])
  }
}

function effectOf(world: World, { what, target, phases, to }: Happening) {
  if (what === 'move') return world.move(target.index, to!)
  return what === 'open' ? world.open(target, phases) : world.close(target)
}

function groupByPoint(points: number, spells: readonly Spell[]): Spell[][] {
  const groups: Spell[][] = Array.from({ length: points }, () => [])
  for (const spell of spells) groups[spell.point]!.push(spell)
  return groups
}

/**
 * The normal way, and after each switching the way it truly is and the way it is by what was told:
 * a tie into a part whose other feed is open as well, and nobody said so, is that part's feed to all
 * who know the positions alone. Where a tie was closed in the dark, each way it may hang from there.
 */
function feedingsOf(network: Network, { ties, all }: Happenings): Feeding[] {
  const normally = network.grid.devices.map((d) => (d.normallyOpen ? ALL_PHASES : 0))
  const truly = Uint8Array.from(normally)
  const asTold = Uint8Array.from(normally)
  const joined = network.usagePointDevice.slice()
  const isTie = new Set(ties.map(({ device }) => device))
  const watched = new Set(network.grid.observers.filter(tellsPosition).map(({ device }) => device))
  const feedings: Feeding[] = []
  const add = (from: InstantMs, open: Uint8Array) => {
    for (const way of waysToHang(network, open))
      feedings.push({ from, below: pointsBelow(network, way, joined) })
  }
  add(0, truly)
  for (const { at, what, target, phases, told, byControl, to } of all) {
    if (what === 'move') {
      joined[target.index] = to!
      add(at, truly)
    }
    if (what === 'move' || target.kind !== 'device' || ties.length === 0) continue
    const isKnown = byControl || (told && watched.has(network.grid.devices[target.index]!.id))
    for (const open of isKnown ? [truly, asTold] : [truly]) {
      open[target.index] = what === 'open' ? open[target.index]! | phases : 0
      const isOperated = isTie.has(target.index) || phases === ALL_PHASES
      if (isOperated) add(at, open)
    }
  }
  return feedings
}

/**
 * As it is fed; and where a closed tie joins parts that are all dark, as it would be through each of
 * the open devices above them: who lies beyond the tie, seen from there, is downstream of that device
 * and without supply, although nothing ever came through the tie.
 */
function waysToHang(network: Network, open: Uint8Array): Trace[] {
  const { grid, normal, fromZone, toZone, roots } = network
  const fed = trace(network, open)
  const isDark = (zone: number) => fed.live[zone] === 0
  const darkTies = grid.devices.flatMap(({ normallyOpen }, tie) =>
    normallyOpen && open[tie] === 0 && isDark(fromZone[tie]!) && isDark(toZone[tie]!) ? [tie] : [],
  )
  if (darkTies.length === 0) return [fed]
  const throughEach = grid.devices.flatMap(({ normallyOpen }, device) => {
    const zone = normal.feeds[device]!
    if (normallyOpen || open[device] !== ALL_PHASES || zone < 0 || !isDark(zone)) return []
    const way = trace({ ...network, roots: [...roots, zone] }, open)
    const above = fromZone[device] === zone ? toZone[device]! : fromZone[device]!
    // What stands open within the dark part is not where supply will come from.
    const isWithin = isDark(above) && way.live[above] !== 0
    return !isWithin && darkTies.some((tie) => way.feeds[tie]! >= 0) ? [way] : []
  })
  return [fed, ...throughEach]
}

/** What is open or dark hangs as it normally does, up to where there is supply. */
function pointsBelow(network: Network, way: Trace, joined: Int32Array): Set<number>[] {
  const { fromZone, toZone, normal } = network
  const { fedBy, feeds } = way
  const below = network.grid.devices.map(() => new Set<number>())
  const above = (device: number) => {
    const fed = feeds[device]! >= 0 ? feeds[device]! : normal.feeds[device]!
    if (fed < 0) return -1
    const zone = fromZone[device] === fed ? toZone[device]! : fromZone[device]!
    return fedBy[zone]! >= 0 ? fedBy[zone]! : normal.fedBy[zone]!
  }
  joined.forEach((device, point) => {
    // Where a dark part meets one that hangs another way round, it comes by what it passed already.
    for (let at = device; at >= 0 && !below[at]!.has(point); at = above(at)) below[at]!.add(point)
  })
  return below
}
