/** The benchmarks that measure a running program, small: fields as the contract names them. */
import { describe, expect, test } from 'vitest'
import { lastgaspOutput } from '../support/server.ts'

/** What a benchmark prints last. */
async function bench(...args: readonly string[]): Promise<Record<string, unknown>> {
  const printed = await lastgaspOutput(['bench', ...args, '--json'])
  return JSON.parse(printed.trim().split('\n').at(-1)!)
}

describe('bench live', () => {
  test('every change reaches the consoles that may see it, a stalled one stops nobody', async () => {
    const figures = await bench('live', '--sockets', '120', '--incidents', '100', '--seconds', '2')
    expect(figures).toMatchObject({
      bench: 'live',
      sockets: 120,
      groups: 40,
      changes: 40,
      stalled: 1,
    })
    expect(figures.closed).toBe(0)
    // Six consoles see everything, three or six each of the units: some hundred deltas at least.
    expect(figures.deliveries).toBeGreaterThan(100)
    expect(figures.p50Ms).toBeGreaterThan(0)
    expect(figures.p99Ms).toBeGreaterThanOrEqual(figures.p50Ms as number)
    expect(figures.serverUsPerDelivery).toBeGreaterThan(0)
  })
})
