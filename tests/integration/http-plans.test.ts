/** The doors for announced outages and for what customers report: every field, right and unit. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { segment } from '../support/changes.ts'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

let fixture: Fixture
beforeEach(async () => {
  fixture = await httpFixture()
})
afterEach(() => fixture.close())

const at = (ms: number) => new Date(Date.now() + ms).toISOString()
const plan = (over: object = {}) => ({
  id: 'P-1',
  kind: 'planned',
  devices: ['F1-FU'],
  from: at(HOUR),
  to: at(3 * HOUR),
  ...over,
})
const bearer = async (
  role: 'networkDispatcher' | 'agent' | 'crew' | 'service',
  units?: string[],
) => ({
  authorization: `Bearer ${await fixture.token(role, units)}`,
})
const problemOf = async (response: Response) => {
  const { code, detail } = (await response.json()) as { code: string; detail: string }
  return `${response.status} ${code} ${detail}`
}
const plansOf = async (headers: Record<string, string>, query = '') => {
  const response = await fixture.get(`/api/v1/plans${query}`, undefined, headers)
  return (await response.json()) as { plans: { id: string }[]; cursor: string | null }
}

describe('POST /plans', () => {
  it('records a fact with who announced it, and lists it', async () => {
    const headers = await bearer('networkDispatcher', ['15'])
    const body = plan({ usagePoints: ['F1-T1-U1'] })
    const response = await fixture.post('/api/v1/plans', body, headers)
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ ...body, state: 'ahead' })
    expect(fixture.appended).toMatchObject([
      {
        type: 'planAnnounced',
        plan: 'P-1',
        kind: 'planned',
        devices: ['F1-FU'],
        usagePoints: ['F1-T1-U1'],
        from: Date.parse(body.from),
        to: Date.parse(body.to),
        role: 'networkDispatcher',
      },
    ])
    expect(fixture.appended[0]).toHaveProperty('by')
    expect((await plansOf(headers)).plans).toMatchObject([{ id: 'P-1', state: 'ahead' }])
  })

  it('tells planned work at short notice (临时停电) apart, and of no other kind', async () => {
    const headers = await bearer('networkDispatcher', ['15'])
    const announce = (over: object) => fixture.post('/api/v1/plans', plan(over), headers)
    expect(await (await announce({})).json()).toMatchObject({ temporary: false })
    expect(fixture.appended.at(-1)).not.toHaveProperty('temporary')
    expect(await (await announce({ temporary: true })).json()).toMatchObject({ temporary: true })
    expect(fixture.appended.at(-1)).toMatchObject({ temporary: true })
    const refused = await announce({ id: 'P-2', kind: 'rationing', temporary: true })
    expect(await problemOf(refused)).toContain('422 request.invalid')
  })

  it('takes orders to exchange meters (换表) of an area or of single meters, and of nothing above', async () => {
    const headers = await bearer('networkDispatcher', ['15'])
    const announce = (over: object) =>
      fixture.post('/api/v1/plans', plan({ kind: 'meterExchange', ...over }), headers)
    const taken = await announce({ devices: ['F1-T1'], usagePoints: ['F1-T1-U1'] })
    expect(await taken.json()).toMatchObject({ kind: 'meterExchange' })
    expect(fixture.appended).toMatchObject([{ type: 'planAnnounced', kind: 'meterExchange' }])
    const refused = await announce({ id: 'P-2' })
    expect(await problemOf(refused)).toContain('422 plan.place devices: F1-FU lies above')
    expect(fixture.appended).toHaveLength(1)
  })

  it('the same again changes nothing, another window replaces it', async () => {
    const headers = await bearer('networkDispatcher', ['15'])
    const body = plan()
    await fixture.post('/api/v1/plans', body, headers)
    await fixture.post('/api/v1/plans', body, headers)
    expect(fixture.appended).toHaveLength(1)
    await fixture.post('/api/v1/plans', { ...body, to: at(4 * HOUR) }, headers)
    expect(fixture.appended).toHaveLength(2)
    expect((await plansOf(headers)).plans).toHaveLength(1)
  })

  it.each([
    ['no id', { id: undefined }, '422 request.invalid body.id'],
    ['an id with spaces', { id: 'a b' }, '422 request.invalid body.id'],
    ['an unknown kind', { kind: 'fault' }, '422 request.invalid body.kind'],
    ['no place', { devices: [] }, '422 request.invalid body.devices: names neither'],
    [
      'a device twice',
      { devices: ['F1-FU', 'F1-FU'] },
      '422 request.invalid body.devices: names something twice',
    ],
    [
      'too many devices',
      { devices: Array.from({ length: 201 }, (_, i) => `d${i}`) },
      '422 request.invalid body.devices',
    ],
    [
      'too many usage points',
      { usagePoints: Array.from({ length: 1001 }, (_, i) => `u${i}`) },
      '422 request.invalid body.usagePoints',
    ],
    [
      'an unknown device',
      { devices: ['nowhere'] },
      '422 device.unknown devices: no device nowhere',
    ],
    [
      'an unknown usage point',
      { usagePoints: ['nobody'] },
      '422 usagePoint.unknown usagePoints: no usage point nobody',
    ],
    ['a time that is none', { from: 'soon' }, '422 request.invalid body.from'],
    ['no end', { to: undefined }, '422 request.invalid body.to'],
    ['an end before the start', { to: at(0) }, '422 plan.window to: must be later than from'],
    [
      'an end at the start',
      { from: '2030-01-01T00:00:00Z', to: '2030-01-01T00:00:00Z' },
      '422 plan.window to: must be later',
    ],
    ['what is over', { from: at(-2 * HOUR), to: at(-HOUR) }, '422 plan.window to: is over already'],
    [
      'work of 32 days',
      { to: at(32 * DAY) },
      '422 plan.window to: a plan of kind planned lasts at most 31 days',
    ],
    [
      'a plan of next decade',
      { from: at(400 * DAY), to: at(401 * DAY) },
      '422 plan.window from: at most 366 days ahead',
    ],
    ['a field nobody knows', { note: 'x' }, '422 request.invalid'],
  ])('refuses %s', async (_, over, expected) => {
    const headers = await bearer('networkDispatcher', ['15'])
    const response = await fixture.post('/api/v1/plans', plan(over), headers)
    expect(await problemOf(response)).toContain(expected)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
    expect(fixture.appended).toEqual([])
  })

  it('lets arrears last', async () => {
    const headers = await bearer('networkDispatcher', ['15'])
    const arrears = plan({
      kind: 'arrears',
      devices: [],
      usagePoints: ['F1-T1-U1'],
      to: at(90 * DAY),
    })
    expect((await fixture.post('/api/v1/plans', arrears, headers)).status).toBe(200)
  })

  it('of another unit is as unknown, and its id taken', async () => {
    const own = await bearer('networkDispatcher', ['1502'])
    expect(await problemOf(await fixture.post('/api/v1/plans', plan(), own))).toContain(
      'device.unknown',
    )
    await fixture.post('/api/v1/plans', plan(), await bearer('networkDispatcher', ['1501']))
    const body = plan({ devices: ['F2-FU'] })
    expect(await problemOf(await fixture.post('/api/v1/plans', body, own))).toContain(
      '409 plan.taken',
    )
    expect((await plansOf(own)).plans).toEqual([])
    expect((await plansOf(await bearer('agent'))).plans).toHaveLength(1)
  })

  it('needs the right to', async () => {
    expect(
      await problemOf(await fixture.post('/api/v1/plans', plan(), await bearer('agent'))),
    ).toContain('403')
    expect((await fixture.post('/api/v1/plans', plan())).status).toBe(401)
  })
})

describe('GET and DELETE /plans', () => {
  it('pages in the order of announcement', async () => {
    const headers = await bearer('networkDispatcher', ['15'])
    for (const id of ['P-3', 'P-1', 'P-2'])
      await fixture.post('/api/v1/plans', plan({ id }), headers)
    const first = await plansOf(headers, '?limit=2')
    expect(first.plans.map(({ id }) => id)).toEqual(['P-3', 'P-1'])
    const second = await plansOf(headers, `?limit=2&cursor=${first.cursor}`)
    expect(second).toMatchObject({ plans: [{ id: 'P-2' }], cursor: null })
    expect((await plansOf(headers, '?kind=arrears')).plans).toEqual([])
    expect((await fixture.get('/api/v1/plans?cursor=x', undefined, headers)).status).toBe(422)
  })

  it('withdraws what is one’s own, once', async () => {
    const headers = await bearer('networkDispatcher', ['1501'])
    await fixture.post('/api/v1/plans', plan(), headers)
    const remove = (bearer: Record<string, string>) =>
      fetch(`${fixture.url}/api/v1/plans/P-1`, { method: 'DELETE', headers: bearer })
    expect((await remove(await bearer('networkDispatcher', ['1502']))).status).toBe(404)
    expect((await remove(await bearer('agent'))).status).toBe(403)
    expect((await remove(headers)).status).toBe(204)
    expect(fixture.appended.at(-1)).toMatchObject({ type: 'planWithdrawn', plan: 'P-1' })
    expect(await problemOf(await remove(headers))).toContain('404 plan.notFound')
  })
})

describe('POST /reports', () => {
  const report = (over: object = {}) => ({
    channel: 'phone',
    usagePoint: 'F1-T1-U1',
    says: 'dark',
    account: '4501-77',
    ...over,
  })

  it('records a fact and names the incident it belongs to', async () => {
    const headers = await bearer('agent')
    const send = async () =>
      (
        await fixture.post('/api/v1/reports', report(), { ...headers, 'idempotency-key': 'k-1' })
      ).json()
    expect(await send()).toMatchObject({ requestId: 'k-1', incident: null })
    expect(fixture.appended).toMatchObject([
      {
        type: 'callerReport',
        requestId: 'k-1',
        channel: 'phone',
        usagePoint: 'F1-T1-U1',
        says: 'dark',
        account: '4501-77',
        role: 'agent',
      },
    ])
    fixture.overrides = {
      segments: ({ devices }) =>
        [
          segment('s', {
            incident: 'I000007',
            device: { id: 'F1-FU', type: 'fuse', name: '' },
            from: 1,
            to: null,
          }),
        ].filter(({ device }) => devices?.includes(device.id)),
    }
    expect(await send()).toMatchObject({ incident: 'I000007' })
  })

  it.each([
    ['an unknown channel', { channel: 'fax' }, '422 request.invalid body.channel'],
    ['an unknown word', { says: 'angry' }, '422 request.invalid body.says'],
    ['an unknown usage point', { usagePoint: 'nobody' }, '422 usagePoint.unknown'],
    ['no usage point', { usagePoint: undefined }, '422 request.invalid body.usagePoint'],
    ['an account that is a name', { account: '张三' }, '422 request.invalid body.account'],
    ['free text', { text: 'help' }, '422 request.invalid'],
  ])('refuses %s', async (_, over, expected) => {
    const response = await fixture.post('/api/v1/reports', report(over), await bearer('agent'))
    expect(await problemOf(response)).toContain(expected)
    expect(fixture.appended).toEqual([])
  })

  it('refuses a key with spaces, other units and roles without the right', async () => {
    const headers = await bearer('service', ['1502'])
    const key = { ...(await bearer('agent')), 'idempotency-key': 'a b' }
    expect(await problemOf(await fixture.post('/api/v1/reports', report(), key))).toContain('422')
    expect(await problemOf(await fixture.post('/api/v1/reports', report(), headers))).toContain(
      'usagePoint.unknown',
    )
    expect((await fixture.post('/api/v1/reports', report(), await bearer('crew'))).status).toBe(403)
  })
})
