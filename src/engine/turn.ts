/** Whose turn it is to be judged: a tick judges so many trees and no more, and none is forgotten. */
import type { World } from './world.ts'

/**
 * Trees that one tick may judge. A whole feeder takes some 3 ms, so that a tick ends within a fifth
 * of a second in the worst storm: reports wait for their receipt as long as that, no longer.
 */
const TREES_A_TICK = 64

/**
 * Roots of trees with news, or whose silence has grown, in index order; at most as many as a tick
 * may judge. The others' turn comes with the next ticks, which take up where this one left off and
 * begin anew behind the last root. Notes whether some are left over.
 */
export function dueTrees(world: World): number[] {
  const found = new Set(world.news.keys())
  for (const [root, at] of world.again) if (at <= world.now) found.add(root)
  const due = [...found].sort((a, b) => a - b)
  world.isBehind = due.length > TREES_A_TICK
  if (!world.isBehind) return due
  const behind = due.findIndex((root) => root > world.judgedUpTo)
  const next = Math.max(0, behind)
  const turn = [...due.slice(next), ...due.slice(0, next)].slice(0, TREES_A_TICK)
  world.judgedUpTo = turn.at(-1)!
  return turn.sort((a, b) => a - b)
}
