/**
 * Where things of the grid lie on the earth, and in which square of the web map (EPSG:3857, the
 * XYZ scheme that OpenLayers and every tile server speak). It never invents a place: what has no
 * coordinates in the grid file has none here.
 */
import type { CompiledGrid, DeviceColumns, NodeColumns } from './compiled.ts'

/** Web Mercator ends here: beyond this latitude the square world has no place. */
export const MAX_MERCATOR_LAT = 85.0511287798066

/** What of a grid has places. */
interface Placed {
  readonly nodes: Pick<NodeColumns, 'lon' | 'lat'>
}

/** Degrees of the node, or `undefined` where the grid file gives none. */
export function nodePlace(grid: Placed, node: number): [number, number] | undefined {
  const lon = grid.nodes.lon[node]
  const lat = grid.nodes.lat[node]
  if (lon === undefined || lat === undefined || Number.isNaN(lon) || Number.isNaN(lat)) return
  return [lon, lat]
}

/** A device is drawn where it is fed from, or else at its lower side. */
export function devicePlace(
  grid: Placed & { readonly devices: Pick<DeviceColumns, 'from' | 'to'> },
  device: number,
): [number, number] | undefined {
  return nodePlace(grid, grid.devices.from[device]!) ?? nodePlace(grid, grid.devices.to[device]!)
}

/** Column of the tile at zoom `z` that holds `lon`; may lie outside the world. */
export function tileX(lon: number, z: number): number {
  return Math.floor(((lon + 180) / 360) * 2 ** z)
}

/** Row of the tile at zoom `z` that holds `lat`, counted from the north. */
export function tileY(lat: number, z: number): number {
  const clamped = Math.max(-MAX_MERCATOR_LAT, Math.min(MAX_MERCATOR_LAT, lat))
  const sin = Math.sin((clamped * Math.PI) / 180)
  return Math.floor((0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * 2 ** z)
}

/** Customers below `device` in the normal state: one range, by the numbering of the columns. */
export function customersBelow(
  grid: {
    readonly devices: Pick<DeviceColumns, 'subtreeSize'>
    readonly usagePoints: Pick<CompiledGrid['usagePoints'], 'first'>
  },
  device: number,
): number {
  const end = device + Math.max(1, grid.devices.subtreeSize[device]!)
  return grid.usagePoints.first[end]! - grid.usagePoints.first[device]!
}

/** Metres of a degree of latitude (WGS 84, at the middle latitudes). */
const METRES_A_DEGREE = 111_132

/**
 * Metres between two places some kilometres apart, on the plane that touches the earth there. The
 * cosine is a series: four operations give the same result on every machine.
 */
export function metresBetween(
  [lonA, latA]: readonly [number, number],
  [lonB, latB]: readonly [number, number],
): number {
  const x = (((latA + latB) / 2) * Math.PI) / 180
  const square = x * x
  const cosine = 1 - (square / 2) * (1 - (square / 12) * (1 - (square / 30) * (1 - square / 56)))
  const east = (lonB - lonA) * cosine * METRES_A_DEGREE
  const north = (latB - latA) * METRES_A_DEGREE
  return Math.round(Math.sqrt(east * east + north * north))
}
