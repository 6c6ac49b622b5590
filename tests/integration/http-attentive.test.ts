/** Whom somebody looks in on while an outage lasts: by reference, in the own units, most urgent first. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { incident, incidentChange } from '../support/changes.ts'
import { type Fixture, httpFixture, twoFeeders } from '../support/http-fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  const grid = twoFeeders()
  const point = (id: string) => grid.usagePoints.find((one) => one.id === id)!
  Object.assign(point('F1-T1-U1'), { sensitive: ['exam'] })
  Object.assign(point('F1-T1-U2'), { important: 'first', sensitive: ['media'] })
  Object.assign(point('F1-T2-U2'), { sensitive: ['lifeSupport'] })
  Object.assign(point('F2-T1-U1'), { important: 'special' })
  fixture = await httpFixture({ grid })
  const device = (id: string) => ({ id, type: 'fuse', name: '' }) as never
  const of = { unit: '1501', feeder: 'F1' } as never
  fixture.follow(
    incidentChange(incident('I1', 1, { ...(of as object), device: device('F1-FU') }), 0),
  )
  fixture.follow(
    incidentChange(incident('I2', 1, { ...(of as object), device: device('F1-T1') }), 0),
  )
  fixture.follow(
    incidentChange(incident('I3', 1, { ...(of as object), device: device('F1-T2-U2') }), 0),
  )
})
afterAll(() => fixture.close())

// biome-ignore lint/suspicious/noExplicitAny: what is read here is what is being tested
const asked = async (id: string, token: string): Promise<any> =>
  (await fixture.get(`/api/v1/incidents/${id}/attentive`, token)).json()

test('life support first, then important, then sensitive; of what hangs below alone', async () => {
  const manager = await fixture.token('gridManager', ['1501'])
  expect(await asked('I1', manager)).toMatchObject({
    incident: 'I1',
    count: 3,
    customers: [
      { usagePoint: 'F1-T2-U2', care: 'lifeSupport', importance: null },
      { usagePoint: 'F1-T1-U2', care: 'important', importance: 'first' },
      { usagePoint: 'F1-T1-U1', care: 'sensitive', importance: null },
    ],
  })
  const { customers } = await asked('I2', manager)
  expect(customers.map((one: { usagePoint: string }) => one.usagePoint)).toEqual([
    'F1-T1-U2',
    'F1-T1-U1',
  ])
  // A single service bears the id of its usage point.
  expect((await asked('I3', manager)).customers).toMatchObject([{ usagePoint: 'F1-T2-U2' }])
})

test('another unit is told that there is no such incident, and a crew nothing', async () => {
  const other = await fixture.token('gridManager', ['1502'])
  expect(await asked('I1', other)).toMatchObject({ code: 'incident.notFound' })
  const crew = await fixture.token('crew', ['1501'])
  expect((await fixture.get('/api/v1/incidents/I1/attentive', crew)).status).toBe(403)
})
