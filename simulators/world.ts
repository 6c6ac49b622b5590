/**
 * The true network: which switches are open, which usage points are dark, and whose supply changes
 * when a device opens or closes. Pure; it knows nothing of terminals' messages or of time.
 */
import { ALL_PHASES, type PhaseMask } from '../src/facts/phases.ts'
import type { GridObserver } from '../src/grid/model.ts'
import { maskOf, type Network, normalPositions, type Trace, trace } from './network.ts'

/** What can open: a device, or the service of one usage point where the grid has no device for it. */
export type Target =
  | { readonly kind: 'device'; readonly index: number }
  | { readonly kind: 'usagePoint'; readonly index: number }

/** `none`: not supplied in the normal state either, so it never says anything. */
export type Supply = 'on' | 'off' | 'partial' | 'none'

/** An observer that feels a change of its own supply. */
export interface SupplyChange {
  readonly observer: number
  readonly from: Supply
  readonly to: Supply
  /** Phases missing now. */
  readonly missing: PhaseMask
  /** Phases live above its transformer, or where it stands if none is above it. */
  readonly above: PhaseMask
  /** The whole transformer area is dark, not this point alone. */
  readonly wide: boolean
}

/** What one switching did. */
export interface Effect {
  readonly changes: readonly SupplyChange[]
  /** Usage points that lost supply (any phase), and those that have all of it again. */
  readonly lost: readonly number[]
  readonly regained: readonly number[]
}

/** Observers that tell a switch's position rather than a voltage. */
export function tellsPosition(observer: GridObserver): boolean {
  return observer.class === 'ftu' || observer.class === 'dtu' || observer.class === 'scada'
}

/** An observer that feels supply, and where. */
interface Feeling {
  readonly index: number
  zone: number
  readonly point: number
  readonly normal: PhaseMask
}

export class World {
  readonly network: Network
  readonly #open: Uint8Array
  readonly #serviceOpen: Uint8Array
  #trace: Trace
  /** Phases each usage point has in the normal state; 0 where it has none. */
  readonly #normalOfPoint: Uint8Array
  readonly #zoneOfPoint: Int32Array
  readonly #deviceOfPoint: Int32Array
  readonly #pointSupply: Supply[]
  /** Zone, usage point and normal phases of each observer that feels supply. */
  readonly #observers: readonly Feeling[]
  readonly #observerSupply: Supply[]

  constructor(network: Network) {
    this.network = network
    const { grid, normal } = network
    this.#open = normalPositions(network)
    this.#serviceOpen = new Uint8Array(grid.usagePoints.length)
    this.#trace = normal
    this.#deviceOfPoint = network.usagePointDevice.slice()
    this.#zoneOfPoint = Int32Array.from(network.usagePointDevice, (device) =>
      downZone(network, device),
    )
    this.#normalOfPoint = Uint8Array.from(grid.usagePoints, (point, index) =>
      normalMask(normal, this.#zoneOfPoint[index]!, point.phases),
    )
    this.#observers = grid.observers.flatMap((observer, index) => {
      if (tellsPosition(observer)) return []
      const place = this.#placeOf(observer)
      if (place === undefined) return []
      const mask =
        place.point >= 0
          ? this.#normalOfPoint[place.point]!
          : normalMask(normal, place.zone, observer.phases)
      return [{ index, ...place, normal: mask }]
    })
    this.#pointSupply = grid.usagePoints.map((_, point) => this.#supplyOfPoint(point))
    this.#observerSupply = new Array<Supply>(grid.observers.length).fill('none')
    for (const observer of this.#observers)
      this.#observerSupply[observer.index] = this.#supplyOfObserver(observer).supply
  }

  /** Opens these phases of a target. Opening what is open changes nothing. */
  open(target: Target, phases: PhaseMask = ALL_PHASES): Effect {
    if (target.kind === 'usagePoint') this.#serviceOpen[target.index] = 1
    else this.#open[target.index] = this.#open[target.index]! | phases
    return this.#settle()
  }

  /** Closes a target on all phases. */
  close(target: Target): Effect {
    if (target.kind === 'usagePoint') this.#serviceOpen[target.index] = 0
    else this.#open[target.index] = 0
    return this.#settle()
  }

  /** A customer's service is joined to another device, with as many phases as before. */
  move(point: number, device: number): Effect {
    const zone = downZone(this.network, device)
    this.#deviceOfPoint[point] = device
    this.#zoneOfPoint[point] = zone
    for (const observer of this.#observers) if (observer.point === point) observer.zone = zone
    return this.#settle()
  }

  supplyOfUsagePoint(point: number): Supply {
    return this.#pointSupply[point]!
  }

  /** Supply an observer feels; `none` for those that tell a switch's position. */
  supplyOfObserver(observer: number): Supply {
    return this.#observerSupply[observer]!
  }

  #placeOf(observer: GridObserver): { zone: number; point: number } | undefined {
    const { network } = this
    if (observer.usagePoint !== undefined) {
      const point = network.usagePointIndex.get(observer.usagePoint)
      return point === undefined ? undefined : { zone: this.#zoneOfPoint[point]!, point }
    }
    if (observer.device !== undefined) {
      const device = network.deviceIndex.get(observer.device)
      return device === undefined ? undefined : { zone: downZone(network, device), point: -1 }
    }
    return observer.node === undefined
      ? undefined
      : { zone: network.zoneOfNode(observer.node), point: -1 }
  }

  #supplyOfPoint(point: number): Supply {
    const live = this.#serviceOpen[point] ? 0 : this.#trace.live[this.#zoneOfPoint[point]!]!
    return supply(live, this.#normalOfPoint[point]!)
  }

  #supplyOfObserver(observer: { zone: number; point: number; normal: PhaseMask }) {
    const cut = observer.point >= 0 && this.#serviceOpen[observer.point] === 1
    const live = cut ? 0 : this.#trace.live[observer.zone]!
    return { supply: supply(live, observer.normal), missing: observer.normal & ~live }
  }

  /** Traces again and compares with what was. */
  #settle(): Effect {
    this.#trace = trace(this.network, this.#open)
    const lost: number[] = []
    const regained: number[] = []
    for (let point = 0; point < this.#pointSupply.length; point++) {
      const before = this.#pointSupply[point]!
      const now = this.#supplyOfPoint(point)
      if (now === before) continue
      if (now === 'on') regained.push(point)
      else if (before === 'on') lost.push(point)
      this.#pointSupply[point] = now
    }
    const changes: SupplyChange[] = []
    for (const observer of this.#observers) {
      const from = this.#observerSupply[observer.index]!
      const { supply: to, missing } = this.#supplyOfObserver(observer)
      if (to === from) continue
      this.#observerSupply[observer.index] = to
      const { above, wide } = this.#aroundTransformer(observer)
      changes.push({ observer: observer.index, from, to, missing, above, wide })
    }
    return { changes, lost, regained }
  }

  /** The phases above the observer's transformer, and whether its low-voltage side is dark. */
  #aroundTransformer(observer: { zone: number; point: number }) {
    const { network } = this
    const { live } = this.#trace
    const device =
      observer.point >= 0
        ? this.#deviceOfPoint[observer.point]!
        : network.normal.fedBy[observer.zone]!
    const transformer = device >= 0 ? network.transformer[device]! : -1
    if (transformer < 0) return { above: live[observer.zone]!, wide: live[observer.zone] === 0 }
    const down = downZone(network, transformer)
    const { fromZone, toZone } = network
    const up = fromZone[transformer] === down ? toZone[transformer]! : fromZone[transformer]!
    const open = this.#open[transformer]!
    return { above: live[up]! & ~open, wide: live[down] === 0 }
  }
}

/** The zone on the load side of a device. */
function downZone(network: Network, device: number): number {
  const fed = network.normal.feeds[device]!
  return fed >= 0 ? fed : network.toZone[device]!
}

/** Phases of `phases` that are live in the normal state; all live ones where the file's differ. */
function normalMask(normal: Trace, zone: number, phases: string | undefined): PhaseMask {
  const live = normal.live[zone]!
  return live & maskOf(phases) || live
}

function supply(live: PhaseMask, normal: PhaseMask): Supply {
  if (normal === 0) return 'none'
  const has = live & normal
  return has === normal ? 'on' : has === 0 ? 'off' : 'partial'
}
