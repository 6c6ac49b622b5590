/**
 * What is shown now: incidents that concern someone, their areas, and the marks of the map that
 * follow from both. It gathers what changed between two ticks; who sees it is decided elsewhere.
 */
import type { ChangeBatch, Incident } from '../engine/changes.ts'
import type { InstantMs } from '../facts/time.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import { devicePlace } from '../grid/geography.ts'
import { unitsAbove } from '../grid/unit-tree.ts'
import { SHOW_RESTORED_MS } from './limits.ts'
import type { MapItem } from './messages.ts'
import type { IncidentArea } from './ports.ts'

/** A mark of the map with the unit whose people may see it. */
export interface Mark {
  readonly item: MapItem
  readonly unit: string
}

/** Which of two incidents' marks is drawn where both claim a transformer. */
const STRENGTH: Readonly<Record<MapItem['state'], number>> = { dark: 2, predicted: 1, restored: 0 }

type Place = readonly [lon: number, lat: number]

interface Shown {
  incident: Incident
  /** Engine time of its latest change. */
  changedAt: InstantMs
  topics: readonly string[]
  marks: ReadonlyMap<string, Mark>
  /** It is no part of a picture that replaced this one. */
  gone?: boolean
}

export interface Turn {
  /** Incidents to look at again, with the topics they were in before and are in now. */
  readonly incidents: ReadonlyMap<
    string,
    {
      readonly incident: Incident
      readonly before: readonly string[]
      readonly now: readonly string[]
    }
  >
  /** Marks that came, changed or went, by device: where the console may show one. */
  readonly devices: ReadonlyMap<string, readonly Place[]>
}

export class Picture {
  readonly #grid: () => CompiledGrid
  readonly #shown = new Map<string, Shown>()
  readonly #areas = new Map<string, IncidentArea>()
  /** Device id → marks of the incidents that claim it (nearly always one). */
  readonly #marks = new Map<string, Map<string, Mark>>()
  readonly #dirty = new Set<string>()

  constructor(grid: () => CompiledGrid) {
    this.#grid = grid
  }

  start(incidents: Iterable<Incident>, areas: Iterable<readonly [string, IncidentArea]>): void {
    for (const [id, area] of areas) {
      this.#areas.set(id, area)
      this.#dirty.add(id)
    }
    for (const incident of incidents) this.#take(incident, incident.restoredAt ?? incident.sensedAt)
  }

  /** The whole picture anew: what is not in it is shown no more. */
  replace(incidents: readonly Incident[], areas: Iterable<readonly [string, IncidentArea]>): void {
    const kept = new Set(incidents.map(({ id }) => id as string))
    for (const [id, shown] of this.#shown) {
      shown.gone = !kept.has(id)
      this.#dirty.add(id)
    }
    this.start(incidents, areas)
  }

  follow({ changes }: Pick<ChangeBatch, 'changes'>): void {
    for (const change of changes) {
      if (change.type === 'incident') this.#take(change.incident, change.at)
      else if (change.type === 'area') {
        this.#areas.set(change.incident, { dark: change.dark, restored: change.restored })
        this.#dirty.add(change.incident)
      } else if (change.type === 'applied' && change.what === 'grid')
        for (const id of this.#shown.keys()) this.#dirty.add(id)
    }
  }

  #take(incident: Incident, at: InstantMs): void {
    const shown = this.#shown.get(incident.id)
    if (shown) {
      shown.incident = incident
      shown.changedAt = at
      shown.gone = false
    } else this.#shown.set(incident.id, { incident, changedAt: at, topics: [], marks: new Map() })
    this.#dirty.add(incident.id)
  }

  /** Whether something changed since the last turn. */
  get hasNews(): boolean {
    return this.#dirty.size > 0
  }

  /** Ends what has been shown long enough, and says what changed since the last turn. */
  turn(now: InstantMs): Turn {
    for (const [id, shown] of this.#shown)
      if (shown.topics.length > 1 && !isShown(shown, now)) this.#dirty.add(id)
    const incidents = new Map<
      string,
      Turn['incidents'] extends ReadonlyMap<string, infer V> ? V : never
    >()
    const devices = new Map<string, Place[]>()
    for (const id of this.#dirty) {
      const shown = this.#shown.get(id)
      if (!shown) {
        // The area of what is no longer shown would stay for ever.
        this.#areas.delete(id)
        continue
      }
      const visible = isShown(shown, now)
      const before = shown.topics
      shown.topics = visible ? this.#topicsOf(shown.incident) : [`incident:${id}`]
      incidents.set(id, { incident: shown.incident, before, now: shown.topics })
      this.#remark(shown, visible, devices)
      if (!visible) {
        this.#shown.delete(id)
        this.#areas.delete(id)
      }
    }
    this.#dirty.clear()
    return { incidents, devices }
  }

  /** Incidents in `topic`, as of the last turn. */
  *incidentsIn(topic: string): Iterable<Incident> {
    for (const { incident, topics } of this.#shown.values())
      if (topics.includes(topic)) yield incident
  }

  incident(id: string): Incident | undefined {
    return this.#shown.get(id)?.incident
  }

  area(id: string): IncidentArea | undefined {
    return this.#areas.get(id)
  }

  /** The strongest mark of a device among those of units that may be seen. */
  markOf(device: string, seesUnit: (unit: string) => boolean): Mark | undefined {
    let best: Mark | undefined
    for (const mark of this.#marks.get(device)?.values() ?? [])
      if (seesUnit(mark.unit) && (!best || STRENGTH[mark.item.state] > STRENGTH[best.item.state]))
        best = mark
    return best
  }

  /** Every marked device with its place, as of the last turn. */
  *markedDevices(): Iterable<readonly [id: string, lon: number, lat: number]> {
    for (const [id, marks] of this.#marks) {
      const [mark] = marks.values()
      if (mark) yield [id, mark.item.lon, mark.item.lat]
    }
  }

  #topicsOf(incident: Incident): string[] {
    const topics = ['incidents', `incident:${incident.id}`]
    if (incident.feeder) topics.push(`feeder:${incident.feeder}`)
    const units = unitsAbove(this.#grid(), incident.unit)
    for (const unit of units.length > 0 ? units : [incident.unit]) topics.push(`unit:${unit}`)
    return topics
  }

  #remark(shown: Shown, visible: boolean, changed: Map<string, Place[]>): void {
    const { incident, marks: before } = shown
    const after = visible ? this.#marksOf(incident) : new Map<string, Mark>()
    const note = (device: string, { item: { lon, lat } }: Mark) => {
      const places = changed.get(device)
      // A new grid may have moved the device: both places are looked at again.
      if (!places) changed.set(device, [[lon, lat]])
      else if (!places.some(([x, y]) => x === lon && y === lat)) places.push([lon, lat])
    }
    for (const [device, mark] of before) {
      note(device, mark)
      if (after.has(device)) continue
      const claims = this.#marks.get(device)
      claims?.delete(incident.id)
      if (claims?.size === 0) this.#marks.delete(device)
    }
    for (const [device, mark] of after) {
      note(device, mark)
      const claims = this.#marks.get(device)
      if (claims) claims.set(incident.id, mark)
      else this.#marks.set(device, new Map([[incident.id, mark]]))
    }
    shown.marks = after
  }

  #marksOf(incident: Incident): Map<string, Mark> {
    const marks = new Map<string, Mark>()
    const over = incident.outageKind === 'restored' || incident.outageKind === 'closed'
    const live = incident.outageKind === 'predicted' ? 'predicted' : 'dark'
    const area = this.#areas.get(incident.id)
    const mark = (device: string, state: MapItem['state']) => {
      const place = placeOf(this.#grid(), device)
      if (!place) return
      const [lon, lat] = place
      const { id, grade, kind, unit } = incident
      marks.set(device, { item: { id: device, state, incident: id, grade, kind, lon, lat }, unit })
    }
    mark(incident.device.id, over ? 'restored' : live)
    for (const device of area?.restored ?? []) mark(device, 'restored')
    for (const device of area?.dark ?? []) mark(device, over ? 'restored' : live)
    return marks
  }
}

/** Open, or restored within the last half hour; withdrawn and merged ones leave at once. */
function isShown({ incident, changedAt, gone }: Shown, now: InstantMs): boolean {
  if (gone || incident.outcome !== null) return false
  if (incident.outageKind !== 'restored' && incident.outageKind !== 'closed') return true
  return now - (incident.restoredAt ?? changedAt) < SHOW_RESTORED_MS
}

/** A device's place; that of its supply for a usage point with an implicit service. */
function placeOf(grid: CompiledGrid, id: string): [number, number] | undefined {
  const device = grid.devices.ids.indexOf(id)
  if (device >= 0) return devicePlace(grid, device)
  const usagePoint = grid.usagePoints.ids.indexOf(id)
  return usagePoint < 0 ? undefined : devicePlace(grid, grid.usagePoints.device[usagePoint]!)
}
