/** What a gateway asks of a session, and tickets while what shares them is away. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Principal } from '../../../src/http/identity/rights.ts'
import { sessionsOf } from '../../../src/http/session-check.ts'
import { createTickets, type Tickets, ticketsWhereShared } from '../../../src/http/tickets.ts'
import { addressOf } from '../../../src/http/upgrade.ts'

const PERSON: Principal = {
  account: 'dana',
  role: 'serviceDispatcher',
  rights: new Set(['me.read']),
  units: ['15'],
  expiresAt: 1_000,
  by: 'cookie',
}

async function upstream() {
  const me = { role: 'serviceDispatcher', units: ['15'], allUnits: false }
  const state = { status: 200, me, asked: [] as (string | undefined)[] }
  const server = createServer((request, reply) => {
    state.asked.push(request.headers.cookie, String(request.headers['x-forwarded-for']))
    reply.writeHead(state.status).end(JSON.stringify({ account: state.me }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  onTestFinished(close)
  const { port } = server.address() as AddressInfo
  return { state, close, url: `http://127.0.0.1:${port}` }
}

test('a session holds while who has the accounts says the same of it, and no longer than it lasts', async () => {
  const { state, close, url } = await upstream()
  let now = 0
  const holds = sessionsOf(url, () => now)
  const ask = () => holds(PERSON, 'secret', '10.1.2.3')
  expect(await ask()).toBe(true)
  expect(state.asked).toEqual(['lastgasp_session=secret', '10.1.2.3'])
  state.me = { ...state.me, units: ['16'] }
  expect(await ask()).toBe(false)
  state.me = { role: 'agent', units: ['15'], allUnits: false }
  expect(await ask()).toBe(false)
  state.status = 401
  expect(await ask()).toBe(false)
  // It cannot say at present, or is away: nobody is sent away for that.
  state.status = 503
  expect(await ask()).toBe(true)
  close()
  expect(await ask()).toBe(true)
  now = 1_000
  expect(await ask()).toBe(false)
})

test('a token is asked of nobody: it holds until it ends', async () => {
  const holds = sessionsOf('http://127.0.0.1:9', () => 0)
  expect(await holds({ ...PERSON, by: 'token' }, undefined, '')).toBe(true)
})

test('while what shares tickets is away, tickets open a socket here', async () => {
  const kept = createTickets(() => 0)
  let away = false
  const shared: Tickets = {
    issue: async (bearer) => (away ? Promise.reject(new Error('away')) : kept.issue(bearer)),
    redeem: async (ticket) => (away ? Promise.reject(new Error('away')) : kept.redeem(ticket)),
  }
  const tickets = ticketsWhereShared(
    shared,
    createTickets(() => 0),
  )
  const bearer = { principal: PERSON, secret: 'secret' }
  const first = (await tickets.issue(bearer))!.ticket
  expect(await kept.redeem(first)).toEqual(bearer)
  away = true
  const second = (await tickets.issue(bearer))!.ticket
  expect(await tickets.redeem(second)).toEqual(bearer)
  away = false
  expect(await tickets.redeem(second)).toBeUndefined()
})

test('a socket comes from whom our own proxies name, and from nobody whom others name', () => {
  const of = (remoteAddress: string, said: string, ...trusted: string[]) =>
    addressOf({ socket: { remoteAddress }, headers: { 'x-forwarded-for': said } }, trusted)
  expect(of('10.0.0.9', '1.2.3.4')).toBe('10.0.0.9')
  expect(of('10.0.0.9', '6.6.6.6, 1.2.3.4', '10.0.0.9')).toBe('1.2.3.4')
  expect(of('::ffff:172.18.0.3', '1.2.3.4, 172.18.0.7', '172.16.0.0/12')).toBe('1.2.3.4')
  expect(of('10.0.0.9', 'nonsense', '10.0.0.9')).toBe('10.0.0.9')
  expect(of('127.0.0.1', '1.2.3.4', 'loopback', '10.0.0.0/255.0.0.0')).toBe('127.0.0.1')
  expect(of('fd00::1', '2001:db8::7', 'fd00::/8')).toBe('2001:db8::7')
})
