/** What changed between two grids, object by object and kind by kind. */
import { LISTS } from './lines.ts'
import type { Grid } from './model.ts'

export interface KindDiff {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly { readonly id: string; readonly fields: readonly string[] }[]
}

/** By list of the grid file: `units`, `substations`, `feeders`, … */
export type GridDiff = Readonly<Record<(typeof LISTS)[number][1], KindDiff>>

/** Objects are the same where their ids are; ids stand in the order of the grid they are in. */
export function diffGrids(before: Grid, after: Grid): GridDiff {
  return Object.fromEntries(
    LISTS.map(([, list]) => [list, diffLists(before[list], after[list])]),
  ) as GridDiff
}

/** True where nothing changed. */
export function isEmptyDiff(diff: GridDiff): boolean {
  return Object.values(diff).every(
    ({ added, removed, changed }) => added.length + removed.length + changed.length === 0,
  )
}

function diffLists(
  before: readonly { readonly id: string }[],
  after: readonly { readonly id: string }[],
): KindDiff {
  const old = new Map(before.map((item) => [item.id, item]))
  const added: string[] = []
  const changed: { id: string; fields: string[] }[] = []
  for (const item of after) {
    const was = old.get(item.id)
    if (!was) added.push(item.id)
    else {
      old.delete(item.id)
      const fields = changedFields({ ...was }, { ...item })
      if (fields.length > 0) changed.push({ id: item.id, fields })
    }
  }
  return { added, removed: [...old.keys()], changed }
}

function changedFields(before: Record<string, unknown>, after: Record<string, unknown>): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
}
