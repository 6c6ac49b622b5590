/**
 * Draws a feeder through the streets of a town: the trunk leaves the substation along a street,
 * the main line follows the middle street of the feeder's cell, spurs turn into the cross streets,
 * and each block has its transformer.
 */
import type { Draw } from './draw.ts'
import { firmName } from './firms.ts'
import type { KindNumbers } from './kinds.ts'
import { estateName, streetName } from './names.ts'
import { Frame } from './place.ts'
import { CELL_BLOCKS_ACROSS, CELL_BLOCKS_ALONG, type Cell, type PlannedFeeder } from './plan.ts'
import { drawLoads, type Load, type Site, type Spur, type Stop } from './sketch.ts'

/** Trunks of one substation share a street; each is drawn this far beside the next. */
const LANE_METRES = 9

/** The main line of `feeder`, stop by stop, from the substation outwards. */
export function drawStreets(feeder: PlannedFeeder, numbers: KindNumbers, draw: Draw): Stop[] {
  const { substation } = feeder
  const cell = feeder.cell!
  const loads = drawLoads(feeder, numbers, draw)
  const columns = Math.min(
    CELL_BLOCKS_ALONG,
    Math.max(2, Math.ceil((loads.length / CELL_BLOCKS_ACROSS) * 1.15)),
  )
  const blocks = dealBlocks(loads, columns, draw)
  const geometry = new StreetGeometry(substation.frame, cell)
  const lane = (feeder.bay - 918) * LANE_METRES
  const stops: Stop[] = []
  for (let column = 0; column < columns; column++) {
    const spurs: Spur[] = []
    for (const up of [true, false]) {
      const spur = drawSpur(geometry, blocks[column]!, column, up, draw)
      if (spur) spurs.push(spur)
    }
    const bends =
      column === 0
        ? [substation.frame.at(lane, 0), substation.frame.at(lane, geometry.mainAcross)]
        : []
    stops.push({ at: geometry.corner(column), bends, sites: [], spurs })
  }
  return stops
}

/** Deals loads to blocks, evenly and in random order: `[column][block across]`. */
function dealBlocks(loads: readonly Load[], columns: number, draw: Draw): Load[][][] {
  const blocks: Load[][][] = Array.from({ length: columns }, () =>
    Array.from({ length: CELL_BLOCKS_ACROSS }, () => []),
  )
  const places: [number, number][] = []
  for (let column = 0; column < columns; column++)
    for (let across = 0; across < CELL_BLOCKS_ACROSS; across++) places.push([column, across])
  for (let i = places.length - 1; i > 0; i--) {
    const other = draw.whole(0, i)
    ;[places[i], places[other]] = [places[other]!, places[i]!]
  }
  for (const [i, load] of loads.entries()) {
    const [column, across] = places[i % places.length]!
    blocks[column]![across]!.push(load)
  }
  return blocks
}

/** Streets of one cell, in the frame of the substation. */
class StreetGeometry {
  readonly frame: Frame
  readonly block: number
  /** +1 where the cell lies forward of the substation, −1 where behind. */
  readonly side: number
  readonly nearAlong: number
  readonly lowAcross: number
  readonly mainRow: number
  readonly mainAcross: number

  constructor(frame: Frame, { column, row, blockMetres }: Cell) {
    this.frame = frame
    this.block = blockMetres
    this.side = column >= 0 ? 1 : -1
    const cellsOut = column >= 0 ? column : -1 - column
    this.nearAlong = cellsOut * CELL_BLOCKS_ALONG * blockMetres
    this.lowAcross = row * CELL_BLOCKS_ACROSS * blockMetres
    // The outer cell's line passes the inner cell one street further down.
    this.mainRow = cellsOut === 0 ? 2 : 1
    this.mainAcross = this.lowAcross + this.mainRow * blockMetres
  }

  /** Metres along to cross street `column`. */
  along(column: number): number {
    return this.side * (this.nearAlong + (column + 1) * this.block)
  }

  corner(column: number) {
    return this.frame.at(this.along(column), this.mainAcross)
  }

  /** Metres across to the middle of a row of blocks. */
  middle(row: number): number {
    return this.lowAcross + (row + 0.5) * this.block
  }
}

/** The spur into a cross street, up or down from the main street; none where it has no load. */
function drawSpur(
  geometry: StreetGeometry,
  column: readonly (readonly Load[])[],
  index: number,
  up: boolean,
  draw: Draw,
): Spur | undefined {
  const rows = up
    ? Array.from({ length: CELL_BLOCKS_ACROSS - geometry.mainRow }, (_, i) => geometry.mainRow + i)
    : Array.from({ length: geometry.mainRow }, (_, i) => geometry.mainRow - 1 - i)
  const stops: Stop[] = []
  let sites = 0
  for (const row of rows) {
    const loads = column[row]!
    if (loads.length === 0) continue
    const at = geometry.frame.at(geometry.along(index), geometry.middle(row))
    stops.push({
      at,
      bends: [],
      sites: loads.map((load, k) => streetSite(geometry, index, row, load, k, loads.length, draw)),
      spurs: [],
    })
    sites += loads.length
  }
  if (stops.length === 0) return undefined
  const guard = sites === 1 ? 'none' : draw.chance(0.6) ? 'breaker' : 'fuse'
  return { name: `${streetName(draw)}${up ? '路' : '街'}`, guard, stops }
}

/** A transformer at the edge of its block, facing into it. */
function streetSite(
  geometry: StreetGeometry,
  column: number,
  row: number,
  load: Load,
  k: number,
  ofBlock: number,
  draw: Draw,
): Site {
  const widthMetres = geometry.block / ofBlock
  const across = geometry.middle(row) + (k - (ofBlock - 1) / 2) * widthMetres
  const origin = geometry.frame.at(geometry.along(column) - geometry.side * 14, across)
  const { axis } = geometry.frame
  const inward = { x: -geometry.side * axis.x, y: -geometry.side * axis.y }
  return {
    name: load.firm ? firmName(load.firm, draw) : estateName(draw),
    frame: new Frame(origin, inward),
    widthMetres,
    meters: load.meters,
    ...(load.firm ? { firm: load.firm } : {}),
  }
}
