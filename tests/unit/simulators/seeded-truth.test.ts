/** Who hangs below a tie, for the auditor of simulated lives: where it feeds, and where it was closed in the dark. */
import { describe, expect, it } from 'vitest'
import { buildNetwork } from '../../../simulators/network.ts'
import { inOrder, START } from '../../../simulators/seeded/happenings.ts'
import { Truth } from '../../../simulators/seeded/truth.ts'
import { ALL_PHASES } from '../../../src/facts/phases.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'

const network = buildNetwork(
  drawnGrid(
    [
      'B1 breaker',
      '  S1 switch',
      '    X1 transformer',
      '      m1..m3 customer',
      'B2 breaker',
      '  S2 switch',
      '    X2 transformer',
      '      m4..m5 customer',
      '  S3 switch',
      '    X3 transformer',
      '      m6 customer',
      'tie T12 S1 S2',
      'tie T23 S2 S3',
    ].join('\n'),
  ),
)
const indexOf = (device: string) => network.deviceIndex.get(device)!

/** One switch a second: `S1` opens, `+T12` closes. */
function truthOf(...operations: readonly string[]): Truth {
  const all = operations.map((operation, n) => {
    const isClosing = operation.startsWith('+')
    const index = indexOf(operation.replace('+', ''))
    return {
      at: START + n * 1000,
      what: isClosing ? ('close' as const) : ('open' as const),
      target: { kind: 'device' as const, index },
      phases: ALL_PHASES,
      told: true,
    }
  })
  const ties = ['T12', 'T23'].map((tie) => ({ device: indexOf(tie), from: START, to: START }))
  return new Truth(network, inOrder({ faults: [], ties, all }))
}
const namesOf = (truth: Truth, points: ReadonlySet<number>) =>
  [...points].map((point) => truth.nameOf(point)).sort()
const reachOf = (truth: Truth, device: string) =>
  namesOf(truth, truth.reach(device, START + 60_000))

describe('below a tie', () => {
  it('hangs the part that it took over', () => {
    const truth = truthOf('S1', '+T12')
    expect(namesOf(truth, truth.reach('T12', START))).toEqual([])
    expect(reachOf(truth, 'T12')).toEqual(['m1', 'm2', 'm3'])
  })

  it('hangs nobody where both of its sides are fed otherwise', () => {
    expect(reachOf(truthOf('+T12'), 'T12')).toEqual([])
  })

  it('hangs each of two dark parts, seen from what stands open above the other', () => {
    const truth = truthOf('S1', 'B2', '+T12')
    expect(reachOf(truth, 'T12')).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'm6'])
    // Who may hang elsewhere does not always hang where it does normally.
    expect(namesOf(truth, truth.alwaysBelow('S1'))).toEqual([])
    expect(truth.lacked(truth.network.usagePointIndex.get('m1')!, START, START)).toBe(true)
  })

  it('hangs only what is downstream, where both parts are dark by one device above', () => {
    expect(reachOf(truthOf('B2', 'S3', '+T23'), 'T23')).toEqual(['m6'])
  })
})
