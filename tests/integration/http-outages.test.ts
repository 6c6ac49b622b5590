/** The public feed over HTTP: without sign-in, coarse, in tens, nothing of small groups. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Incident } from '../../src/engine/changes.ts'
import { type OdinOutage, odinXml } from '../../src/http/map/odin.ts'
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

interface Odin {
  readonly outage: readonly {
    readonly [field: string]: unknown
    readonly mRID: string
    readonly names: readonly { name: string; nameType: string }[]
    readonly outageArea: Record<string, unknown>
  }[]
}

async function odin(): Promise<Odin> {
  fixture.clock.offsetMs += 60_000
  const response = await fixture.get('/odin/outages.json')
  expect(response.headers.get('content-type')).toContain('application/json')
  return (await response.json()) as Odin
}

test('ODIN says the same as the feed: one record a unit, with the names of the utility and an identity that stays', async () => {
  put('I-8', '1501', 70)
  const { features } = await feed()
  const { outage } = await odin()
  expect(outage.map(({ metersAffected }) => metersAffected)).toEqual(
    features.map(({ properties }) => properties.customersOut),
  )
  const again = await odin()
  for (const [index, one] of outage.entries()) {
    expect(one.mRID).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    expect(again.outage[index]!.mRID).toBe(one.mRID)
    expect(one.outageKind).toBe('confirmed')
    expect(Number(one.metersAffected) % 10).toBe(0)
    expect(one.outageArea.metersServed).toBe(one.originalCustomersServed)
    for (const type of ['UtilityId', 'UtilityName'])
      expect(one.names.filter(({ nameType }) => nameType === type)).toHaveLength(1)
  }
  expect(new Set(outage.map(({ mRID }) => mRID)).size).toBe(outage.length)
  const text = JSON.stringify(outage)
  for (const secret of ['I-1', 'I-8', 'F1', '台区', '支线']) expect(text).not.toContain(secret)
})

test('ODIN as XML holds what the JSON holds, whatever a name contains', async () => {
  const { outage } = await odin()
  const response = await fixture.get('/odin/outages.xml')
  expect(response.headers.get('content-type')).toContain('application/xml')
  expect(response.headers.get('cache-control')).toBe('public, max-age=15')
  const xml = await response.text()
  expect(xml).toContain('<PubOutages xmlns="http://iec.ch/TC57/2014/PubOutages#"><Outage><mRID>')
  const all = (name: string) => [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))]
  for (const field of ['mRID', 'metersAffected', 'communityDescriptor', 'reportedStartTime'])
    expect(all(field).map(([, value]) => value)).toEqual(outage.map((one) => String(one[field])))
  const odd = odinXml([
    {
      ...(outage[0] as unknown as OdinOutage),
      names: [{ name: 'A&B <\u0001>', nameType: 'AreaName' }],
    },
  ])
  expect(odd).toContain('<Names><name>A&amp;B &lt;&gt;</name>')
})

test('a reader who asks too often is told to wait, and whoever may keep it gets the same bytes', async () => {
  fixture.clock.stoppedAt = Date.now() + fixture.clock.offsetMs
  const first = await (await fixture.get('/odin/outages.json')).text()
  put('I-9', '1501', 500)
  expect(await (await fixture.get('/odin/outages.json')).text()).toBe(first)
  fixture.clock.stoppedAt = undefined
  // A hundred at once, and as often as it takes: the minute that is counted may just be over.
  let refused: Response | undefined
  while (refused === undefined) {
    const asked = Array.from({ length: 100 }, () => fixture.get('/odin/outages.json'))
    for (const response of await Promise.all(asked))
      if (response.status === 429) refused ??= response
      else await response.arrayBuffer()
  }
  expect(((await refused!.json()) as { code: string }).code).toBe('rate.exceeded')
  expect((await fixture.get('/public/outages.geojson')).status).toBe(200)
})
