/**
 * The tiles of the network. While the server draws the map of a large network it says so instead of
 * giving a tile: the source asks again by itself until it has one.
 */
import type { Extent } from 'ol/extent'
import MVT from 'ol/format/MVT'
import type Projection from 'ol/proj/Projection'
import type RenderFeature from 'ol/render/Feature'
import VectorTileSource from 'ol/source/VectorTile'
import { createXYZ } from 'ol/tilegrid'
import type VectorTile from 'ol/VectorTile'

const TILE_SIZE = 512
/** The server stretches no tile beyond this; the console does. */
const MAX_TILE_ZOOM = 16
/** While the map is prepared it is asked for again this often, ms. */
const ASK_AGAIN_MS = 1_500

type Tile = VectorTile<RenderFeature>

/** Why there are no tiles: the server is not ready with them, or does not give them. */
export type TilesWanting = 'preparing' | 'failed' | null

/** Tiles of the network; `onState` hears what is wanting each time that changes. */
export function networkTiles(onState: (wanting: TilesWanting) => void): VectorTileSource {
  let wanting: TilesWanting = null
  let timer: number | undefined
  const say = (next: TilesWanting) => {
    if (next === wanting) return
    wanting = next
    onState(next)
  }
  const askAgain = () => {
    window.clearTimeout(timer)
    timer = window.setTimeout(() => source.refresh(), ASK_AGAIN_MS)
  }
  const load = async (tile: Tile, url: string, extent: Extent, projection: Projection) => {
    try {
      const response = await fetch(url, { credentials: 'same-origin' })
      if (!response.ok) {
        const isPreparing = (await codeOf(response)) === 'map.preparing'
        say(isPreparing ? 'preparing' : 'failed')
        if (isPreparing) askAgain()
        tile.onError()
        return
      }
      const bytes = await response.arrayBuffer()
      const options = { extent, featureProjection: projection }
      tile.onLoad(tile.getFormat().readFeatures(bytes, options) as RenderFeature[], projection)
      say(null)
    } catch {
      say('failed')
      tile.onError()
    }
  }
  const source: VectorTileSource = new VectorTileSource({
    // The network's tiles carry `layer` as a property, so one style function serves all.
    format: new MVT({ layerName: 'layer' }),
    url: '/api/v1/map/{z}/{x}/{y}.mvt',
    tileGrid: createXYZ({ tileSize: TILE_SIZE, maxZoom: MAX_TILE_ZOOM }),
    transition: 0,
    tileLoadFunction: (loaded, url) => {
      const tile = loaded as Tile
      tile.setLoader((extent, _resolution, projection) => {
        void load(tile, url, extent, projection)
      })
    },
  })
  return source
}

async function codeOf(response: Response): Promise<string> {
  try {
    return String(((await response.json()) as { code?: unknown }).code)
  } catch {
    return ''
  }
}
