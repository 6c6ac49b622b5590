/** Temperatures over HTTP: told of a unit, held for a while, read by those whom they concern. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'

const PATH = '/api/v1/weather/temperature'

let fixture: Fixture
let token: string
beforeEach(async () => {
  fixture = await httpFixture()
  token = await fixture.token('shiftLeader')
})
afterEach(() => fixture.close())

const tell = (body: object, key: string, as = token) =>
  fixture.post(PATH, body, { authorization: `Bearer ${as}`, 'idempotency-key': key })
const inForce = async (as = token) => (await (await fixture.get(PATH, as)).json()) as object

test('what was told is read with its age and its end, and is gone when it is taken back', async () => {
  expect(await inForce()).toMatchObject({ belowCelsius: -20, temperatures: [] })
  expect((await tell({ unit: '1501', celsius: -22.5 }, 't1')).status).toBe(200)
  expect((await tell({ unit: '1502', celsius: 3 }, 't2')).status).toBe(200)
  const instant = expect.stringMatching(/^\d{4}-.*Z$/)
  expect(await inForce()).toMatchObject({
    asOf: instant,
    temperatures: [
      { unit: '1501', celsius: -22.5, severe: true, toldAt: instant, until: instant },
      { unit: '1502', celsius: 3, severe: false },
    ],
  })
  await tell({ unit: '1501', celsius: null }, 't3')
  expect(await inForce()).toMatchObject({ temperatures: [{ unit: '1502' }] })
})

test('units see their own and what is told above them, and speak of their own alone', async () => {
  const { units } = fixture.grid
  const child = units.find(({ parent }) => parent >= 0)!
  const above = units[child.parent]!.id
  const other = units.find(({ id }) => id !== child.id && id !== above)!.id
  for (const [unit, key] of [
    [child.id, 'a'],
    [above, 'b'],
    [other, 'c'],
  ] as const)
    expect((await tell({ unit, celsius: -21 }, key)).status).toBe(200)
  const own = await fixture.identity.issueToken('networkDispatcher', [child.id])
  const { temperatures } = (await inForce(own)) as { temperatures: { unit: string }[] }
  expect(temperatures.map(({ unit }) => unit).sort()).toEqual([child.id, above].sort())
  expect((await tell({ unit: above, celsius: -21 }, 'd', own)).status).toBe(422)
  expect((await tell({ unit: child.id, celsius: 99 }, 'e', own)).status).toBe(422)
  // Who looks may not always tell.
  const agent = await fixture.token('agent')
  expect((await fixture.get(PATH, agent)).status).toBe(200)
  expect((await tell({ unit: child.id, celsius: -21 }, 'f', agent)).status).toBe(403)
})
