/** What of the network is drawn as which feature: lines, devices and transformers with their properties. */
import { formatPhases } from '../../facts/phases.ts'
import { customersBelow, devicePlace } from '../../grid/geography.ts'
import { DEVICE_TYPES } from '../../grid/model.ts'
import type { Box } from './buckets.ts'
import type { DrawnGrid } from './drawn-grid.ts'
import { isLowVoltage, lineGeometry, lineRank, TRANSFORMER } from './lines.ts'

/** What is drawn from which zoom: main lines, all medium voltage, low voltage. */
export type Detail = 'main' | 'mv' | 'lv'

export interface Feature {
  readonly type: 'Feature'
  readonly geometry: { readonly type: string; readonly coordinates: unknown }
  readonly properties: Readonly<Record<string, unknown>>
}
export type Layers = Record<string, Feature[]>

const box: Box = { west: 0, south: 0, east: 0, north: 0 }

function startBox(): void {
  box.west = box.south = Number.POSITIVE_INFINITY
  box.east = box.north = Number.NEGATIVE_INFINITY
}

function widenBox(lon: number, lat: number): void {
  if (lon < box.west) box.west = lon
  if (lon > box.east) box.east = lon
  if (lat < box.south) box.south = lat
  if (lat > box.north) box.north = lat
}

/**
 * Where `line` lies, if it is drawn at this detail; the answer holds until the next question. Millions
 * are asked, so nothing is allocated; one end without a place leaves the other, and
 * nothing is drawn of it in the end.
 */
export function boxOfLine(grid: DrawnGrid, line: number, detail: Detail): Box | undefined {
  const rank = lineRank(grid, line)
  const belongs =
    detail === 'lv' ? rank === 'lv' : detail === 'main' ? rank === 'main' : rank !== 'lv'
  if (!belongs) return
  const { from, to, path, pathFirst } = grid.lines
  const { lon, lat } = grid.nodes
  startBox()
  // What has no place is not a number, and widens nothing.
  widenBox(lon[from[line]!]!, lat[from[line]!]!)
  for (let k = pathFirst[line]!; k < pathFirst[line + 1]!; k++)
    widenBox(path[2 * k]!, path[2 * k + 1]!)
  widenBox(lon[to[line]!]!, lat[to[line]!]!)
  return box.west <= box.east && box.south <= box.north ? box : undefined
}

/** The same for a device, which is a point. */
export function boxOfDevice(grid: DrawnGrid, device: number, detail: Detail): Box | undefined {
  const type = grid.devices.type[device]!
  if (detail === 'main' || DEVICE_TYPES[type] === 'service') return
  if (isLowVoltage(type) !== (detail === 'lv')) return
  const place = devicePlace(grid, device)
  if (!place) return
  startBox()
  widenBox(...place)
  return box
}

export function addLine(grid: DrawnGrid, line: number, layers: Layers): void {
  const coordinates = lineGeometry(grid, line)
  if (!coordinates) return
  const fedBy = grid.lines.fedBy[line]!
  layers.lines!.push({
    type: 'Feature',
    geometry: { type: 'LineString', coordinates },
    properties: {
      device: fedBy < 0 ? '' : grid.devices.ids.idOf(fedBy),
      feeder: grid.feeders[grid.devices.feeder[fedBy] ?? -1]?.id ?? '',
      phases: formatPhases(grid.lines.phases[line]!),
      lv: lineRank(grid, line) === 'lv',
    },
  })
}

export function addDevice(grid: DrawnGrid, device: number, layers: Layers): void {
  const { devices } = grid
  const transformer = devices.type[device] === TRANSFORMER
  const common = {
    id: devices.ids.idOf(device),
    name: devices.nameOf(device),
    feeder: grid.feeders[devices.feeder[device]!]?.id ?? '',
  }
  const dedicated = devices.ownership[device] === 1
  layers[transformer ? 'transformers' : 'devices']!.push({
    type: 'Feature',
    geometry: { type: 'Point', coordinates: devicePlace(grid, device)! },
    properties: transformer
      ? {
          ...common,
          ownership: dedicated ? 'dedicated' : 'public',
          customers: customersBelow(grid, device),
        }
      : {
          ...common,
          type: DEVICE_TYPES[devices.type[device]!]!,
          open: devices.normallyOpen[device] === 1,
        },
  })
}
