/** The area of an incident as GeoJSON: what lies below its device in the normal state. */
import type { Incident } from '../../engine/changes.ts'
import { formatPhases } from '../../facts/phases.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { devicePlace } from '../../grid/geography.ts'
import { MAX_AREA_FEATURES } from '../limits.ts'
import { lineGeometry, lineRank, linesBelow, TRANSFORMER } from './lines.ts'

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

/** Points first, so that a large area loses lines before transformers; `truncated` says so. */
export function areaOf(grid: CompiledGrid, incident: Incident, known: KnownArea | undefined) {
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
    point(device, { role: 'device', type, name, grade: incident.grade })
    for (const [index, state] of transformersOf(grid, device, incident, known)) {
      if (features.length >= MAX_AREA_FEATURES) break
      const label = grid.devices.nameOf(index)
      point(index, { role: 'transformer', type: 'transformer', name: label, state })
    }
    const lines = usagePoint < 0 ? linesBelow(grid, device) : new Int32Array()
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
  device: number,
  incident: Incident,
  known: KnownArea | undefined,
): Iterable<[index: number, state: 'dark' | 'restored']> {
  const { ids, type, subtreeSize } = grid.devices
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
  for (let index = device; index < device + Math.max(1, subtreeSize[device]!); index++)
    if (type[index] === TRANSFORMER) yield [index, over ? 'restored' : 'dark']
}
