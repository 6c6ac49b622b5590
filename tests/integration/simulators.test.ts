import { afterEach, describe, expect, it } from 'vitest'
import { BrokerUnreachable, runScenario } from '../../simulators/run.ts'
import { parseScenario } from '../../simulators/scenario.ts'
import type { TruthLine } from '../../simulators/truth.ts'
import { eventMessage, statusMessage } from '../../src/facts/wire.ts'
import { compileGrid } from '../../src/grid/compile.ts'
import type { Grid } from '../../src/grid/model.ts'
import { createTerminalDirectory } from '../../src/sensing/directory.ts'
import { drawnGrid } from '../support/drawn-grid.ts'
import { openSensing } from '../support/sensing-fixture.ts'
import { TestBroker } from '../support/test-broker.ts'
import { until } from '../support/until.ts'

/** Nothing is lost, doubled, dead or late, so that every report can be counted. */
const PERFECT = `
channel:
  terminalOff: 1
  meterOffWide: 1
  meterOffSingle: 1
  powerOn: 1
  position: 1
  duplicate: 0
  dead: 0
  falsePerThousandDays: 0
  clockOutliers: 0
  clockSigmaSeconds: 0
`

const scenario = (body: string, channel = '') =>
  parseScenario(`name: { zh: 试, en: Try }\n${PERFECT}${channel}\n${body}`, 'test.yaml')

/** One feeder, `areas` transformers with `meters` meters each; with or without concentrators. */
function grid(areas: number, meters: number, concentrators: boolean): Grid {
  let drawing = 'B1 breaker\n  FTU1 ftu\n'
  for (let area = 1; area <= areas; area++) {
    drawing += `  X${area} transformer\n`
    if (concentrators) drawing += `    C${area} concentrator\n`
    for (let meter = 1; meter <= meters; meter++) drawing += `    m${area}-${meter} meter\n`
  }
  return drawnGrid(drawing)
}

/** The meters of a hundred areas of twenty. */
const METERS_OF_ALL = Array.from(
  { length: 2_000 },
  (_, n) => `o-m${Math.floor(n / 20) + 1}-${(n % 20) + 1}`,
)

const brokers: TestBroker[] = []
async function startBroker(): Promise<TestBroker> {
  const broker = new TestBroker()
  await broker.start()
  brokers.push(broker)
  return broker
}
afterEach(async () => {
  for (const broker of brokers.splice(0)) await broker.stop()
})

const ofKind = (broker: TestBroker, kind: string) =>
  broker.events().filter(({ message }) => message.kind === kind)

describe('terminals as MQTT clients', () => {
  it('2,000 of them connect, report a fault and its restoration, and lose nothing', async () => {
    const broker = await startBroker()
    const truth: TruthLine[] = []
    const summary = await runScenario({
      scenario: scenario(`
durationSeconds: 600
connections: all
events:
  - atSeconds: 10
    fault: { device: B1, restoreAfterSeconds: 200 }
`),
      grid: grid(100, 20, false),
      brokerUrl: broker.url,
      secret: 'secret',
      seed: '1',
      speed: 60,
      onTruth: (line) => truth.push(line),
    })
    // The breaker's own terminal is one more.
    expect(summary.terminals).toBe(2_001)
    const signedIn = new Set(broker.signIns.map(({ client }) => client))
    expect(['FTU1', ...METERS_OF_ALL].filter((terminal) => !signedIn.has(terminal))).toEqual([])
    expect(signedIn.size).toBe(2_001)
    expect(broker.signIns.every((signIn) => signIn.user === signIn.client)).toBe(true)
    expect(broker.signIns.every(({ password }) => password === 'secret')).toBe(true)
    expect(new Set(ofKind(broker, 'powerOff').map(({ terminal }) => terminal)).size).toBe(2_000)
    expect(new Set(ofKind(broker, 'powerOn').map(({ terminal }) => terminal)).size).toBe(2_000)
    for (const kind of ['protectionTrip', 'switchOpen', 'switchClosed']) {
      expect(ofKind(broker, kind)).toHaveLength(1)
      expect(ofKind(broker, kind)[0]).toMatchObject({ terminal: 'FTU1', message: { device: 'B1' } })
    }
    expect(summary.pending).toBe(0)
    expect(summary.counters).toMatchObject({
      lost: 0,
      overflowed: 0,
      acked: summary.counters.messages,
    })
    for (const { message } of broker.events()) eventMessage.parse(message)
    for (const { message } of broker.statuses()) statusMessage.parse(message)

    const fault = truth.find((line) => line.event === 'fault')!
    expect(fault).toMatchObject({
      device: 'B1',
      level: 'feeder',
      usagePoints: 2_000,
      transformers: 100,
    })
    const reports = truth.find((line) => line.event === 'reports')!
    expect(reports).toMatchObject({
      off: { made: 2_002, acked: 2_002 },
      on: { made: 2_001, acked: 2_001 },
    })
  }, 300_000)

  it('keep what a dying broker did not acknowledge and send it again after a jittered reconnect', async () => {
    const broker = await startBroker()
    broker.acknowledges = false
    const run = runScenario({
      scenario: scenario(
        `
durationSeconds: 300
events:
  - atSeconds: 10
    fault: { device: B1 }
`,
        // Their supply lasts until the broker is back; a dead terminal sends nothing.
        '  backupSeconds: 86400',
      ),
      grid: grid(10, 20, false),
      brokerUrl: broker.url,
      secret: 'secret',
      seed: '2',
      speed: 60,
    })
    // Reports are under way and unanswered when the broker goes.
    await until(() => broker.unanswered >= 50)
    expect(broker.events()).toHaveLength(0)
    await broker.stop()
    broker.acknowledges = true
    await broker.start()
    const summary = await run
    expect(summary.pending).toBe(0)
    expect(summary.counters.resent).toBeGreaterThan(0)
    expect(summary.counters.disconnects).toBeGreaterThanOrEqual(201)
    expect(new Set(ofKind(broker, 'powerOff').map(({ terminal }) => terminal)).size).toBe(200)
  })

  it('report their meters through concentrators, several in one message, each meter once', async () => {
    const broker = await startBroker()
    const summary = await runScenario({
      scenario: scenario(`
durationSeconds: 400
events:
  - atSeconds: 5
    fault: { device: X1, restoreAfterSeconds: 200 }
`),
      grid: grid(2, 150, true),
      brokerUrl: broker.url,
      secret: 'secret',
      seed: '3',
      speed: 60,
    })
    expect(summary.terminals).toBe(3)
    for (const kind of ['powerOff', 'powerOn']) {
      const events = ofKind(broker, kind)
      expect(events.every(({ terminal }) => terminal === 'C1')).toBe(true)
      const own = events.filter(({ message }) => message.meters === undefined)
      expect(own).toHaveLength(1)
      expect(own[0]!.message.flags).toMatchObject({ valid: true, area: true })
      const meters = events.flatMap(({ message }) => (message.meters ?? []) as string[])
      expect(meters.every((meter) => meter.startsWith('o-m1-'))).toBe(true)
      expect(new Set(meters).size).toBe(meters.length)
      // A report that comes after its concentrator's capacitor is empty is lost with it.
      expect(meters.length).toBeGreaterThan(130)
      expect(events.length).toBeLessThan(meters.length / 2)
    }
    // (boot, seq) is never used twice and puts each meter's off before its on.
    const events = broker.events()
    const stampOf = ({ message }: (typeof events)[number]) =>
      (message.boot as number) * 1e6 + (message.seq as number)
    expect(new Set(events.map((event) => `${event.terminal} ${stampOf(event)}`)).size).toBe(
      events.length,
    )
    const last = new Map<string, number>()
    for (const event of events)
      for (const meter of (event.message.meters ?? []) as string[]) {
        expect(stampOf(event)).toBeGreaterThan(last.get(meter) ?? 0)
        last.set(meter, stampOf(event))
      }
  })

  it('die when the capacitor is empty, leave their last will, and boot with a new number', async () => {
    const broker = await startBroker()
    await runScenario({
      scenario: scenario(`
durationSeconds: 900
connections: all
events:
  - atSeconds: 10
    fault: { device: X1, restoreAfterSeconds: 500 }
`),
      grid: grid(2, 0, true),
      brokerUrl: broker.url,
      secret: 'secret',
      seed: '4',
      speed: 100,
    })
    const ofC1 = broker.statuses().filter(({ terminal }) => terminal === 'C1')
    expect(ofC1.map(({ message }) => message.state)).toEqual(['online', 'offline', 'online'])
    const [off, on] = ['powerOff', 'powerOn'].map((kind) => ofKind(broker, kind)[0]!.message)
    expect(on!.boot as number).toBeGreaterThan(off!.boot as number)
    expect(on!.seq).toBe(1)
  })

  it('are offline without being dark when their channel is lost', async () => {
    const broker = await startBroker()
    const summary = await runScenario({
      scenario: scenario(`
durationSeconds: 300
connections: all
events:
  - atSeconds: 10
    channelLoss: { share: 1, forSeconds: 60 }
  - atSeconds: 20
    fault: { device: X1 }
`),
      grid: grid(10, 0, true),
      brokerUrl: broker.url,
      secret: 'secret',
      seed: '5',
      speed: 60,
    })
    const offline = broker.statuses().filter(({ message }) => message.state === 'offline')
    expect(new Set(offline.map(({ terminal }) => terminal)).size).toBe(11)
    // The report of the dark one was kept until the channel was back.
    expect(ofKind(broker, 'powerOff').map(({ terminal }) => terminal)).toEqual(['C1'])
    expect(summary.pending).toBe(0)
  })

  it('connect only when they have something to say, where asked to', async () => {
    const broker = await startBroker()
    await runScenario({
      scenario: scenario(`
durationSeconds: 60
events:
  - atSeconds: 5
    fault: { device: X3 }
`),
      grid: grid(20, 0, true),
      brokerUrl: broker.url,
      secret: 'secret',
      seed: '6',
      speed: 30,
      connections: 'needed',
    })
    expect(new Set(broker.signIns.map(({ client }) => client))).toEqual(new Set(['C3']))
  })

  it('say nothing that the program’s own listener has to quarantine', async () => {
    const { sink, listener, close } = await openSensing({
      secret: 'secret',
      now: Date.now,
      directory: createTerminalDirectory(compileGrid(grid(5, 20, true), '0'.repeat(64))),
    })
    try {
      const summary = await runScenario({
        scenario: parseScenario(
          `
name: { zh: 试, en: Try }
durationSeconds: 300
connections: all
announce: true
channel: { duplicate: 0.3, nullTime: 0.1, dead: 0 }
events:
  - { atSeconds: 10, fault: { level: feeder, restoreAfterSeconds: 100 } }
  - { atSeconds: 200, falseReports: { count: 5 } }
`,
          'test.yaml',
        ),
        grid: grid(5, 20, true),
        brokerUrl: `mqtt://127.0.0.1:${listener.port}`,
        secret: 'secret',
        seed: '8',
        speed: 60,
      })
      expect(summary.pending).toBe(0)
      const facts = sink.facts
      expect(facts.filter(({ type }) => type === 'quarantined')).toEqual([])
      const reports = facts.filter(({ type }) => type === 'report')
      expect(reports).toHaveLength(summary.counters.acked)
    } finally {
      await close()
    }
  })

  it('say that nobody answers where there is no broker', async () => {
    const broker = await startBroker()
    await broker.stop()
    const run = runScenario({
      scenario: scenario(
        'durationSeconds: 5\nevents:\n  - { atSeconds: 1, fault: { device: X1 } }\n',
      ),
      grid: grid(2, 0, true),
      brokerUrl: broker.url,
      secret: 'secret',
      seed: '7',
      speed: 1,
    })
    await expect(run).rejects.toBeInstanceOf(BrokerUnreachable)
  })
})
