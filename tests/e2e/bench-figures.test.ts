/** The benchmarks that measure a running program, small: fields as the contract names them. */
import { describe, expect, test } from 'vitest'
import { startKafka } from '../support/kafka.ts'
import { describeWithOwnKafka } from '../support/kafka-client.ts'
import { startMosquitto } from '../support/mosquitto.ts'
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

const COUNTY = ['--meters', '5000', '--connections', '60', '--hold', '0']

describe('bench storm', () => {
  test('all that is acknowledged is in the journal, and a console cites reports', async () => {
    const storm = ['--gasps', '300', '--seconds', '3']
    const figures = await bench('storm', ...COUNTY, ...storm)
    expect(figures).toMatchObject({ bench: 'storm', connections: 60, lost: 0, holdSeconds: 0 })
    expect(figures.acked).toBe(figures.messages)
    expect(figures.gasps).toBeGreaterThan(150)
    expect(figures.cited).toBeGreaterThan(20)
    expect(figures.p99PublishToConsoleMs).toBeGreaterThan(0)
    expect(figures.rssPeakMb).toBeGreaterThanOrEqual(figures.rssStartMb as number)
  })
})

describe('bench pipeline', () => {
  test('says what came out, at what cost, and what the machine would give at best', async () => {
    const figures = await bench('pipeline', ...COUNTY, '--rate', '80', '--seconds', '3')
    expect(figures).toMatchObject({ bench: 'pipeline', acked: 240, holdSeconds: 0 })
    expect(figures.emittedRatio).toBeGreaterThan(0.5)
    expect(figures.cpuUsPerEvent).toBeGreaterThan(0)
    const { ceilings } = figures as { ceilings: Record<string, number> }
    for (const ceiling of Object.values(ceilings)) expect(ceiling).toBeGreaterThan(0)
    expect(Object.keys(ceilings)).toHaveLength(3)
  })
})

describe('bench lookup', () => {
  test('a hundred thousand customers, every kind of question', { timeout: 300_000 }, async () => {
    const figures = await bench('lookup', '--customers', '100000', '--questions', '20')
    expect(figures).toMatchObject({ bench: 'lookup', customers: 100_000 })
    const byKind = figures.byKind as Record<string, { p99Ms: number; refined: number }>
    expect(Object.keys(byKind)).toEqual(
      expect.arrayContaining(['account', 'phone', 'oneCharacter', 'twoCharacters', 'commonest']),
    )
    expect(figures.p99Ms).toBe(Math.max(...Object.values(byKind).map(({ p99Ms }) => p99Ms)))
    // Who is named by number is found; of the commonest terms there are more than fit.
    for (const kind of ['account', 'meter', 'phone']) expect(byKind[kind]!.refined).toBe(0)
    expect(byKind.commonest!.refined).toBeGreaterThan(0.5)
  })
})

describe('bench inform', () => {
  /** 300,000 by `npm run soak`, or here with `LASTGASP_INFORM_CUSTOMERS=300000`. */
  const customers = Number(process.env.LASTGASP_INFORM_CUSTOMERS ?? 30_000)

  test('every customer of a dark line is told once, and sensing goes on meanwhile', {
    timeout: 300_000 + customers * 4,
  }, async () => {
    const figures = await bench('inform', '--customers', String(customers))
    expect(figures).toMatchObject({ bench: 'inform', customers, told: customers, again: 0 })
    // Each parcel holds up to fifty: it is not one request a customer.
    expect(figures.parcels).toBeLessThan(customers / 10)
    // A report that waited for the telling would be acknowledged after it, and none in between.
    expect(figures.reportsMeanwhile).toBeGreaterThan(10)
    expect(figures.unacknowledged).toBe(0)
    expect(figures.rssPeakMb).toBeGreaterThanOrEqual(figures.rssStartMb as number)
  })
})

await describeWithOwnKafka('bench storm through Mosquitto and Kafka', () => {
  test('two engines judge what sensing wrote down, and nothing acknowledged is missing', {
    timeout: 300_000,
  }, async () => {
    const [kafka, mosquitto] = [await startKafka(1), await startMosquitto({})]
    try {
      const through = ['--broker', mosquitto.url, '--kafka', kafka.bootstrap, '--engines', '2']
      const storm = ['--gasps', '300', '--seconds', '3']
      const figures = await bench('storm', ...COUNTY, ...storm, ...through)
      expect(figures).toMatchObject({ broker: 'outside', engines: 2, lost: 0 })
      expect(figures.acked).toBe(figures.messages)
      expect(figures.cited).toBeGreaterThan(20)
    } finally {
      await mosquitto.stop()
      await kafka.stop()
    }
  })
})
