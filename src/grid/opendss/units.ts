/** Which unit runs what: the mapping of `--units`, applied to what an import found. */
import type { GridFeeder, GridSubstation, GridUnit } from '../model.ts'
import { ImportError } from './errors.ts'

interface Assignment {
  unit?: string
  name?: string
}

/**
 * The mapping file as an object: units, and which substations and feeders (by their ids) belong to
 * them and are called what. What is not named belongs to the first unit.
 */
export interface UnitsMapping {
  units: { id: string; name: string; parent?: string | null }[]
  substations?: Record<string, Assignment>
  feeders?: Record<string, Assignment>
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/** Checks the shape of a parsed mapping file. Throws `ImportError` `opendss.badUnits`. */
export function parseUnits(file: string, content: unknown): UnitsMapping {
  const refuse = (what: string) => new ImportError('opendss.badUnits', { file, line: 1 }, what)
  if (!isObject(content)) throw refuse('expected a mapping with "units"')
  const { units } = content
  if (!Array.isArray(units) || units.length === 0) throw refuse('"units" is not a list of units')
  const ids = new Set<string>()
  for (const unit of units) {
    if (!isObject(unit) || !isText(unit.id) || !isText(unit.name)) {
      throw refuse('each of "units" needs an id and a name')
    }
    if (unit.parent != null && !isText(unit.parent)) throw refuse(`unit ${unit.id}: bad parent`)
    ids.add(unit.id)
  }
  for (const unit of units) {
    if (unit.parent != null && !ids.has(unit.parent)) {
      throw refuse(`unit ${unit.id}: parent ${unit.parent} is not in "units"`)
    }
  }
  for (const kind of ['substations', 'feeders'] as const) {
    const assigned = content[kind] ?? {}
    if (!isObject(assigned)) throw refuse(`"${kind}" is not a mapping`)
    for (const [id, value] of Object.entries(assigned)) {
      if (!isObject(value)) throw refuse(`${kind}: ${id} is not a mapping with unit and name`)
      if (value.unit !== undefined && !ids.has(value.unit as string)) {
        throw refuse(`${kind}: ${id}: unit ${String(value.unit)} is not in "units"`)
      }
      if (value.name !== undefined && !isText(value.name)) throw refuse(`${kind}: ${id}: bad name`)
    }
  }
  for (const key of Object.keys(content)) {
    if (!['units', 'substations', 'feeders'].includes(key)) throw refuse(`unknown key "${key}"`)
  }
  return content as unknown as UnitsMapping
}

/** Applies a mapping; answers the ids it names that the import did not find. */
export function applyUnits(
  mapping: UnitsMapping,
  substations: GridSubstation[],
  feeders: GridFeeder[],
): { units: GridUnit[]; unknown: string[] } {
  const first = mapping.units[0]!.id
  const assign = (things: (GridSubstation | GridFeeder)[], to: Record<string, Assignment> = {}) => {
    for (const thing of things) {
      thing.unit = to[thing.id]?.unit ?? first
      thing.name = to[thing.id]?.name ?? thing.name
    }
    return Object.keys(to).filter((id) => !things.some((thing) => thing.id === id))
  }
  const unknown = [...assign(substations, mapping.substations), ...assign(feeders, mapping.feeders)]
  return { units: mapping.units.map((unit) => ({ ...unit })), unknown }
}
