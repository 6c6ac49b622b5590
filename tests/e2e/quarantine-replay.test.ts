/**
 * Messages that could not be used when they came are taken again once the grid knows of whom they
 * speak: as facts of the time at which they came, each once, also over a restart.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Grid } from '../../src/grid/model.ts'
import { lastgaspOutput, type Server, startServing, TERMINAL_SECRET } from '../support/server.ts'
import { until } from '../support/until.ts'
import { smallGrid } from '../unit/grid/small-grid.ts'

const folder = mkdtempSync(join(tmpdir(), 'lastgasp-requarantine-'))
const complete = smallGrid() as Grid
/** The same before meter M2 was entered in the ledger. */
const before: Grid = {
  ...complete,
  observers: complete.observers.filter(({ id }) => id !== 'M2'),
}
const fileOf = (name: string, grid: Grid) => {
  const file = join(folder, `${name}.json`)
  writeFileSync(file, JSON.stringify(grid))
  return file
}
let server: Server
let operator: string
beforeAll(async () => {
  server = await startServing({ grid: fileOf('before', before) })
  operator = await server.token('operator')
})
afterAll(async () => {
  await server?.remove()
  rmSync(folder, { recursive: true, force: true })
})

interface Outcome {
  readonly replayed: number
  readonly already: number
  readonly refused: readonly { readonly position: number; readonly reason: string }[]
  readonly cursor: string | null
}

async function replay(body: object): Promise<Outcome> {
  const headers = { authorization: `Bearer ${operator}`, 'content-type': 'application/json' }
  const init = { method: 'POST', headers, body: JSON.stringify(body) }
  const response = await fetch(`${server.url}/api/v1/quarantine/replay`, init)
  expect(response.status).toBe(200)
  return (await response.json()) as Outcome
}
const waiting = async () =>
  (await server.get('/api/v1/quarantine?replayed=false')).messages as {
    position: number
    reason: string
    receivedAt: string
  }[]

it('takes what is good by now, once, and says why the rest stays', async () => {
  const auth = { username: 'C1', password: TERMINAL_SECRET, reconnectPeriod: 0 }
  const terminal = await connectAsync(server.brokerUrl, auth, false)
  const send = (channel: string, message: object) =>
    terminal.publishAsync(`lastgasp/v1/C1/${channel}`, JSON.stringify(message), { qos: 1 })
  await send('event', { id: 'C1-1', kind: 'powerOff', at: null, meters: ['M2'], boot: 1, seq: 1 })
  await send('event', { kind: 'powerOff', meters: ['nobody'] })
  await send('event', { kind: 'explode' })
  await send('status', { state: 'gone' })
  await send('event', { kind: 'powerOff', meters: ['M2'], id: 'x'.repeat(5000) })
  await terminal.endAsync()
  await until(async () => (await waiting()).length === 5)
  const came = await waiting()

  const early = await replay({ reason: 'unknownMeter' })
  expect(early).toMatchObject({ replayed: 0, already: 0, cursor: null })
  expect(early.refused.map(({ reason }) => reason)).toEqual(['unknownMeter', 'unknownMeter'])

  process.env.LASTGASP_TOKEN = operator
  await lastgaspOutput(['grid', 'apply', fileOf('complete', complete), '--url', server.url])
  delete process.env.LASTGASP_TOKEN
  const positions = came.map(({ position }) => position)
  const [first, second] = await Promise.all([replay({ positions }), replay({ positions })])
  const reasons = ({ refused }: Outcome) =>
    Object.fromEntries(refused.map(({ position, reason }) => [positions.indexOf(position), reason]))
  // Whichever was read first.
  const [taken, left] = first.replayed > 0 ? [first, second] : [second, first]
  expect([taken.replayed, taken.already, left.replayed, left.already]).toEqual([1, 0, 0, 1])
  // Newest first: too long to be kept whole, a status, no such kind, nobody.
  expect(reasons(first)).toEqual({
    0: 'incomplete',
    1: 'passing',
    2: 'malformed',
    3: 'unknownMeter',
  })
  expect(reasons(second)).toEqual(reasons(first))

  // The fact speaks of the time at which the message came.
  await until(async () => (await server.get('/api/v1/incidents?state=all')).incidents.length > 0)
  const [incident] = (await server.get('/api/v1/incidents?state=all')).incidents
  expect(incident.startedAt).toBe(came.at(-1)!.receivedAt)
  expect((await waiting()).map(({ position }) => position)).not.toContain(positions.at(-1))

  const { data } = server
  await server.kill()
  server = await startServing({ data })
  expect(await replay({ positions })).toMatchObject({ replayed: 0, already: 1 })
  // Two starts and a grid applied by its verb, each a process of its own.
}, 300_000)
