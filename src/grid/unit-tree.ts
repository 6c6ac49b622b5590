/** The tree of units (供电单位). It decides what lies below what; rights are decided elsewhere. */
import type { CompiledGrid } from './compiled.ts'

/** Ids of `roots` and every unit below them; unknown ids are left out. */
export function unitsBelow(grid: CompiledGrid, roots: Iterable<string>): Set<string> {
  const wanted = new Set(roots)
  const found = new Set<string>()
  for (const unit of grid.units) {
    let at: typeof unit | undefined = unit
    // A parent chain is at most as long as there are units, so a damaged one still ends.
    for (let step = 0; at && step <= grid.units.length; step++) {
      if (wanted.has(at.id)) {
        found.add(unit.id)
        break
      }
      at = grid.units[at.parent]
    }
  }
  return found
}

/** The unit and those above it, lowest first; empty where unknown. */
export function unitsAbove(grid: CompiledGrid, id: string): string[] {
  const chain: string[] = []
  let at = grid.units.find((unit) => unit.id === id)
  while (at && chain.length <= grid.units.length) {
    chain.push(at.id)
    at = grid.units[at.parent]
  }
  return chain
}
