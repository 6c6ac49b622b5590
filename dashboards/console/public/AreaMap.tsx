/** The areas as a small drawing: no tiles, no library, sharp at any size. */
import { useId, useMemo } from 'react'
import { useLanguage } from '../i18n/language.tsx'
import type { OutageFeature, OutageFeed, Ring } from './feed.ts'

const WIDTH = 640
/** Names stand beyond the edge of a narrow area. */
const SIDE = 80
const MARGIN = 18

export function AreaMap(props: {
  territory: OutageFeed['territory']
  features: readonly OutageFeature[]
}) {
  const { territory, features } = props
  const { text } = useLanguage()
  const hatch = useId()
  const view = useMemo(() => projectionOf(territory.map(({ outline }) => outline)), [territory])
  if (view === null) return null
  return (
    <svg
      className="public-map"
      viewBox={`0 0 ${WIDTH} ${view.height.toFixed(0)}`}
      role="img"
      aria-label={text.publicPage.map}
    >
      <defs>
        <pattern id={hatch} width="9" height="9" patternUnits="userSpaceOnUse">
          <path d="M0 9L9 0" className="hatch" />
        </pattern>
      </defs>
      {territory.map(({ name, outline }) => (
        <path key={name} className="served" d={view.path(outline)} />
      ))}
      {features.map(({ id, geometry, properties }) => (
        <path
          key={id}
          className={properties.planned ? 'planned' : 'fault'}
          d={view.path(geometry.coordinates[0]!)}
          fill={properties.planned ? `url(#${hatch})` : undefined}
        />
      ))}
      {territory.map(({ name, outline }) => {
        const [x, y] = view.middle(outline)
        return (
          <text key={name} x={x} y={y}>
            {name}
          </text>
        )
      })}
    </svg>
  )
}

/** Equirectangular about the middle latitude: true enough for a province. */
function projectionOf(rings: readonly Ring[]) {
  const places = rings.flat()
  if (places.length === 0) return null
  const lons = places.map(([lon]) => lon)
  const lats = places.map(([, lat]) => lat)
  const [west, east] = [Math.min(...lons), Math.max(...lons)]
  const [south, north] = [Math.min(...lats), Math.max(...lats)]
  const flatten = Math.cos((((south + north) / 2) * Math.PI) / 180)
  const scale = (WIDTH - 2 * SIDE) / Math.max(1e-6, (east - west) * flatten)
  const x = (lon: number) => SIDE + (lon - west) * flatten * scale
  const y = (lat: number) => MARGIN + (north - lat) * scale
  return {
    height: (north - south) * scale + 2 * MARGIN,
    path: (ring: Ring) =>
      `M${ring.map(([lon, lat]) => `${x(lon).toFixed(1)} ${y(lat).toFixed(1)}`).join('L')}Z`,
    middle(ring: Ring): readonly [number, number] {
      const own = ring.slice(1)
      const mean = (pick: (place: readonly [number, number]) => number) =>
        own.reduce((sum, place) => sum + pick(place), 0) / Math.max(1, own.length)
      return [x(mean(([lon]) => lon)), y(mean(([, lat]) => lat))]
    },
  }
}
