/** A slow reader: latest state instead of each change, then the door; with a socket of our own. */
import { expect, onTestFinished, test, vi } from 'vitest'
import { Channel } from '../../../src/live/channel.ts'
import { Connection } from '../../../src/live/connection.ts'
import { LIVE_TIMINGS, PONG_TIMEOUT_MS } from '../../../src/live/limits.ts'
import type { LiveSocket, Viewer } from '../../../src/live/ports.ts'
import { createTelemetry } from '../../../src/telemetry/telemetry.ts'

class SlowSocket {
  bufferedAmount = 0
  readonly sent: { type: string; [field: string]: unknown }[] = []
  readonly closes: [number, string][] = []
  readonly #listeners = new Map<string, (...args: never[]) => void>()
  send(data: Buffer) {
    this.sent.push(JSON.parse(String(data)))
  }
  ping() {}
  terminate() {}
  close(code: number, reason: string) {
    this.closes.push([code, reason])
  }
  on(event: string, listener: (...args: never[]) => void) {
    this.#listeners.set(event, listener)
  }
  pong() {
    ;(this.#listeners.get('pong') as () => void)()
  }
  hear(message: object) {
    const listener = this.#listeners.get('message') as (data: Buffer, binary: boolean) => void
    listener(Buffer.from(JSON.stringify(message)), false)
  }
}

const viewer = { stillValid: async () => true } as Viewer

function slowConnection() {
  const channel = new Channel('incidents', 'epoch.1')
  const socket = new SlowSocket()
  const connection = new Connection(socket as unknown as LiveSocket, viewer, {
    telemetry: createTelemetry({ level: 'silent', processMetrics: false }),
    timings: LIVE_TIMINGS,
    now: () => 0,
    open: () => channel,
    closed: () => {},
  })
  socket.hear({ type: 'subscribe', topic: 'incidents' })
  const change = (id: string, json: string | null) => channel.publish(new Map([[id, json]]), 0)
  return { channel, socket, connection, change }
}

test('a full socket gets one delta with the latest of each object, following its last cursor', () => {
  const { socket, connection, change, channel } = slowConnection()
  change('a', '{"id":"a","v":1}')
  const before = socket.sent.at(-1)!.cursor
  socket.bufferedAmount = 300 * 1024
  change('a', '{"id":"a","v":2}')
  change('b', '{"id":"b","v":1}')
  change('a', '{"id":"a","v":3}')
  change('b', null)
  connection.tick()
  expect(socket.sent).toHaveLength(2)
  socket.bufferedAmount = 0
  connection.tick()
  expect(socket.sent.at(-1)).toMatchObject({
    type: 'delta',
    prev: before,
    cursor: channel.cursor,
    items: [{ id: 'a', v: 3 }],
    removed: ['b'],
  })
  change('c', '{"id":"c"}')
  expect(socket.sent.at(-1)).toMatchObject({ items: [{ id: 'c' }] })
  expect(socket.closes).toEqual([])
})

test('beyond a megabyte the socket is closed with 1013, a large first picture aside', () => {
  const { socket, connection } = slowConnection()
  socket.bufferedAmount = 1024 * 1024 + 1
  const snapshotBytes = Buffer.byteLength(JSON.stringify(socket.sent[0]))
  expect(snapshotBytes).toBeGreaterThan(1)
  connection.tick()
  expect(socket.closes).toEqual([])
  socket.bufferedAmount = 1024 * 1024 + snapshotBytes + 1
  connection.tick()
  expect(socket.closes).toEqual([[1013, 'slow']])
})

test('who says nothing is closed, but not for what a process that was held up has not read yet', () => {
  let at = 1_000
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => at)
  onTestFinished(() => clock.mockRestore())
  const { socket, connection } = slowConnection()
  at += PONG_TIMEOUT_MS + 1
  connection.tick()
  // Now sockets are read.
  socket.pong()
  connection.tick()
  expect(socket.closes).toEqual([])
  at += PONG_TIMEOUT_MS + 1
  connection.tick()
  connection.tick()
  expect(socket.closes).toEqual([[1013, 'silent']])
})

test('the ring resumes what it holds and nothing older', () => {
  const channel = new Channel('incidents', 'epoch.1')
  const start = channel.cursor
  for (let v = 0; v < 1_000; v++) channel.publish(new Map([['a', `{"id":"a","v":${v}}`]]), 0)
  expect(channel.since(start)).toHaveLength(1_000)
  channel.publish(new Map([['a', '{"id":"a","v":-1}']]), 0)
  expect(channel.since(start)).toBeUndefined()
  expect(channel.since(channel.cursor)).toEqual([])
  expect(channel.since('epoch.2.1')).toBeUndefined()
})

test('what did not change is not sent', () => {
  const { socket, change } = slowConnection()
  change('a', '{"id":"a"}')
  const sent = socket.sent.length
  change('a', '{"id":"a"}')
  change('gone', null)
  expect(socket.sent).toHaveLength(sent)
})
