/** Which customers hang below what, counted by walking up from each one: slow, plain, independent. */
import { type CompiledGrid, TARGET_DEVICE, TARGET_USAGE_POINT } from '../../src/grid/compiled.ts'
import { DEVICE_TYPES } from '../../src/grid/model.ts'

/** Terminals there take their own supply from the source side. */
const SWITCHGEAR = ['breaker', 'recloser', 'sectionaliser', 'switch', 'fuse']

export class Reach {
  readonly grid: CompiledGrid
  /** Usage points below each device, normal switch positions. */
  readonly #below: readonly Set<number>[]

  constructor(grid: CompiledGrid) {
    this.grid = grid
    const below = Array.from({ length: grid.devices.ids.count }, () => new Set<number>())
    for (let point = 0; point < grid.usagePoints.ids.count; point++)
      for (let d = grid.usagePoints.device[point]!; d >= 0; d = grid.devices.normalParent[d]!)
        below[d]!.add(point)
    this.#below = below
  }

  nameOf(point: number): string {
    return this.grid.usagePoints.ids.idOf(point)
  }

  /** Customers below a device, or the one whose implicit service is named. */
  below(id: string): ReadonlySet<number> {
    const device = this.grid.devices.ids.indexOf(id)
    if (device >= 0) return this.#below[device]!
    return new Set([this.grid.usagePoints.ids.indexOf(id)])
  }

  /** True where one hangs below the other, or they are the same. */
  related(a: string, b: string): boolean {
    const [up, down] = this.below(a).size >= this.below(b).size ? [a, b] : [b, a]
    const [point] = this.below(down)
    return point !== undefined && this.below(up).has(point)
  }

  shared(a: string, b: string): readonly number[] {
    return [...this.below(a)].filter((point) => this.below(b).has(point))
  }

  within(points: ReadonlySet<number>, area: ReadonlySet<number>): boolean {
    for (const point of points) if (!area.has(point)) return false
    return points.size > 0
  }

  /** The authenticated identity behind an observer. */
  identityOf(observer: string): string {
    const { ids, via } = this.grid.observers
    const forwards = via[ids.indexOf(observer)]!
    return forwards < 0 ? observer : ids.idOf(forwards)
  }

  /** The device a terminal stands at; undefined for one that stands elsewhere. */
  deviceOf(observer: string): string | undefined {
    const { ids, target, targetKind } = this.grid.observers
    const index = ids.indexOf(observer)
    if (index < 0 || targetKind[index] !== TARGET_DEVICE) return undefined
    return this.grid.devices.ids.idOf(target[index]!)
  }

  isMeter(observer: string): boolean {
    const { ids, targetKind } = this.grid.observers
    return targetKind[ids.indexOf(observer)] === TARGET_USAGE_POINT
  }

  /** Customers whose supply an observer shares. */
  seenBy(observer: string): ReadonlySet<number> {
    const { ids, target, targetKind } = this.grid.observers
    const index = ids.indexOf(observer)
    if (index < 0) return new Set()
    if (targetKind[index] === TARGET_USAGE_POINT) return new Set([target[index]!])
    if (targetKind[index] !== TARGET_DEVICE) return new Set()
    const seat = this.seatOf(observer)
    return seat < 0 ? new Set() : this.#below[seat]!
  }

  /** The device right above an observer's own supply, −1 for the source. */
  seatOf(observer: string): number {
    const { observers, usagePoints, devices } = this.grid
    const index = observers.ids.indexOf(observer)
    const target = observers.target[index]!
    if (observers.targetKind[index] === TARGET_USAGE_POINT) return usagePoints.device[target]!
    const type = DEVICE_TYPES[devices.type[target]!]!
    return SWITCHGEAR.includes(type) ? devices.normalParent[target]! : target
  }

  /** True where `device` lies on the way from the source to what hangs below `seat`. */
  feeds(device: number, seat: number): boolean {
    for (let at = seat; at >= 0; at = this.grid.devices.normalParent[at]!)
      if (at === device) return true
    return false
  }

  /** Customers below a device by the feeder that normally supplies them. */
  byFeeder(id: string): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    const own = this.grid.devices.feeder[this.grid.devices.ids.indexOf(id)] ?? -1
    if (own >= 0) counts.set(this.grid.feeders[own]!.id, 0)
    for (const point of this.below(id)) {
      const feeder = this.grid.devices.feeder[this.grid.usagePoints.device[point]!]!
      if (feeder < 0) continue
      const name = this.grid.feeders[feeder]!.id
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    return counts
  }
}
