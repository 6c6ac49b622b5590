/** `POST /switching` and `GET /switching`: who may, of what, when, once. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'

let fixture: Fixture
const now = Date.UTC(2026, 10, 22, 4)
beforeAll(async () => {
  fixture = await httpFixture({ deps: { now: () => now, requestsPerMinute: 100_000 } })
})
afterAll(() => fixture.close())

async function ask(role: string, body?: object, key?: string, units = ['1501']) {
  const answer = await fetch(`${fixture.url}/api/v1/switching`, {
    method: body ? 'POST' : 'GET',
    headers: {
      authorization: `Bearer ${await fixture.token(role as never, units)}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(key ? { 'idempotency-key': key } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return { status: answer.status, json: (await answer.json()) as Record<string, never> }
}

const device = 'F1-FU'

test('a dispatcher says that a switch was operated, and everyone of the unit sees it', async () => {
  const said = await ask('networkDispatcher', { device, position: 'open' }, 'first')
  expect(said).toMatchObject({
    status: 200,
    json: { requestId: 'first', device, position: 'open', source: 'dispatcher' },
  })
  const { json } = await ask('gridManager')
  expect(json).toMatchObject({
    operated: [
      { device: { id: device }, position: 'open', normally: 'closed', source: 'dispatcher' },
    ],
    loops: [],
    islands: [],
  })
})

test('reclosing out of service is said with a position, and not ahead', async () => {
  const said = { device, position: 'closed', reclosing: 'off' }
  expect((await ask('networkDispatcher', said)).status).toBe(200)
  expect(fixture.appended.at(-1)).toMatchObject({ type: 'switching', ...said })
  const at = new Date(now + 3_600_000).toISOString()
  expect((await ask('networkDispatcher', { ...said, at })).json.code).toBe('switching.time')
  expect((await ask('networkDispatcher', { ...said, reclosing: 'x' })).json.code).toBe(
    'request.invalid',
  )
  await ask('networkDispatcher', { device, position: 'open' })
})

test('a later time is a plan', async () => {
  const at = new Date(now + 3_600_000).toISOString()
  const said = await ask('networkDispatcher', { device, position: 'closed', at })
  expect(said).toMatchObject({ status: 200, json: { source: 'planned', at } })
  const { json } = await ask('auditor', undefined, undefined, [])
  expect(json.planned).toMatchObject([{ device, position: 'closed', at }])
})

test('the same key does nothing twice, and nothing else', async () => {
  const again = await ask('networkDispatcher', { device, position: 'open' }, 'first')
  expect(again).toMatchObject({ status: 200, json: { requestId: 'first' } })
  const other = await ask('networkDispatcher', { device, position: 'closed' }, 'first')
  expect(other).toMatchObject({ status: 422, json: { code: 'action.keyReused' } })
})

test('what cannot be is refused with a stable code', async () => {
  const refused = async (body: object, units?: string[]) =>
    (await ask('networkDispatcher', body, undefined, units)).json.code
  expect(await refused({ device: 'nothing', position: 'open' })).toBe('device.unknown')
  expect(await refused({ device, position: 'open' }, ['1599'])).toBe('device.unknown')
  expect(await refused({ device, position: 'ajar' })).toBe('request.invalid')
  const year = new Date(now + 366 * 86_400_000).toISOString()
  expect(await refused({ device, position: 'open', at: year })).toBe('switching.time')
  expect(await refused({ device, position: 'open', at: '2020-01-01T00:00:00Z' })).toBe(
    'switching.time',
  )
  expect((await ask('agent', { device, position: 'open' })).json.code).toBe('auth.forbidden')
})

test('what was planned is cancelled by who may plan it, until it is due', async () => {
  const cancel = async (role: string, requestId: string, units = ['1501']) => {
    const answer = await fetch(`${fixture.url}/api/v1/switching/${requestId}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${await fixture.token(role as never, units)}` },
    })
    const json = answer.status === 204 ? {} : ((await answer.json()) as { code: string })
    return { status: answer.status, ...json }
  }
  const at = new Date(now + 7_200_000).toISOString()
  await ask('networkDispatcher', { device, position: 'open', at }, 'later')
  expect(await cancel('agent', 'later')).toMatchObject({ status: 403 })
  const nowhere = { status: 404, code: 'switching.notPlanned' }
  expect(await cancel('networkDispatcher', 'later', ['1599'])).toMatchObject(nowhere)
  expect(await cancel('networkDispatcher', 'first')).toMatchObject(nowhere)
  expect(await cancel('networkDispatcher', 'later')).toEqual({ status: 204 })
  expect(fixture.appended.at(-1)).toMatchObject({ type: 'switchingCancelled', requestId: 'later' })
  expect(await cancel('networkDispatcher', 'later')).toMatchObject(nowhere)
  const { json } = await ask('gridManager')
  expect(JSON.stringify(json.planned)).not.toContain('later')
})
