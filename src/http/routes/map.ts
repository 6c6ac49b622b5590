/** Vector tiles of the network. */
import { z } from 'zod'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { tagOf } from '../map/counted.ts'
import { createTiles, MAX_TILE_ZOOM, type Tiles } from '../map/tiles.ts'
import { Problem } from '../problem.ts'
import { route } from '../route.ts'

const coordinate = z.coerce.number().int().min(0)
const tilesOf = new WeakMap<CompiledGrid, Tiles>()

const tile = route({
  method: 'GET',
  path: '/api/v1/map/{z}/{x}/{y}.mvt',
  demand: 'map.read',
  summary: 'A square of the network as a Mapbox vector tile',
  params: z.object({
    z: z.coerce.number().int().min(0).max(MAX_TILE_ZOOM),
    x: coordinate,
    y: coordinate,
  }),
  query: z.object({
    /** A new grid is a new address; customers are then counted as in the normal state. */
    grid: z.string().min(16).max(64).optional(),
  }),
  answers: {
    200: { description: 'The tile', contentType: 'application/vnd.mapbox-vector-tile' },
    204: { description: 'Nothing lies there' },
    304: { description: 'As you have it' },
  },
  async handle({ deps, params, query, request }) {
    const { z: zoom, x, y } = params
    if (x >= 2 ** zoom || y >= 2 ** zoom) throw new Problem('notFound', 'no such square')
    const grid = deps.grid()
    // An address that names the grid never changes; any other is asked for again each time.
    const fixed = query.grid !== undefined && grid.digest.startsWith(query.grid)
    const customers = fixed ? undefined : deps.customersNow()
    const etag = `"${grid.digest.slice(0, 16)}${customers ? tagOf(customers) : ''}"`
    const headers = {
      etag,
      'cache-control': fixed ? 'private, max-age=86400' : 'private, no-cache',
    }
    if (request.headers['if-none-match'] === etag) return { status: 304, headers }
    let tiles = tilesOf.get(grid)
    if (!tiles) {
      tiles = createTiles(grid, deps.telemetry)
      tilesOf.set(grid, tiles)
    }
    const bytes = await tiles.tile(zoom, x, y, customers)
    if (!bytes) return { status: 204, headers }
    return { headers, bytes, contentType: 'application/vnd.mapbox-vector-tile' }
  },
})

export const mapRoutes = [tile]
