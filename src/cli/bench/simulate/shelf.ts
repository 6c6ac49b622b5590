/** The grids and rules of a run, by the digests that its facts name. */
import { FIRST_RULES, type Story } from '../../../../simulators/seeded/story.ts'
import type { Shelf } from '../../../app/judge.ts'
import type { Rules } from '../../../engine/rules.ts'
import { compileGrid } from '../../../grid/compile.ts'
import { otherRules } from './in-force.ts'

/** `rules` hold from the start; whatever follows is drawn from them. */
export function shelfOf(story: Story, rules: Rules): Shelf {
  const grids = new Map(
    [...story.grids].map(([digest, grid]) => [digest, compileGrid(grid, digest)]),
  )
  const others = otherRules(rules, story.random.fork('other rules'))
  return {
    grid: (digest) => grids.get(digest)!,
    rules: (digest) => (digest === FIRST_RULES ? rules : others),
    load: async () => {},
  }
}
