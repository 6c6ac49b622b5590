/** The area of an incident as GeoJSON: what hangs below its device now. */
import type { Incident } from '../../engine/changes.ts'
import { formatPhases } from '../../facts/phases.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { devicePlace } from '../../grid/geography.ts'
import type { BelowNow } from '../../grid/refed.ts'
import { MAX_AREA_FEATURES } from '../limits.ts'
import { lineGeometry, lineRank, linesOf, TRANSFORMER } from './lines.ts'

interface Feature {
  readonly type: 'Feature'
  readonly id: string
  readonly geometry: { readonly type: string; readonly coordinates: unknown }
  readonly properties: Readonly<Record<string, unknown>>
}

/** Transformers known to be dark or back; without it, the incident's own state speaks for all. */
export interface KnownArea {
  readonly dark: readonly string[]
  readonly restored: readonly string[]
}

/** Where the area is read from. */
interface AreaSources {
  grid(): CompiledGrid
  readonly live: { area(incident: string): KnownArea | undefined }
  belowNow(device: number): BelowNow
}

/** Points first, so that a large area loses lines before transformers; `truncated` says so. */
export function areaOf({ grid: gridNow, live, belowNow }: AreaSources, incident: Incident) {
  const grid = gridNow()
  const known = live.area(incident.id)
  const { ids } = grid.devices
  const found = ids.indexOf(incident.device.id)
  // An implicit service bears its usage point's id; its area is drawn from the device above.
  const usagePoint = found < 0 ? grid.usagePoints.ids.indexOf(incident.device.id) : -1
  const device = usagePoint < 0 ? found : grid.usagePoints.device[usagePoint]!
  const features: Feature[] = []
  const point = (index: number, properties: Record<string, unknown>) => {
    const place = devicePlace(grid, index)
    if (!place) return
    const geometry = { type: 'Point', coordinates: place }
    features.push({ type: 'Feature', id: ids.idOf(index), geometry, properties })
  }
  let truncated = false
  if (device >= 0) {
    const { type, name } = incident.device
    const below = belowNow(device)
    point(device, { role: 'device', type, name, grade: incident.grade })
    for (const [index, state] of transformersOf(grid, below, incident, known)) {
      if (features.length >= MAX_AREA_FEATURES) break
      const label = grid.devices.nameOf(index)
      point(index, { role: 'transformer', type: 'transformer', name: label, state })
    }
    const lines = usagePoint < 0 ? linesOf(grid, below.lines) : []
    for (const line of lines) {
      if (features.length >= MAX_AREA_FEATURES) break
      const coordinates = lineGeometry(grid, line)
      if (!coordinates) continue
      features.push({
        type: 'Feature',
        id: `line-${line}`,
        geometry: { type: 'LineString', coordinates },
        properties: {
          role: 'line',
          phases: formatPhases(grid.lines.phases[line]!),
          lv: lineRank(grid, line) === 'lv',
        },
      })
    }
    truncated = features.length >= MAX_AREA_FEATURES
  }
  return { type: 'FeatureCollection', incident: incident.id, truncated, features }
}

function* transformersOf(
  grid: CompiledGrid,
  below: BelowNow,
  incident: Incident,
  known: KnownArea | undefined,
): Iterable<[index: number, state: 'dark' | 'restored']> {
  const { ids, type } = grid.devices
  if (known) {
    for (const [state, list] of [
      ['dark', known.dark],
      ['restored', known.restored],
    ] as const)
      for (const id of list) {
        const index = ids.indexOf(id)
        if (index >= 0) yield [index, state]
      }
    return
  }
  const over = incident.outageKind === 'restored' || incident.outageKind === 'closed'
  for (const [from, to] of below.devices)
    for (let index = from; index < to; index++)
      if (type[index] === TRANSFORMER) yield [index, over ? 'restored' : 'dark']
}
