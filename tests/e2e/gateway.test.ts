/**
 * Two gateways beside one engine, through a real Redis: consoles see there what the engine judges,
 * and survive the loss of the engine's process, of a gateway, and of what Redis holds.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Server, startServing, TERMINAL_SECRET } from '../support/server.ts'
import { freePort } from '../support/server-process.ts'
import { describeWith } from '../support/services.ts'
import { until } from '../support/until.ts'
import { smallGrid } from '../unit/grid/small-grid.ts'

interface Message {
  readonly type: string
  readonly items: readonly { readonly id: string; readonly outageKind: string }[]
  readonly removed?: readonly string[]
}

/** A console's socket: every message, and what it shows now. */
class Console {
  readonly messages: Message[] = []
  readonly shown = new Map<string, string>()
  readonly socket: WebSocket

  constructor(gateway: Server, ticket: string) {
    this.socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/api/v1/live?ticket=${ticket}`)
    this.socket.on('error', () => {})
    this.socket.on('open', () =>
      this.socket.send(JSON.stringify({ type: 'subscribe', topic: 'incidents' })),
    )
    this.socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as Message
      this.messages.push(message)
      if (message.type === 'snapshot') this.shown.clear()
      for (const { id, outageKind } of message.items ?? []) this.shown.set(id, outageKind)
      for (const id of message.removed ?? []) this.shown.delete(id)
    })
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN
  }
}

await describeWith('redis', 'gateways', (redisServer) => {
  const folder = mkdtempSync(join(tmpdir(), 'lastgasp-gateway-'))
  const data = join(folder, 'data')
  const prefix = `e2e-${process.pid}-${process.hrtime.bigint()}`
  const redis = new Redis(redisServer.url)
  const env = { REDIS_URL: redisServer.url, LASTGASP__REDIS__PREFIX: prefix }
  let port: number
  let engine: Server
  let gateways: Server[]

  const startEngine = async () => {
    const grid = join(folder, 'grid.json')
    writeFileSync(grid, JSON.stringify(smallGrid()))
    const trusting = { ...env, LASTGASP__HTTP__TRUSTED_PROXIES: '127.0.0.1' }
    engine = await startServing({ grid, data, port, env: trusting })
  }
  const startGateway = () =>
    startServing({
      data,
      role: 'gateway',
      env: { ...env, LASTGASP__GATEWAY__UPSTREAM: `http://127.0.0.1:${port}` },
    })
  const ticketOf = async (gateway: Server): Promise<string> => {
    const answer = await gateway.fetch('/api/v1/tickets', { method: 'POST' })
    return ((await answer.json()) as { ticket: string }).ticket
  }
  const readiness = async (server: Server) =>
    (await (await fetch(`${server.url}/readyz`)).json()) as { ready: boolean; reasons: string[] }
  let told = 0
  const tell = async (kind: 'powerOff' | 'powerOn') => {
    const options = { username: 'C1', password: TERMINAL_SECRET, reconnectPeriod: 0 }
    const terminal = await connectAsync(engine.brokerUrl, options)
    const at = new Date().toISOString()
    told += 1
    for (const meters of [undefined, ['M1', 'M2']])
      await terminal.publishAsync(
        'lastgasp/v1/C1/event',
        JSON.stringify({ kind, at, boot: told, seq: meters ? 2 : 1, meters }),
        { qos: 1 },
      )
    await terminal.endAsync()
  }

  beforeAll(async () => {
    port = await freePort()
    await startEngine()
    gateways = [await startGateway(), await startGateway()]
  })
  afterAll(async () => {
    for (const gateway of gateways ?? []) await gateway.stop()
    await engine?.stop()
    const keys = await redis.keys(`{${prefix}}:*`)
    if (keys.length > 0) await redis.del(...keys)
    redis.disconnect()
    rmSync(folder, { recursive: true, force: true })
  })

  test('pass on what they do not hold, and with it who may', async () => {
    const [gateway] = gateways as [Server]
    expect(await gateway.get('/api/v1/status')).toMatchObject({ customers: 3 })
    expect((await fetch(`${gateway.url}/api/v1/status`)).status).toBe(401)
    const answer = await gateway.fetch('/api/v1/incidents/I-404')
    expect(answer.status).toBe(404)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    const body = JSON.stringify({ account: 'nobody', password: 'wrong' })
    const headers = { 'content-type': 'application/json' }
    const signIn = { method: 'POST', body, headers }
    const asked = (server: Server) => fetch(`${server.url}/api/v1/session`, signIn)
    expect((await asked(gateway)).status).toBe((await asked(engine)).status)
  })

  test('a ticket of one opens a socket at the other, once', async () => {
    const [first, second] = gateways as [Server, Server]
    const ticket = await ticketOf(first)
    const console = new Console(second, ticket)
    await until(() => console.isOpen)
    const again = new Console(first, ticket)
    await until(() => again.socket.readyState === WebSocket.CLOSED)
    expect(again.messages).toEqual([])
    console.socket.close()
    // What lies in Redis says nothing to who has not the ticket.
    const waiting = await ticketOf(first)
    const [key] = await redis.keys(`{${prefix}}:ticket:*`)
    expect(key).not.toContain(waiting)
    expect(await redis.get(key!)).not.toMatch(/auditor/)
  })

  test('show faults, and survive the loss of engine, gateway and Redis', {
    timeout: 300_000,
  }, async () => {
    const [first, second] = gateways as [Server, Server]
    const consoles = [
      new Console(first, await ticketOf(first)),
      new Console(second, await ticketOf(second)),
    ]
    await until(() => consoles.every(({ messages }) => messages.length > 0))
    await tell('powerOff')
    await until(() => consoles.every(({ shown }) => shown.size === 1))
    const [id] = consoles[0]!.shown.keys()

    // The engine dies: consoles keep their picture, and are told by /readyz that it is old.
    await engine.kill()
    expect((await first.fetch('/api/v1/status')).status).toBe(503)
    await until(async () => !(await readiness(first)).ready)
    expect(consoles.every(({ isOpen, shown }) => isOpen && shown.has(id!))).toBe(true)
    await startEngine()
    await until(async () => (await readiness(first)).ready)
    await tell('powerOn')
    const isDark = ({ shown }: Console) =>
      [...shown.values()].some((kind) => kind === 'predicted' || kind === 'confirmed')
    await until(() => !consoles.some(isDark))

    // Redis loses all it holds: nobody restarts anything.
    await redis.del(...(await redis.keys(`{${prefix}}:*`)))
    await tell('powerOff')
    await until(() => consoles.every(isDark))
    expect(consoles.every(({ isOpen }) => isOpen)).toBe(true)

    // A gateway dies: its consoles go to the other and find the same.
    await first.kill()
    await until(() => !consoles[0]!.isOpen)
    const moved = new Console(second, await ticketOf(second))
    // A change that is under way reaches one a moment before the other.
    const whole = ({ shown }: Console) => JSON.stringify([...shown].sort())
    await until(() => moved.shown.size > 0 && whole(moved) === whole(consoles[1]!))
    expect(isDark(moved)).toBe(true)
  })
})
