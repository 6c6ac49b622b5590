/** A subscriber with a scripted store behind a real broker, and terminals in front of it. */
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { createTerminalDirectory } from '../../src/sensing/directory.ts'
import type { BrokerSettings, Subscriber, SubscriberOptions } from '../../src/sensing/port.ts'
import { openSubscriber } from '../../src/sensing/subscriber.ts'
import { createTelemetry, type Telemetry } from '../../src/telemetry/telemetry.ts'
import { ScriptedSink } from './scripted-sink.ts'
import { NOW } from './sensing-fixture.ts'
import { terminalGrid } from './terminal-grid.ts'
import { until } from './until.ts'

let programs = 0

export function brokerSettings(url: string, other: Partial<BrokerSettings> = {}): BrokerSettings {
  return {
    url,
    username: null,
    password: null,
    // Sessions of one test are none of another's.
    clientId: `test-${process.pid}-${++programs}`,
    connections: 2,
    receiveMaximum: 100,
    sessionSeconds: 600,
    caFile: null,
    certFile: null,
    keyFile: null,
    ...other,
  }
}

/** A session that stays behind would go on taking its share of the next test's messages. */
async function endSessions({ url, clientId, connections }: BrokerSettings): Promise<void> {
  for (let number = 1; number <= connections; number++) {
    const options = { protocolVersion: 5, clientId: `${clientId}-${number}`, clean: true } as const
    const once = { ...options, reconnectPeriod: 0, rejectUnauthorized: false }
    // Where no broker answers there is none to end.
    await connectAsync(url, once, false).then(
      (client) => client.endAsync(),
      () => undefined,
    )
  }
}

export interface BrokerFixture {
  readonly sink: ScriptedSink
  readonly telemetry: Telemetry
  readonly subscriber: Subscriber
  terminal(options?: IClientOptions): Promise<MqttClient>
  /** Resolves when every connection is subscribed. */
  ready(): Promise<void>
  close(): Promise<void>
}

export function openBrokerFixture(
  settings: BrokerSettings,
  options: Partial<SubscriberOptions> = {},
): BrokerFixture {
  const sink = new ScriptedSink()
  const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
  const subscriber = openSubscriber({
    settings,
    sink,
    telemetry,
    directory: createTerminalDirectory(terminalGrid()),
    now: () => NOW,
    random: () => 0,
    ...options,
  })
  const terminals: MqttClient[] = []
  return {
    sink,
    telemetry,
    subscriber,
    async terminal(clientOptions = {}) {
      const client = await connectAsync(settings.url, { protocolVersion: 5, ...clientOptions })
      client.on('error', () => {})
      terminals.push(client)
      return client
    },
    ready: () => until(() => subscriber.problem === undefined),
    async close() {
      sink.release()
      await Promise.all(terminals.map((terminal) => terminal.endAsync(true)))
      await subscriber.close()
      await endSessions(settings)
    },
  }
}
