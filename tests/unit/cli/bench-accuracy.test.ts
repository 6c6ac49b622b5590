/** The benchmark of accuracy on a small feeder: call-reads help, stay within their number, and leave nothing behind. */
import { describe, expect, it } from 'vitest'
import { benchAccuracy } from '../../../src/cli/bench/accuracy.ts'
import type { AccuracyOptions } from '../../../src/cli/bench/accuracy-cases.ts'
import { plotAccuracy } from '../../../src/cli/bench/accuracy-plot.ts'
import { compileGrid } from '../../../src/grid/compile.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'

const transformer = (id: string) => [
  `    X${id} transformer`,
  `      m${id}a meter`,
  `      m${id}b meter`,
]
const grid = compileGrid(
  drawnGrid(
    [
      ...['B breaker', '  F1 fuse', ...transformer('1'), ...transformer('2'), ...transformer('3')],
      ...['  F2 fuse', ...transformer('4'), ...transformer('5'), ...transformer('6')],
    ].join('\n'),
  ),
  'feeder',
)

const run = (over: Partial<AccuracyOptions>) => {
  const { msPerCase: _, ...figures } = benchAccuracy(grid, {
    faults: 1,
    loss: 0.3,
    clustered: false,
    falseReports: 1e-5,
    nullShare: 0,
    callReads: 0,
    reply: 0.95,
    trials: 400,
    seed: 7,
    ...over,
  })
  return figures
}

describe('bench accuracy', () => {
  it('names more of the same cases exactly when it may ask', () => {
    const without = run({})
    const asking = run({ callReads: 6 })
    expect(without).toMatchObject({ callReadsPerCase: 0, rounds: 0 })
    expect(asking.exactSeen!).toBeGreaterThan(without.exactSeen! + 0.1)
    expect(asking.exactSeen!).toBeGreaterThan(0.95)
    expect(asking.callReadsPerCase).toBeLessThanOrEqual(6)
    expect(asking.rounds).toBeLessThanOrEqual(2)
    // What nobody was asked about is the same draw of cases.
    expect(asking.baselines).toEqual(without.baselines)
  })

  it('is never wrong where nothing is lost', () => {
    for (const faults of [1, 2]) {
      const figures = run({ loss: 0, falseReports: 0, faults, trials: 100 })
      expect(figures).toMatchObject({ exact: 1, exactSeen: 1, precision: 1, meterF1: 1 })
    }
    expect(run({ loss: 0, clustered: true, callReads: 6, trials: 40 }).exactSeen).toBe(1)
  })

  it('asks no more than it may, and says the same each time', () => {
    const one = run({ callReads: 1, reply: 1 })
    expect(one.callReadsPerCase).toBeLessThanOrEqual(1)
    expect(run({ callReads: 1, reply: 1 })).toEqual(one)
    expect(run({ callReads: 6, reply: 0 })).toMatchObject({ callReadsPerCase: 0 })
  })

  it('draws what it measured', () => {
    const figures = run({ callReads: 6 })
    const svg = plotAccuracy('A <feeder>', figures)
    expect(svg).toContain('A &lt;feeder>')
    expect(svg.match(/<circle/g)).toHaveLength(figures.reliability.length)
    expect(svg).not.toContain('NaN')
  })
})
