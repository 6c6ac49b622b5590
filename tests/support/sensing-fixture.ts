/** A listener on a free port with a scripted store, and real clients for it. */
import { connect as connectTcp, type Socket } from 'node:net'
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { createTerminalDirectory } from '../../src/sensing/directory.ts'
import { openListener } from '../../src/sensing/listener.ts'
import type { Listener, ListenerOptions } from '../../src/sensing/port.ts'
import { createTelemetry, type Telemetry } from '../../src/telemetry/telemetry.ts'
import { ScriptedSink } from './scripted-sink.ts'
import { terminalGrid } from './terminal-grid.ts'
import { until } from './until.ts'

export const NOW = Date.UTC(2026, 10, 22, 3)

export interface SensingFixture {
  readonly sink: ScriptedSink
  readonly telemetry: Telemetry
  readonly listener: Listener
  client(userName: string, options?: IClientOptions): Promise<MqttClient>
  /** A raw connection and all that it has received. */
  raw(): { socket: Socket; received: () => Buffer; closed: Promise<void> }
  /** Refusals counted under a reason, once there are `atLeast` so many. */
  refusals(reason: string, atLeast?: number): Promise<number>
  close(): Promise<void>
}

export async function openSensing(
  options: Partial<ListenerOptions> = {},
  extraTerminals: readonly string[] = [],
): Promise<SensingFixture> {
  const sink = new ScriptedSink()
  const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
  const listener = await openListener({
    host: '127.0.0.1',
    port: 0,
    sink,
    telemetry,
    directory: createTerminalDirectory(terminalGrid(extraTerminals)),
    now: () => NOW,
    ...options,
  })
  const ends: (() => unknown)[] = []
  return {
    sink,
    telemetry,
    listener,
    async client(userName, clientOptions = {}) {
      const client = await connectAsync(
        `mqtt://127.0.0.1:${listener.port}`,
        { username: userName, reconnectPeriod: 0, connectTimeout: 30_000, ...clientOptions },
        false,
      )
      client.on('error', () => {}) // tests look at what follows from it
      ends.push(() => client.endAsync(true))
      return client
    },
    raw() {
      const socket = connectTcp(listener.port, '127.0.0.1')
      const chunks: Buffer[] = []
      socket.on('data', (chunk) => chunks.push(chunk))
      socket.on('error', () => {})
      ends.push(() => socket.destroy())
      return {
        socket,
        received: () => Buffer.concat(chunks),
        closed: new Promise((resolve) => socket.once('close', () => resolve())),
      }
    },
    async refusals(reason, atLeast = 1) {
      const metric = `lastgasp_connections_refused_total{reason="${reason}"} `
      let count = 0
      await until(async () => {
        const lines = (await telemetry.metrics()).split('\n')
        const line = lines.find((text) => text.startsWith(metric))
        count = Number(line?.slice(metric.length) ?? 0)
        return count >= atLeast
      })
      return count
    },
    async close() {
      sink.release() // a listener waits for the appends under way
      await Promise.all(ends.map((end) => end()))
      await listener.close()
    },
  }
}
