/**
 * Many points as few: those of one cell become a dot in their middle that says how many customers it
 * stands for. However large the network, a tile holds no more of them than it has cells.
 */
import { customersBelow, devicePlace } from '../../grid/geography.ts'
import type { CutFeature } from './counted.ts'
import type { DrawnGrid } from './drawn-grid.ts'
import { TRANSFORMER } from './lines.ts'

/** Cells along the edge of a tile: 16 pixels each, so that dots of half that do not run together. */
const CELLS_ALONG = 32
/** Units along the edge of a tile, as geojson-vt cuts it. */
const EXTENT = 4096
/** Most dots of one tile. */
export const MAX_CELLS = CELLS_ALONG ** 2

interface Dot {
  /** Shares of the world's width and height, summed over the points. */
  x: number
  y: number
  transformers: number
  customers: number
}

/** The transformers of a grid as dots, at one zoom and at each farther one. */
export class CellPyramid {
  readonly #levels: ReadonlyMap<number, Dot>[]
  readonly #top: number

  /** One pass over the devices for zoom `top`; farther zooms add up four cells each. */
  constructor(grid: DrawnGrid, top: number) {
    this.#top = top
    const cells = new Map<number, Dot>()
    const along = 2 ** top * CELLS_ALONG
    for (let device = 0; device < grid.devices.ids.count; device++) {
      if (grid.devices.type[device] !== TRANSFORMER) continue
      const place = devicePlace(grid, device)
      if (!place) continue
      const [x, y] = worldShare(place)
      const customers = customersBelow(grid, device)
      add(cells, Math.floor(x * along), Math.floor(y * along), { x, y, transformers: 1, customers })
    }
    this.#levels = [cells]
    for (let z = top - 1; z >= 0; z--) this.#levels.push(coarser(this.#levels.at(-1)!))
  }

  /** Dots of a tile, at most `MAX_CELLS`. */
  in(z: number, tileX: number, tileY: number): readonly CutFeature[] {
    const cells = this.#levels[this.#top - z]!
    const dots: CutFeature[] = []
    for (let column = tileX * CELLS_ALONG; column < (tileX + 1) * CELLS_ALONG; column++)
      for (let row = tileY * CELLS_ALONG; row < (tileY + 1) * CELLS_ALONG; row++) {
        const dot = cells.get(keyOf(column, row))
        if (!dot) continue
        const { x, y, transformers, customers } = dot
        const unit = (share: number, tile: number) =>
          Math.round(((share / transformers) * 2 ** z - tile) * EXTENT)
        dots.push({
          type: 1,
          geometry: [[unit(x, tileX), unit(y, tileY)]],
          tags: { transformers, customers },
        })
      }
    return dots
  }
}

/** Transformers of one tile, cut already, as dots. */
export function joined(transformers: readonly CutFeature[]): readonly CutFeature[] {
  const cells = new Map<number, Dot>()
  const size = EXTENT / CELLS_ALONG
  for (const { geometry, tags } of transformers) {
    const [x, y] = (geometry as [number, number][])[0]!
    // What lies in the margin is drawn by the neighbour, too.
    if (x < 0 || y < 0 || x >= EXTENT || y >= EXTENT) continue
    const customers = Number(tags?.customers ?? 0)
    add(cells, Math.floor(x / size), Math.floor(y / size), { x, y, transformers: 1, customers })
  }
  return [...cells.values()].map(({ x, y, transformers: count, customers }) => ({
    type: 1,
    geometry: [[Math.round(x / count), Math.round(y / count)]],
    tags: { transformers: count, customers },
  }))
}

/** Columns and rows stay below 2^20 at every zoom that has cells. */
const ROWS = 2 ** 20
const keyOf = (column: number, row: number) => column * ROWS + row

function add(cells: Map<number, Dot>, column: number, row: number, dot: Dot): void {
  const key = keyOf(column, row)
  const known = cells.get(key)
  if (!known) {
    cells.set(key, { ...dot })
    return
  }
  known.x += dot.x
  known.y += dot.y
  known.transformers += dot.transformers
  known.customers += dot.customers
}

function coarser(cells: ReadonlyMap<number, Dot>): ReadonlyMap<number, Dot> {
  const wider = new Map<number, Dot>()
  for (const [key, dot] of cells)
    add(wider, Math.floor(key / ROWS / 2), Math.floor((key % ROWS) / 2), dot)
  return wider
}

/** Where a place lies in the square world of the web map, from the north-west corner. */
function worldShare([lon, lat]: readonly [number, number]): [x: number, y: number] {
  const sin = Math.sin((lat * Math.PI) / 180)
  return [(lon + 180) / 360, 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)]
}
