/** A running program: switches operate while an incident is open, and the grid is exchanged under it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Grid } from '../../src/grid/model.ts'
import { drawnGrid } from '../support/drawn-grid.ts'
import { lastgasp, type Server, startServing, TERMINAL_SECRET } from '../support/server.ts'
import { until } from '../support/until.ts'

const TIED = `
B1 breaker
  X1 transformer
    C1 ttu
    m1 meter
  S2 switch
    X2 transformer
      C2 ttu
      m2 meter
    S3 switch
      X3 transformer
        C3 ttu
        m3 meter
B2 breaker
  X4 transformer
    C4 ttu
    m4 meter
tie K S3 B2
`

const folder = mkdtempSync(join(tmpdir(), 'lastgasp-switching-'))
const file = (name: string, grid: Grid) => {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify(grid))
  return path
}
let server: Server

beforeAll(async () => {
  server = await startServing({ grid: file('tied.json', drawnGrid(TIED)) })
})
afterAll(async () => {
  await server?.remove()
  rmSync(folder, { recursive: true, force: true })
})

async function say(terminal: string, kind: string): Promise<void> {
  const options = { username: terminal, password: TERMINAL_SECRET, reconnectPeriod: 0 }
  const client: MqttClient = await connectAsync(server.brokerUrl, options, false)
  const payload = { id: `${terminal}-${kind}`, kind, at: new Date().toISOString() }
  await client.publishAsync(`lastgasp/v1/${terminal}/event`, JSON.stringify(payload), { qos: 1 })
  await client.endAsync()
}

async function operate(device: string, position: string): Promise<void> {
  const token = await server.token('networkDispatcher', 'U')
  const answer = await fetch(`${server.url}/api/v1/switching`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ device, position }),
  })
  expect(answer.status).toBe(200)
}

const incidents = async () => (await server.get('/api/v1/incidents?state=open')).incidents
const switching = () => server.get('/api/v1/switching')

test('a tie restores a part of an open incident, over a restart', async () => {
  await operate('B1', 'open')
  for (const terminal of ['C1', 'C2', 'C3']) await say(terminal, 'powerOff')
  await until(async () => (await incidents())[0]?.metersAffected === 3)
  await operate('S2', 'open')
  await operate('K', 'closed')
  await until(async () => (await incidents())[0]?.metersAffected === 1)
  const [incident] = await incidents()
  expect(incident).toMatchObject({ device: { id: 'B1' }, outageKind: 'partiallyRestored' })

  await server.stop()
  server = await startServing({ data: server.data })
  expect((await incidents())[0]).toMatchObject({ id: incident.id, metersAffected: 1 })
  const { operated, islands } = await switching()
  expect(
    operated.map((one: { device: { id: string }; position: string }) => [
      one.device.id,
      one.position,
    ]),
  ).toEqual([
    ['B1', 'open'],
    ['S2', 'open'],
    ['K', 'closed'],
  ])
  expect(islands).toMatchObject([{ device: { id: 'B1' }, customers: 1 }])
}, 300_000)

test('a new grid goes into force under the open incident', async () => {
  const token = await server.token('operator')
  const grown = file('grown.json', drawnGrid(TIED.replace('X4 transformer', 'X5 transformer')))
  const applied = await lastgasp(['grid', 'apply', grown, '--url', server.url, '--token', token])
  expect(applied.output).toContain('in force, 4 customers, 2 feeders')
  expect(applied.code).toBe(0)
  expect((await incidents())[0]).toMatchObject({ device: { id: 'B1' }, metersAffected: 1 })
  expect((await switching()).operated).toHaveLength(3)
  // Its map was drawn before it came into force.
  expect(await server.get('/readyz')).toEqual({ ready: true, reasons: [] })

  const shrunk = TIED.replace('    C1 ttu\n', '')
  await lastgasp(['grid', 'apply', file('shrunk.json', drawnGrid(shrunk)), '--url', server.url], {
    LASTGASP_TOKEN: token,
  })
  await say('C1', 'powerOff')
  await until(async () => (await server.get('/api/v1/quarantine')).counts.unknownTerminal === 1)
}, 300_000)

test('an incident whose device is gone is told of with the grid that takes it, and with no other', async () => {
  const token = await server.token('operator')
  await say('C4', 'powerOff')
  const over = (device: string) => async () =>
    (await incidents()).find((one: { device: { id: string } }) => one.device.id === device)
  await until(async () => (await over('X4')()) !== undefined)
  const { id } = await over('X4')()
  const next = file('moved.json', drawnGrid(TIED.replace('X4 transformer', 'X6 transformer')))
  const apply = () => lastgasp(['grid', 'apply', next, '--url', server.url, '--token', token])
  expect((await apply()).output).toContain(`incidents whose device is gone: ${id}`)
  expect((await apply()).output).not.toContain('gone')
}, 300_000)

test('a grid that cannot be used is refused by place, and nobody else may send one', async () => {
  const before = (await server.get('/api/v1/network')).digest
  const grid = drawnGrid(TIED)
  const broken = { ...grid, devices: grid.devices.map((d) => ({ ...d, to: `${d.to}-nowhere` })) }
  const path = file('broken.json', broken)
  const token = await server.token('operator')
  const refused = await lastgasp(['grid', 'apply', path, '--url', server.url, '--token', token])
  expect(refused.code).toBe(78)
  expect(refused.output).toContain('the grid in force goes on')
  expect(refused.output).toContain('nowhere')
  const auditor = await server.token('auditor')
  const denied = await lastgasp(['grid', 'apply', path, '--url', server.url, '--token', auditor])
  expect(denied.output).toContain('auth.forbidden')
  expect((await server.get('/api/v1/network')).digest).toBe(before)
}, 300_000)
