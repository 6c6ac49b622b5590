/** Which map topics cover a view (slippy-map numbering, tiles of 512 pixels). */

/** What of the world is on screen. */
export interface ViewState {
  /** West, south, east, north in degrees. */
  readonly bounds: readonly [number, number, number, number]
  readonly zoom: number
}

/** Nearer than this the transformers of the view are followed one by one; farther, marks suffice. */
const FROM_VIEW_ZOOM = 11.5
/** Squares of the live channel exist between these (`MIN_MAP_ZOOM`, `MAX_MAP_ZOOM` of the server). */
const MIN_SQUARE_ZOOM = 8
const MAX_SQUARE_ZOOM = 16
/** A 4K screen needs 5 × 4; more would only be a burst of subscriptions. */
const MAX_SQUARES = 30

export function topicsOf(view: ViewState | null): readonly string[] {
  if (view === null || view.zoom < FROM_VIEW_ZOOM) return []
  const [west, south, east, north] = view.bounds
  // A view zoom counts tiles of 256 pixels: one less for those of 512.
  for (let z = clamp(Math.round(view.zoom) - 1, MIN_SQUARE_ZOOM, MAX_SQUARE_ZOOM); ; z--) {
    const left = column(west, z)
    const right = column(east, z)
    const top = row(north, z)
    const bottom = row(south, z)
    if ((right - left + 1) * (bottom - top + 1) > MAX_SQUARES) {
      if (z === MIN_SQUARE_ZOOM) return []
      continue
    }
    const topics: string[] = []
    for (let x = left; x <= right; x++)
      for (let y = top; y <= bottom; y++) topics.push(`map:${z}/${x}/${y}`)
    return topics
  }
}

function column(lon: number, z: number): number {
  return clamp(Math.floor(((lon + 180) / 360) * 2 ** z), 0, 2 ** z - 1)
}

function row(lat: number, z: number): number {
  const phi = (clamp(lat, -85.05, 85.05) * Math.PI) / 180
  const y = (1 - Math.asinh(Math.tan(phi)) / Math.PI) / 2
  return clamp(Math.floor(y * 2 ** z), 0, 2 ** z - 1)
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}
