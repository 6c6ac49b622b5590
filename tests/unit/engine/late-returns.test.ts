/** A whole feeder is back and tells so bit by bit, a part of it never: nothing below it is open. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { describe, expect, it } from 'vitest'
import { drawFrom } from '../../../src/cli/bench/accuracy-cases.ts'
import { Story } from '../../../src/cli/bench/accuracy-stories.ts'
import { compileGrid } from '../../../src/grid/compile.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { shippedRules } from '../../support/engine-lab.ts'

const range = (count: number) => Array.from({ length: count }, (_, i) => i)
const grid = compileGrid(
  drawnGrid(
    [
      'B breaker',
      ...range(20).flatMap((f) => [
        `  F${f} fuse`,
        ...range(4).flatMap((x) => [
          `    X${f}-${x} transformer`,
          `      m${f}-${x}-1..m${f}-${x}-2 meter`,
        ]),
      ]),
    ].join('\n'),
  ),
  'late returns',
)
const BREAKER = grid.devices.ids.indexOf('B' as never)
const MINUTE_MS = 60_000

describe('ons that are under way', () => {
  // Of these stories the incident followed one guess after another, and was withdrawn in the last two.
  it.each([1, 21, 22])(
    'do not move the incident to whoever is silent by chance, seed %i',
    (seed) => {
      const story = new Story(
        grid,
        shippedRules(),
        { loss: 0.4, callReads: 6, reply: 0.95 },
        {
          story: drawFrom(xoroshiro128plus(seed)),
          answers: () => drawFrom(xoroshiro128plus(seed + 1_000_003)),
        },
      )
      const all = range(grid.observers.ids.count)
      story.lose(all)
      story.pass(10 * MINUTE_MS)
      story.regain(all)
      for (const _ of range(40)) {
        story.pass(MINUTE_MS / 4)
        expect(story.world.cases.get(1)).toMatchObject({ head: BREAKER, outcome: null })
      }
      expect(story.world.cases.get(1)!.outageKind).toBe('restored')
      expect(story.openCases()).toEqual([])
    },
  )
})
