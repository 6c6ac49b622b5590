/** A feeder is back and tells so bit by bit: who is silent by chance is late, who stays behind is dark. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { describe, expect, it } from 'vitest'
import { drawFrom } from '../../../src/cli/bench/accuracy-cases.ts'
import { Story } from '../../../src/cli/bench/accuracy-stories.ts'
import { compileGrid } from '../../../src/grid/compile.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab, shippedRules } from '../../support/engine-lab.ts'

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

describe('a part that stays behind', () => {
  const lateLab = (back: readonly string[]) => {
    const lab = new EngineLab(
      drawnGrid(
        [
          'B breaker',
          ...[1, 2, 3].flatMap((x) => [`  X${x} transformer`, `    m${x}-1..m${x}-3 meter`]),
        ].join('\n'),
      ),
    )
    for (const x of [1, 2, 3]) for (const m of [1, 2, 3]) lab.say(`o-m${x}-${m}`, 'powerOff')
    lab.pass(120)
    for (const meter of back) lab.say(`o-m${meter}`, 'powerOn')
    lab.pass(200)
    return lab.open()
  }

  it('is the outage where all beside it are back', () => {
    const incidents = lateLab(['1-1', '1-2', '1-3', '2-1', '2-2', '2-3'])
    expect(incidents).toMatchObject([
      { device: { id: 'X3' }, outageKind: 'partiallyRestored', customersRestored: 6 },
    ])
  })

  it('is a guess where others wait as well, until the ons have had their time', () => {
    const incidents = lateLab(['1-1', '1-2', '1-3', '2-1'])
    expect(incidents).toMatchObject([{ device: { id: 'B' }, outageKind: 'partiallyRestored' }])
  })
})
