/**
 * Simulated crews against the whole program: they drive over real MQTT to what a dispatcher sent them to,
 * are seen to have arrived, or say so, and enter what they find.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCrews } from '../../simulators/crews.ts'
import { metresApart } from '../../simulators/van.ts'
import { type RunningProgram, startProgram } from '../../src/app/program.ts'
import { loadSettings } from '../../src/config/load.ts'
import { createIdentity } from '../../src/http/identity/identity.ts'
import { loadRoles } from '../../src/http/identity/roles.ts'
import { actOn } from '../support/acting.ts'
import { drawnGrid } from '../support/drawn-grid.ts'
import { until } from '../support/until.ts'

const DRAWING = [
  ...['B breaker', '  X transformer', '    C concentrator', '    m1 meter', '    m2 meter'],
  ...['  Y transformer', '    D concentrator', '    m8 meter', '    m9 meter'],
].join('\n')

const folder = mkdtempSync(join(tmpdir(), 'lastgasp-crews-'))
const grid = drawnGrid(DRAWING)
/** Nodes stand in a row, each 2.2 km north of the one before. */
grid.nodes = grid.nodes.map((node, index) => ({ ...node, lon: 111.6, lat: 40 + index * 0.02 }))

let program: RunningProgram
let token: string

beforeAll(async () => {
  const rules = join(folder, 'rules')
  mkdirSync(rules)
  const copy = (name: string, change: (text: string) => string) =>
    writeFileSync(join(rules, name), change(readFileSync(`config/rules/${name}`, 'utf8')))
  copy('judgement.yaml', (text) => text)
  // Who stands for a second has arrived: nobody waits three minutes here.
  copy('grading.yaml', (text) =>
    text
      .replace('standMinutes: 3', 'standMinutes: 0.02')
      .replace('everySeconds: 30', 'everySeconds: 0.1'),
  )
  const gridFile = join(folder, 'grid.json')
  writeFileSync(gridFile, JSON.stringify(grid))
  const data = join(folder, 'data')
  const { settings } = loadSettings({
    environment: {
      LASTGASP__DATA__DIR: data,
      LASTGASP__RULES__DIR: rules,
      LASTGASP__HTTP__PORT: '0',
      LASTGASP__MQTT__PORT: '0',
      LASTGASP__LOG__LEVEL: 'silent',
    },
  })
  program = await startProgram({
    ...{ settings, gridFile, demo: true },
    onFailure: (error) => {
      throw error
    },
  })
  const identity = createIdentity({ dir: data, roles: loadRoles(), now: Date.now })
  token = await identity.issueToken('serviceDispatcher', [grid.units[0]!.id])
  identity.close()
})
afterAll(async () => {
  await program?.stop()
  rmSync(folder, { recursive: true, force: true })
})

// biome-ignore lint/suspicious/noExplicitAny: the shapes are tested elsewhere
async function ask(path: string, body?: object): Promise<any> {
  const response = await answered(path, body)
  expect(response.status, path).toBe(200)
  return response.json()
}

const answered = (path: string, body?: object, more = {}) =>
  fetch(new URL(path, program.url), {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...more },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })

async function crewNow() {
  const { crews } = await ask('/api/v1/crews')
  return crews.find(({ id }: { id: string }) => id === 'C-01')
}

/** An incident whose terminal has said that its area is dark. */
async function outage(): Promise<{ id: string; revision: number; device: { id: string } }> {
  const terminal = await connectAsync(program.brokerUrl, { clientId: 'C', username: 'C' })
  const at = new Date().toISOString()
  const gasp = { kind: 'areaOff', at, boot: 1, seq: 1 }
  await terminal.publishAsync('lastgasp/v1/C/event', JSON.stringify(gasp), { qos: 1 })
  await terminal.endAsync()
  let found: Awaited<ReturnType<typeof outage>> | undefined
  await until(async () => {
    const { incidents } = await ask('/api/v1/incidents?state=open')
    found = incidents[0]
    return found !== undefined
  })
  return found!
}

/** Plays the crews, many times quicker than in the field, until `done`. */
async function drive(confirmed: number, done: () => Promise<boolean>): Promise<string[]> {
  const stop = new AbortController()
  const told: string[] = []
  const running = runCrews({
    ...{ grid, url: program.url, brokerUrl: program.brokerUrl, token: program.crewToken! },
    ...{ seed: '7', speed: 1_000, everyMs: 100, confirmed, signal: stop.signal },
    onProgress: (line) => told.push(line),
  })
  try {
    await until(done)
  } finally {
    stop.abort()
    await running
  }
  return told
}

test('a crew that is sent drives there, is seen to arrive, says so, and enters what it finds', {
  timeout: 300_000,
}, async () => {
  const { crews } = await ask('/api/v1/crews')
  expect(crews.map(({ id }: { id: string }) => id)).toEqual(['C-01', 'C-02', 'C-03', 'C-04'])
  for (const { name } of crews) expect(name).toMatch(/^\p{Script=Han}+$/u)

  // Nobody is sent yet: it stands at home and says so.
  await drive(0, async () => (await crewNow()).position !== null)
  const home = (await crewNow()).position

  const { id, device } = await outage()
  const act = async (body: object) => {
    const look = () => ask(`/api/v1/incidents/${id}`)
    const { answer } = await actOn(look, ({ revision }, key) => {
      const path = `/api/v1/incidents/${id}/actions`
      return answered(path, { revision, ...body }, { 'idempotency-key': key })
    })
    expect(answer.status).toBe(200)
  }
  await act({ action: 'dispatch', crew: 'C-01' })
  expect((await crewNow()).orders).toMatchObject([{ incident: id, stage: 'dispatched' }])

  const repair = async () => (await ask(`/api/v1/incidents/${id}`)).repair
  await drive(0, async () => (await repair()).arrivedInferredAt !== null)
  const { from } = grid.devices.find((one) => one.id === device.id)!
  const node = grid.nodes.find((one) => one.id === from)!
  const { position, orders } = await crewNow()
  expect(position.lat).not.toBe(home.lat)
  expect(metresApart([position.lon, position.lat], [node.lon!, node.lat!])).toBeLessThan(1)
  expect(orders).toMatchObject([{ incident: id, stage: 'enRoute', metres: 0 }])

  const incident = () => ask(`/api/v1/incidents/${id}`)
  const told = await drive(1, async () => (await incident()).etrSource === 'field')
  expect(told).toEqual([`crew C-01: on its way to ${device.id} (${id})`])
  expect(await incident()).toMatchObject({ stage: 'causeFound', cause: expect.any(String) })
  expect((await repair()).site).toMatchObject({ situation: expect.any(String) })

  // Supply is back: it drives home.
  await act({ action: 'restore' })
  await drive(1, async () => {
    const { position: now } = await crewNow()
    return metresApart([now.lon, now.lat], [home.lon, home.lat]) < 1
  })
})

test('crews whose program is not there say so and go on', async () => {
  const stop = new AbortController()
  const told: string[] = []
  const running = runCrews({
    ...{ grid, url: 'http://127.0.0.1:9', brokerUrl: 'mqtt://127.0.0.1:9', token: 'none' },
    ...{ seed: '7', speed: 1, everyMs: 20, signal: stop.signal },
    onProgress: (line) => told.push(line),
  })
  await until(() => told.length > 2)
  stop.abort()
  await running
  expect(told[0]).toMatch(/^crews: /)
})
