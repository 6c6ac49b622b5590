/** Vector tiles of the network. */
import { z } from 'zod'
import { customersNormally } from '../../grid/refed.ts'
import { tagOf } from '../map/counted.ts'
import { MAX_TILE_ZOOM } from '../map/tiles.ts'
import { Problem } from '../problem.ts'
import { route } from '../route.ts'

const coordinate = z.coerce.number().int().min(0)

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
    503: { description: 'The map is being prepared: come back after `Retry-After`' },
  },
  async handle({ deps, params, query, request }) {
    const { z: zoom, x, y } = params
    if (x >= 2 ** zoom || y >= 2 ** zoom) throw new Problem('notFound', 'no such square')
    const grid = deps.grid()
    // An address that names the grid never changes; any other is asked for again each time.
    const fixed = query.grid !== undefined && grid.digest.startsWith(query.grid)
    const customers = fixed ? customersNormally(grid) : deps.customersNow()
    const etag = `"${grid.digest.slice(0, 16)}${tagOf(customers)}"`
    const headers = {
      etag,
      'cache-control': fixed ? 'private, max-age=86400, immutable' : 'private, no-cache',
    }
    if (request.headers['if-none-match'] === etag) return { status: 304, headers }
    const bytes = await deps.map.tile(grid, [zoom, x, y], customers)
    if (!bytes) return { status: 204, headers }
    return {
      headers,
      bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      contentType: 'application/vnd.mapbox-vector-tile',
    }
  },
})

export const mapRoutes = [tile]
