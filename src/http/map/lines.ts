/** Lines of the grid as they are drawn: their geometry, and which lie below a device. */
import type { CompiledGrid } from '../../grid/compiled.ts'
import { nodePlace } from '../../grid/geography.ts'
import { DEVICE_TYPES } from '../../grid/model.ts'
import type { Stretch } from '../../grid/refed.ts'
import type { DrawnGrid } from './drawn-grid.ts'

export type LonLat = [number, number]

/** Vertices from end to end; `undefined` where fewer than two have a place. */
export function lineGeometry(grid: DrawnGrid, line: number): LonLat[] | undefined {
  const { from, to, path, pathFirst } = grid.lines
  const vertices: LonLat[] = []
  const start = nodePlace(grid, from[line]!)
  if (start) vertices.push(start)
  for (let k = pathFirst[line]!; k < pathFirst[line + 1]!; k++)
    vertices.push([path[2 * k]!, path[2 * k + 1]!])
  const end = nodePlace(grid, to[line]!)
  if (end) vertices.push(end)
  return vertices.length < 2 ? undefined : vertices
}

/** Lines sorted by the device that feeds them: those of device `d` are `order[first[d]..first[d+1])`. */
export interface LinesByDevice {
  readonly first: Int32Array
  readonly order: Int32Array
}

const byDevice = new WeakMap<CompiledGrid, LinesByDevice>()

/** Sorts them; one pass over lines and devices. */
export function sortLines(grid: DrawnGrid): LinesByDevice {
  const { count, fedBy } = grid.lines
  const first = new Int32Array(grid.devices.ids.count + 1)
  for (let line = 0; line < count; line++) if (fedBy[line]! >= 0) first[fedBy[line]! + 1]!++
  for (let device = 1; device < first.length; device++) first[device]! += first[device - 1]!
  const next = first.slice()
  const order = new Int32Array(first.at(-1)!)
  for (let line = 0; line < count; line++)
    if (fedBy[line]! >= 0) order[next[fedBy[line]!]!++] = line
  return { first, order }
}

/** Takes what another thread sorted. */
export function keepLines(grid: CompiledGrid, sorted: LinesByDevice): void {
  byDevice.set(grid, sorted)
}

function linesByDevice(grid: CompiledGrid): LinesByDevice {
  const sorted = byDevice.get(grid) ?? sortLines(grid)
  byDevice.set(grid, sorted)
  return sorted
}

/** Lines of these devices: slices, since devices are numbered depth first. */
export function linesOf(grid: CompiledGrid, stretches: readonly Stretch[]): readonly number[] {
  const { first, order } = linesByDevice(grid)
  return stretches.flatMap(([from, to]) => [...order.subarray(first[from]!, first[to]!)])
}

const code = (type: (typeof DEVICE_TYPES)[number]) => DEVICE_TYPES.indexOf(type)
export const TRANSFORMER = code('transformer')
const LOW_VOLTAGE = new Set([code('lvBranch'), code('meterBox'), code('service')])
const MAIN = new Set([code('breaker'), code('recloser'), code('sectionaliser'), code('switch')])

/** True for devices below a transformer's low-voltage side. */
export const isLowVoltage = (type: number) => LOW_VOLTAGE.has(type)

/** Where a line stands in the network: main line, other medium voltage, or low voltage. */
export function lineRank(grid: DrawnGrid, line: number): 'main' | 'branch' | 'lv' {
  const fedBy = grid.lines.fedBy[line]!
  if (fedBy < 0) return 'main'
  const type = grid.devices.type[fedBy]!
  if (type === TRANSFORMER || LOW_VOLTAGE.has(type)) return 'lv'
  return MAIN.has(type) && grid.lines.phases[line] === 7 ? 'main' : 'branch'
}
