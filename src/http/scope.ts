/** What of the network a caller may see: units, with those below them (CONTRACT, object rights). */
import type { CompiledGrid } from '../grid/compiled.ts'
import { unitsBelow } from '../grid/unit-tree.ts'
import type { Principal } from './identity/rights.ts'

export interface Scope {
  /** Every unit that may be seen; undefined: all. */
  readonly units: ReadonlySet<string> | undefined
  seesUnit(unit: string): boolean
  /** Whether an object of the grid may be seen by its home feeder (index; −1: none). */
  seesFeeder(feeder: number): boolean
}

export function scopeOf(grid: CompiledGrid, principal: Pick<Principal, 'units'>): Scope {
  const units = principal.units === null ? undefined : unitsBelow(grid, principal.units)
  return {
    units,
    seesUnit: (unit) => units === undefined || units.has(unit),
    seesFeeder: (feeder) =>
      units === undefined || (feeder >= 0 && units.has(unitOfFeeder(grid, feeder) ?? '')),
  }
}

/** Unit id of a feeder by index. */
export function unitOfFeeder(grid: CompiledGrid, feeder: number): string | undefined {
  return grid.units[grid.feeders[feeder]?.unit ?? -1]?.id
}
