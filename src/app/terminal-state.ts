/** What the engine holds of one terminal, for those who ask. */
import { reliabilityOf } from '../engine/incidents/learn.ts'
import type { World } from '../engine/world.ts'

/** Link, last sign and learned reliability; undefined where the grid knows no such observer. */
export function terminalOf(world: World | undefined, id: string) {
  const index = world?.grid.observers.ids.indexOf(id) ?? -1
  if (!world || index < 0) return undefined
  const link = world.links.get(index)
  const lastHeardAt = world.registers.atOf(index)
  return {
    link: link === undefined ? null : link === 1 ? ('online' as const) : ('offline' as const),
    lastHeardAt: lastHeardAt === 0 ? null : lastHeardAt,
    reliability: reliabilityOf(world, index),
  }
}
