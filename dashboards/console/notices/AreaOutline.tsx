/** The outline of the dark area as a small drawing with its scale: no tiles needed, the same on paper. */
import { useLanguage } from '../i18n/language.tsx'

type Ring = readonly (readonly [lon: number, lat: number])[]

/** Units of the drawing. */
const WIDTH = 320
const HEIGHT = 130
const MARGIN = 14
/** Of a degree of latitude; of longitude it is as much by the cosine. */
const METRES_PER_DEGREE = 111_320
/** Lengths a scale bar may have. */
const BARS = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000]
/** The longest bar takes at most this share of the width. */
const LONGEST_BAR = 0.4

export function AreaOutline({ ring }: { ring: Ring }) {
  const { text, format } = useLanguage()
  const { points, metresPerUnit, width, height } = drawingOf(ring)
  const bar = BARS.findLast((one) => one / metresPerUnit <= WIDTH * LONGEST_BAR) ?? BARS[0]!
  const length = (metres: number) =>
    metres >= 1000
      ? text.crews.kilometres(format.number(Math.round(metres / 100) / 10))
      : text.crews.metres(format.number(Math.round(metres / 10) * 10))
  return (
    <svg
      className="area-outline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={text.noticeSheet.areaDrawing(length(width), length(height))}
    >
      <polygon points={points} />
      <path d={`M${MARGIN} ${HEIGHT - 7}v5h${bar / metresPerUnit}v-5`} />
      <text x={MARGIN + bar / metresPerUnit + 6} y={HEIGHT - 2}>
        {length(bar)}
      </text>
    </svg>
  )
}

/** Equirectangular about the middle latitude, as large as fits, in the middle. */
function drawingOf(ring: Ring) {
  const lons = ring.map(([lon]) => lon)
  const lats = ring.map(([, lat]) => lat)
  const [west, east] = [Math.min(...lons), Math.max(...lons)]
  const [south, north] = [Math.min(...lats), Math.max(...lats)]
  const eastMetres = METRES_PER_DEGREE * Math.cos((((south + north) / 2) * Math.PI) / 180)
  const width = (east - west) * eastMetres
  const height = (north - south) * METRES_PER_DEGREE
  const metresPerUnit = Math.max(
    width / (WIDTH - 2 * MARGIN),
    height / (HEIGHT - 3 * MARGIN),
    Number.MIN_VALUE,
  )
  const left = (WIDTH - width / metresPerUnit) / 2
  const points = ring
    .map(([lon, lat]) => {
      const x = left + ((lon - west) * eastMetres) / metresPerUnit
      const y = MARGIN + ((north - lat) * METRES_PER_DEGREE) / metresPerUnit
      return `${x.toFixed(1)},${y.toFixed(1)}`
    })
    .join(' ')
  return { points, metresPerUnit, width, height }
}
