/** Where an item of evidence was heard, looked up once by its ids and kept for as long as the grid holds. */
import type { CompiledGrid } from '../../grid/compiled.ts'
import type { EvidenceItem } from '../changes.ts'

export interface HeardWhere {
  readonly grid: CompiledGrid
  /** Device it was heard at. */
  readonly device: number
  /** Who said it: an observer, or the usage point of a caller. */
  readonly speaker: number
}

const known = new WeakMap<EvidenceItem, HeardWhere>()

/** Who makes an item from indices says where it was heard: nobody has to look for its ids. */
export function noteHeardWhere(item: EvidenceItem, where: HeardWhere): void {
  known.set(item, where)
}

/** Device and speaker by index, −1 where the grid has none. */
export function heardWhere(grid: CompiledGrid, item: EvidenceItem): HeardWhere {
  const before = known.get(item)
  if (before?.grid === grid) return before
  const { devices, observers, usagePoints } = grid
  const speakers = item.observerClass === 'caller' ? usagePoints : observers
  const where = {
    grid,
    device: item.device === null ? -1 : devices.ids.indexOf(item.device),
    speaker: speakers.ids.indexOf(item.observer),
  }
  known.set(item, where)
  return where
}
