/** Crews, photos and warnings over HTTP: rights, limits, what is kept and what is said. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ATTACHMENT_BYTES, MAX_ATTACHMENTS } from '../../src/http/limits.ts'
import { incident, incidentChange } from '../support/changes.ts'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'

let fixture: Fixture
let dispatcher: string
beforeAll(async () => {
  fixture = await httpFixture()
  dispatcher = await fixture.token('serviceDispatcher', ['1501'])
  fixture.follow(incidentChange(incident('I1', 1, { feeder: 'F1' }), 0))
  fixture.follow(incidentChange(incident('I2', 1, { unit: '1502', feeder: 'F2' }), 0))
})
afterAll(() => fixture.close())

// biome-ignore lint/suspicious/noExplicitAny: what is read here is what is being tested
const json = async (answer: Response): Promise<any> => answer.json()
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const crew = { id: 'C7', name: '抢修七班', unit: '1501', members: 4, shift: 'day' }

test('crews are entered and changed by dispatchers of their unit, and seen with it', async () => {
  const entered = await fixture.post('/api/v1/crews', crew, bearer(dispatcher))
  expect(await entered.json()).toMatchObject({ ...crew, active: true, position: null, orders: [] })
  await fixture.post('/api/v1/crews', { ...crew, members: 5 }, bearer(dispatcher))
  const { crews } = await json(await fixture.get('/api/v1/crews', dispatcher))
  expect(crews).toMatchObject([{ id: 'C7', members: 5 }])
  const other = await fixture.token('serviceDispatcher', ['1502'])
  expect((await json(await fixture.get('/api/v1/crews', other))).crews).toEqual([])
  for (const [body, token] of [
    [{ ...crew, unit: '1502' }, dispatcher],
    [{ ...crew, unit: '1502' }, other],
    [{ ...crew, id: 'C8', unit: 'nowhere' }, dispatcher],
  ] as const)
    expect(await (await fixture.post('/api/v1/crews', body, bearer(token))).json()).toMatchObject({
      code: 'crew.unit',
    })
})

test('a crew that nobody knows is sent all the same, with a warning', async () => {
  fixture.judge = (fact) => {
    const { requestId, incident: of } = fact
    const answer = { accepted: true, refusal: null, revision: 2, causes: [] } as const
    return { type: 'action', at: 0, requestId, incident: of, ...answer }
  }
  const act = async (name: string) => {
    const body = { action: 'dispatch', revision: 1, crew: name }
    const answer = await fixture.post('/api/v1/incidents/I1/actions', body, bearer(dispatcher))
    return (await json(answer)).warnings
  }
  expect(await act('C99')).toEqual([{ code: 'crew.unknown', incidents: [] }])
  expect(await act('C7')).toBeUndefined()
})

test('times that cannot be meant are refused before anything is kept; a repeated key is not', async () => {
  const minutes = (some: number) => new Date(Date.now() + some * 60_000).toISOString()
  const act = async (body: object, key: string) => {
    const path = '/api/v1/incidents/I1/actions'
    const head = { ...bearer(dispatcher), 'idempotency-key': key }
    const answer = await fixture.post(path, { revision: 1, ...body }, head)
    return { status: answer.status, ...(await json(answer)) }
  }
  const kept = fixture.appended.length
  for (const body of [
    { action: 'arrive', occurredAt: minutes(60) },
    { action: 'arrive', occurredAt: minutes(-73 * 60) },
    { action: 'etr', etr: minutes(-1) },
    { action: 'etr', etr: minutes(-90), occurredAt: minutes(-60) },
    { action: 'etr', etr: minutes(32 * 24 * 60) },
  ])
    expect(await act(body, JSON.stringify(body).length.toString())).toMatchObject({
      ...{ status: 422, code: 'action.time' },
    })
  expect(fixture.appended).toHaveLength(kept)
  // Said in time and handed in late, from a telephone that is a little fast.
  for (const [key, body] of Object.entries({
    late: { action: 'etr', etr: minutes(-30), occurredAt: minutes(-60) },
    fast: { action: 'arrive', occurredAt: minutes(2) },
    usual: { action: 'etr', etr: minutes(90) },
  }))
    expect(await act(body, key)).toMatchObject({ status: 200 })
})

test('on what is filed nothing can be done: said so, with the mother (母单) that goes on', async () => {
  const before = fixture.judge
  fixture.judge = ({ requestId, incident: of }) => {
    const answer = { accepted: false, refusal: 'unknownIncident', revision: 0, causes: [] } as const
    return { type: 'action', at: 0, requestId, incident: of, ...answer }
  }
  const merged = { outcome: 'merged', outageKind: 'closed', mergedInto: 'I1' } as const
  fixture.follow(incidentChange(incident('I3', 2, { ...merged, feeder: 'F1' } as never), 0))
  const body = { action: 'arrive', revision: 2 }
  const answer = await fixture.post('/api/v1/incidents/I3/actions', body, bearer(dispatcher))
  expect(await json(answer)).toMatchObject({
    ...{ status: 422, code: 'action.notAllowed', mergedInto: 'I1' },
  })
  fixture.judge = before
})

test('words go to the ledger, and only a reference into the fact', async () => {
  const site = { situation: 'brokenWire', safetyRisk: true }
  const body = { action: 'onSite', revision: 1, site, remark: '导线断线，需停电处理' }
  await fixture.post('/api/v1/incidents/I1/actions', body, bearer(dispatcher))
  const fact = fixture.appended.at(-1)!
  expect(fact).toMatchObject({
    type: 'actionRequested',
    site,
    remark: expect.stringMatching(/^r-/),
  })
  expect(JSON.stringify(fact)).not.toContain('断线')
})

test('measures and materials go with what was repaired, bounded, and into no fact', async () => {
  const act = (body: object) =>
    fixture.post('/api/v1/incidents/I1/actions', { revision: 1, ...body }, bearer(dispatcher))
  const measured = { measure: '更换跌落熔断器', materials: '熔断器 3 只' }
  expect((await act({ action: 'result', ...measured })).status).toBe(200)
  expect(JSON.stringify(fixture.appended.at(-1))).not.toContain('熔断器')
  for (const refused of [
    { action: 'depart', ...measured },
    { action: 'onSite', materials: '熔断器' },
    { action: 'close', measure: '换'.repeat(201) },
    { action: 'close', measure: ' ' },
  ])
    expect((await json(await act(refused))).code).toBe('request.invalid')
})

test('what a visit found stands with the outage it was about, not in the fact', async () => {
  const usagePoint = fixture.grid.usagePoints.ids.idOf(0)
  const visit = { channel: 'grid', usagePoint, says: 'dark', note: '自备电源运行正常' }
  const refusal = async (body: object) =>
    (await json(await fixture.post('/api/v1/reports', body, bearer(dispatcher)))).code
  expect(await refusal(visit)).toBe('request.invalid')
  const about = { ...visit, incident: 'I1' }
  expect((await fixture.post('/api/v1/reports', about, bearer(dispatcher))).status).toBe(200)
  expect(JSON.stringify(fixture.appended.at(-1))).not.toContain('自备')
  const repair = await json(await fixture.get('/api/v1/incidents/I1/repair', dispatcher))
  expect(repair.visits).toMatchObject([{ text: '自备电源运行正常' }])
  expect(await refusal({ ...visit, incident: 'I404' })).toBe('incident.notFound')
})

const jpeg = (pixels: string) =>
  Buffer.concat([
    Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, 8]),
    Buffer.from('Exif\0\0'),
    Buffer.from([0xff, 0xda, 0, 4, 1, 1]),
    Buffer.from(pixels),
    Buffer.from([0xff, 0xd9]),
  ])
const hand = (id: string, bytes: Buffer, token = dispatcher) =>
  fetch(`${fixture.url}/api/v1/incidents/${id}/attachments`, {
    method: 'POST',
    headers: { ...bearer(token), 'content-type': 'application/octet-stream' },
    body: new Uint8Array(bytes),
  })

test('photos are kept without metadata, once, and seen by those who see the incident', async () => {
  const first = await hand('I1', jpeg('one'))
  expect(first.status).toBe(201)
  const photo = await json(first)
  expect(photo).toMatchObject({ incident: 'I1', type: 'image/jpeg', role: 'serviceDispatcher' })
  expect(await (await hand('I1', jpeg('one'))).json()).toEqual(photo)
  const path = `/api/v1/incidents/I1/attachments/${photo.id}`
  const served = await fixture.get(path, dispatcher)
  expect(served.headers.get('content-type')).toBe('image/jpeg')
  expect(Buffer.from(await served.arrayBuffer()).includes('Exif')).toBe(false)
  const other = await fixture.token('serviceDispatcher', ['1502'])
  expect((await fixture.get(path, other)).status).toBe(404)
  const elsewhere = await fixture.token('serviceDispatcher', ['15'])
  const borrowed = path.replace('I1', 'I2')
  expect(await (await fixture.get(borrowed, elsewhere)).json()).toMatchObject({
    code: 'attachment.notFound',
  })
})

test('what is no photo, too large, or one too many is refused', async () => {
  const codes = async (answer: Response) => (await json(answer)).code
  expect(await codes(await hand('I1', Buffer.from('<svg/> is no photo')))).toBe('attachment.type')
  expect(await codes(await hand('I2', jpeg('x')))).toBe('incident.notFound')
  const large = await hand('I1', jpeg('x'.repeat(ATTACHMENT_BYTES)))
  expect(await codes(large)).toBe('request.tooLarge')
  for (let n = 1; n < MAX_ATTACHMENTS; n++) await hand('I1', jpeg(`photo ${n}`))
  expect(await codes(await hand('I1', jpeg('one more')))).toBe('attachment.tooMany')
  const listed = await fixture.get('/api/v1/incidents/I1/attachments', dispatcher)
  expect((await json(listed)).attachments).toHaveLength(MAX_ATTACHMENTS)
})
