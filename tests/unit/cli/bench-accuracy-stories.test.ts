/** The stories of the benchmark on small networks: a second fault beneath, and a tie that nobody reports. */
import { describe, expect, it } from 'vitest'
import { benchStories, type StoryShares } from '../../../src/cli/bench/accuracy.ts'
import type { AccuracyOptions } from '../../../src/cli/bench/accuracy-cases.ts'
import { delayAt } from '../../../src/cli/bench/accuracy-stories.ts'
import { compileGrid } from '../../../src/grid/compile.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { shippedRules } from '../../support/engine-lab.ts'

const transformer = (id: string) => [`    X${id} transformer`, `      m${id}1..m${id}4 meter`]
const feeder = (id: string) => [
  `B${id} breaker`,
  `  S${id} switch`,
  ...transformer(`${id}1`),
  ...transformer(`${id}2`),
  `    E${id} switch`,
  ...[...transformer(`${id}3`), ...transformer(`${id}4`)].map((line) => `  ${line}`),
]
const untied = compileGrid(drawnGrid([...feeder('1'), ...feeder('2')].join('\n')), 'feeders')
const tied = compileGrid(
  drawnGrid([...feeder('1'), ...feeder('2'), 'tie K E1 E2'].join('\n')),
  'tied',
)

const run = (over: Partial<AccuracyOptions & StoryShares>, grid = tied) =>
  benchStories(grid, shippedRules(), {
    faults: 1,
    loss: 0.001,
    clustered: false,
    falseReports: 1e-5,
    nullShare: 0,
    callReads: 0,
    reply: 0.95,
    trials: 12,
    seed: 7,
    nested: 0,
    ties: 0,
    ...over,
  })

describe('bench accuracy, stories', () => {
  it('adds nothing that was not asked for', () => {
    expect(run({})).toEqual({})
  })

  it('counts who is dark when the first fault is repaired, the better the more is heard', () => {
    const heard = run({ nested: 1 }).nested!
    expect(heard).toMatchObject({ cases: 12, seen: 12, firstExactSeen: 1 })
    expect(heard.secondNamedSeen!).toBeGreaterThan(0)
    const lost = run({ nested: 1, loss: 0.9 }).nested!
    expect(lost.seen).toBeLessThan(12)
    expect(lost.firstExactSeen ?? 0).toBeLessThan(heard.firstExactSeen!)
    expect(lost.meterF1!).toBeLessThan(heard.meterF1!)
    expect(run({ nested: 0.5 }).nested!.cases).toBe(6)
  })

  it('names the tie that fed a part, and is right once it was entered', () => {
    const { ties } = run({ ties: 1 })
    expect(ties).toMatchObject({ cases: 12, seen: 12, partLiveSeen: 1 })
    expect(ties!.tieNamedSeen!).toBeGreaterThan(0.5)
    expect(ties!.entered.partLiveSeen).toBe(1)
    expect(ties!.entered.meterF1!).toBeGreaterThanOrEqual(ties!.meterF1!)
    expect(run({ ties: 1, loss: 0.999 }).ties).toMatchObject({ seen: 0, rightSeen: null })
  })

  it('has no tie to play where the network has none', () => {
    expect(run({ ties: 1 }, untied).ties).toMatchObject({ cases: 0, places: 0, rightSeen: null })
  })

  it('says the same each time, and asks where it may', () => {
    const asking = { nested: 1, loss: 0.5, trials: 4, callReads: 6, seed: 12 }
    const asked = run(asking)
    expect(run(asking)).toEqual(asked)
    const unasked = run({ ...asking, callReads: 0 })
    expect(unasked).not.toEqual(asked)
    // They are the same stories.
    const { seen, ceilingSeen, meters } = asked.nested!
    expect(unasked.nested).toMatchObject({ seen, ceilingSeen, meters: { dark: meters.dark } })
  })

  it('counts the meters of what was seen among those of all', () => {
    const { meters, metersSeen } = run({ nested: 1, loss: 0.5 }).nested!
    for (const kind of ['dark', 'missed', 'wronglyDark'] as const)
      expect(metersSeen[kind]).toBeLessThanOrEqual(meters[kind])
    expect(metersSeen.dark).toBeLessThan(meters.dark)
  })

  it('draws delays from the curve of the rule file', () => {
    const curve = [
      [1000, 0.5],
      [3000, 1],
    ] as const
    expect([0, 0.25, 0.5, 0.75, 1].map((share) => delayAt(curve, share))).toEqual([
      0, 500, 1000, 2000, 3000,
    ])
  })
})
