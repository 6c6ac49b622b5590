/** The public feed over HTTP: without sign-in, coarse, in tens, nothing of small groups. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Incident } from '../../src/engine/changes.ts'
import { incident, incidentChange } from '../support/changes.ts'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await httpFixture()
})
afterAll(() => fixture.close())

interface Feed {
  readonly asOf: string
  readonly territory: readonly { name: string; outline: [number, number][] }[]
  readonly features: readonly {
    readonly geometry: { readonly coordinates: [number, number][][] }
    readonly properties: Record<string, unknown>
  }[]
}

function put(id: string, unit: string, customers: number, over: Partial<Incident> = {}) {
  const one = incident(id, 0, {
    unit,
    kind: 'fault',
    outageKind: 'confirmed',
    metersAffected: customers,
    originalMetersAffected: customers,
    ...over,
  })
  fixture.follow(incidentChange(one, Date.now(), 'opened'))
}

/** The feed is kept for a while; each reading here is of a later time. */
async function feed(): Promise<Feed> {
  fixture.clock.offsetMs += 60_000
  const response = await fixture.get('/public/outages.geojson')
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toContain('application/geo+json')
  return (await response.json()) as Feed
}

test('without outages it has areas, each a closed ring, and no feature', async () => {
  const { features, territory } = await feed()
  expect(features).toEqual([])
  expect(territory.map(({ name }) => name)).toEqual(['甲所', '乙所'])
  for (const { outline } of territory) expect(outline.at(-1)).toEqual(outline[0])
})

test('a unit is told in tens, with nothing finer; suspicions and small groups are not told', async () => {
  put('I-1', '1501', 43, { customersRestored: 6, outageKind: 'partiallyRestored' })
  put('I-2', '1502', 19)
  put('I-3', '1502', 900, { outageKind: 'predicted' })
  put('I-4', '1502', 900, { outcome: 'falseAlarm' })
  put('I-5', '1502', 900, { kind: 'arrears' })
  const { features } = await feed()
  expect(features).toHaveLength(1)
  expect(Object.keys(features[0]!.properties).sort()).toEqual([
    'customersOut',
    'expected',
    'name',
    'planned',
    'since',
  ])
  expect(features[0]!.properties).toMatchObject({ name: '甲所', customersOut: 40, planned: false })
  const text = JSON.stringify(features)
  for (const one of ['I-1', 'F1', '台区', '支线']) expect(text).not.toContain(one)
})

test('planned work stands apart; only a time that a crew gave is told', async () => {
  const period = { start: Date.now(), end: Date.now() + 3_600_000 }
  put('I-6', '1502', 50, { kind: 'planned', estimatedPeriod: period, etrSource: 'field' })
  put('I-7', '1501', 60, { estimatedPeriod: period, etrSource: 'estimated' })
  const { features } = await feed()
  const planned = features.filter(({ properties }) => properties.planned)
  expect(planned.map(({ properties }) => properties)).toEqual([
    expect.objectContaining({ customersOut: 50, expected: new Date(period.end).toISOString() }),
  ])
  expect(features.find(({ properties }) => !properties.planned)!.properties.expected).toBeNull()
})
