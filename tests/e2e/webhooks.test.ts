/** The running program and a receiver that hangs: killed in between, it tells again, and corrects. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { afterAll, expect, test } from 'vitest'
import { actOn } from '../support/acting.ts'
import { drawnGrid } from '../support/drawn-grid.ts'
import { type Server, startServing, TERMINAL_SECRET } from '../support/server.ts'
import { until } from '../support/until.ts'
import { hangs, takes, webhookReceiver } from '../support/webhook-receiver.ts'

const folder = mkdtempSync(join(tmpdir(), 'lastgasp-webhooks-'))
const env = { LASTGASP__NOTIFY__ALLOW_PRIVATE: 'true' }
const receiver = await webhookReceiver(hangs)
let server: Server

afterAll(async () => {
  await server?.remove()
  await receiver.close()
  rmSync(folder, { recursive: true, force: true })
})

const tokens = new Map<string, string>()
async function post(role: string, path: string, body: object, more = {}): Promise<number> {
  if (!tokens.has(role)) tokens.set(role, await server.token(role))
  const answer = await fetch(server.url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tokens.get(role)}`,
      'content-type': 'application/json',
      ...more,
    },
    body: JSON.stringify(body),
  })
  return answer.status
}

/** Acts on the open incident; waits for one. */
async function act(action: string): Promise<number> {
  let open: { id: string; revision: number } | undefined
  const look = async () => {
    await until(async () => {
      open = (await server.get('/api/v1/incidents?state=open')).incidents[0]
      return open !== undefined
    })
    return open!
  }
  const { answer } = await actOn(look, async ({ id, revision }, key) => {
    const path = `/api/v1/incidents/${id}/actions`
    const said = { action, revision }
    return { status: await post('shiftLeader', path, said, { 'idempotency-key': key }) }
  })
  return answer.status
}

const told = () => receiver.received.map(({ body }) => JSON.parse(body))

test('a published notice outlives a kill and a receiver that hangs, and is corrected', {
  timeout: 300_000,
}, async () => {
  const grid = join(folder, 'grid.json')
  writeFileSync(
    grid,
    JSON.stringify(drawnGrid('B breaker\n  X transformer\n    C ttu\n    m1 meter')),
  )
  server = await startServing({ grid, env })
  const hook = { name: 'dispatch', url: receiver.url, topics: ['notice'] }
  expect(await post('operator', '/api/v1/webhooks', hook)).toBe(201)

  const options = { username: 'C', password: TERMINAL_SECRET, reconnectPeriod: 0 }
  const client = await connectAsync(server.brokerUrl, options, false)
  const event = { id: 'C-1', kind: 'powerOff', at: new Date().toISOString() }
  await client.publishAsync('lastgasp/v1/C/event', JSON.stringify(event), { qos: 1 })
  await client.endAsync()
  // Published by staff.
  expect(await act('confirm')).toBe(200)
  await until(() => receiver.received.length > 0)
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200)

  await server.kill()
  receiver.received.length = 0
  receiver.manner = takes
  server = await startServing({ data: server.data, env })
  await until(() => receiver.received.length > 0)
  expect(await act('falseAlarm')).toBe(200)
  await until(() => told().some(({ type }) => type === 'notice.withdrawn'))

  const [first] = told()
  expect(first).toMatchObject({ type: 'notice.published', data: { customers: 1 } })
  expect(first.data.no).toMatch(/^GZ\d{8}.{4}\d{5}$/)
  expect(told().at(-1)).toMatchObject({ type: 'notice.withdrawn', data: { no: first.data.no } })
  // Whatever came twice came under the same id.
  const published = receiver.received.filter(({ body }) => body.includes('notice.published'))
  expect(new Set(published.map(({ id }) => id)).size).toBe(1)
})
