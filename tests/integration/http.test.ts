/** The HTTP interface over real sockets: answers, actions, errors, sign-in, documents. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ActionChange } from '../../src/engine/changes.ts'
import type { IncidentId } from '../../src/facts/ids.ts'
import { PROBLEM_CODES } from '../../src/http/problem.ts'
import { incidentSchema } from '../../src/http/schemas.ts'
import { incident, incidentChange } from '../support/changes.ts'
import { type Fixture, httpFixture, LiveClient } from '../support/http-fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  const consoleDir = mkdtempSync(join(tmpdir(), 'lastgasp-console-'))
  mkdirSync(join(consoleDir, 'assets'))
  writeFileSync(join(consoleDir, 'index.html'), '<!doctype html><title>console</title>')
  writeFileSync(join(consoleDir, 'assets', 'main-abc.js'), 'export {}')
  writeFileSync(join(consoleDir, 'assets', 'main-abc.js.gz'), gzipSync('export {}'))
  fixture = await httpFixture({ consoleDir })
  const device = { id: 'F1-FU', type: 'fuse', name: '支线' }
  const evidence = [
    { position: 1, observer: 'M1', observerClass: 'meter', said: 'off', at: 1000, device: null },
  ]
  fixture.follow(
    incidentChange(incident('I1', 3, { unit: '1501', feeder: 'F1', device, evidence }), 1000),
    incidentChange(incident('I2', 1, { unit: '1502', feeder: 'F2' }), 2000),
    {
      type: 'area',
      at: 1000,
      incident: 'I1' as IncidentId,
      revision: 3,
      dark: ['F1-T1'],
      restored: ['F1-T2'],
    } as never,
  )
})
afterAll(() => fixture.close())

const json = async (response: Response) => (await response.json()) as Record<string, never>
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

async function expectProblem(response: Response, code: keyof typeof PROBLEM_CODES) {
  const body = await json(response)
  expect(body).toMatchObject({ code, status: PROBLEM_CODES[code] })
  expect(response.status).toBe(PROBLEM_CODES[code])
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  for (const member of ['type', 'title', 'detail']) expect(typeof body[member]).toBe('string')
  return body
}

describe('incidents', () => {
  test('the list has the shape of the contract', async () => {
    const token = await fixture.token('auditor')
    const body = await json(await fixture.get('/api/v1/incidents', token))
    const incidents = body.incidents as unknown as unknown[]
    expect(incidents).toHaveLength(2)
    for (const one of incidents) incidentSchema.parse(one)
    expect(Object.keys(body).sort()).toEqual(['asOf', 'cursor', 'incidents'])
  })

  test('a unit sees its own and what lies below, and nothing else exists', async () => {
    const own = await fixture.token('serviceDispatcher', ['1501'])
    const upper = await fixture.token('serviceDispatcher', ['15'])
    const none = await fixture.token('serviceDispatcher')
    const ids = async (token: string, query = '') => {
      const body = await json(await fixture.get(`/api/v1/incidents${query}`, token))
      return (body.incidents as unknown as { id: string }[]).map(({ id }) => id)
    }
    expect(await ids(own)).toEqual(['I1'])
    expect(await ids(upper)).toEqual(['I1', 'I2'])
    expect(await ids(none)).toEqual([])
    expect(await ids(own, '?unit=1502')).toEqual([])
    expect(await ids(upper, '?unit=1502')).toEqual(['I2'])
    expect((await fixture.get('/api/v1/incidents/I1', own)).status).toBe(200)
    await expectProblem(await fixture.get('/api/v1/incidents/I2', own), 'incident.notFound')
    await expectProblem(await fixture.get('/api/v1/incidents/I2/area', own), 'incident.notFound')
    await expectProblem(
      await fixture.get('/api/v1/incidents/I2/timeline', own),
      'incident.notFound',
    )
  })

  test('evidence is for roles that may see it', async () => {
    const path = '/api/v1/incidents/I1'
    const agent = await json(await fixture.get(path, await fixture.token('agent')))
    const auditor = await json(await fixture.get(path, await fixture.token('auditor')))
    expect(agent.evidence).toEqual([])
    expect(auditor.evidence).toHaveLength(1)
  })

  test('the area shows what is dark, what is back, and the device', async () => {
    const token = await fixture.token('agent')
    const body = await json(await fixture.get('/api/v1/incidents/I1/area', token))
    const features = body.features as unknown as {
      id: string
      properties: Record<string, string>
    }[]
    const of = (role: string) =>
      features
        .filter(({ properties }) => properties.role === role)
        .map(({ id, properties }) => [id, properties.state])
    expect(of('device')).toEqual([['F1-FU', undefined]])
    expect(of('transformer')).toEqual([
      ['F1-T1', 'dark'],
      ['F1-T2', 'restored'],
    ])
  })
})

describe('actions', () => {
  const answer = (over: Partial<ActionChange>) => (fact: { requestId: string }) =>
    ({
      type: 'action',
      at: 5000,
      requestId: fact.requestId,
      incident: 'I1',
      accepted: true,
      refusal: null,
      revision: 4,
      causes: [1],
      ...over,
    }) as ActionChange
  const act = async (body: unknown, headers: Record<string, string> = {}, role = 'shiftLeader') =>
    fixture.post('/api/v1/incidents/I1/actions', body, {
      ...bearer(await fixture.token(role as 'agent')),
      ...headers,
    })

  test('accepted: 200 with the new revision; the fact names who and what', async () => {
    fixture.judge = answer({})
    const response = await act({ action: 'confirm', revision: 3 }, { 'idempotency-key': 'k-1' })
    expect(response.status).toBe(200)
    expect(await json(response)).toMatchObject({ requestId: 'k-1', accepted: true, revision: 4 })
    expect(fixture.appended.at(-1)).toMatchObject({
      type: 'actionRequested',
      requestId: 'k-1',
      incident: 'I1',
      expectedRevision: 3,
      action: 'confirm',
      by: 'token:shiftLeader',
      role: 'shiftLeader',
    })
  })

  test('a repeated key is answered and not appended again', async () => {
    fixture.judge = answer({})
    await act({ action: 'confirm', revision: 3 }, { 'idempotency-key': 'k-2' })
    const before = fixture.appended.length
    const again = await act({ action: 'confirm', revision: 3 }, { 'idempotency-key': 'k-2' })
    expect(again.status).toBe(200)
    expect(fixture.appended).toHaveLength(before)
    const other = await fixture.post(
      '/api/v1/incidents/I2/actions',
      { action: 'urge', revision: 1 },
      {
        ...bearer(await fixture.token('shiftLeader')),
        'idempotency-key': 'k-2',
      },
    )
    await expectProblem(other, 'action.keyReused')
  })

  test('stale: 409; not allowed: 422; unknown by then: 404', async () => {
    fixture.judge = answer({ accepted: false, refusal: 'staleRevision', revision: 9 })
    const stale = await expectProblem(await act({ action: 'close', revision: 1 }), 'action.stale')
    expect(stale.currentRevision).toBe(9)
    fixture.judge = answer({ accepted: false, refusal: 'notAllowedInState' })
    await expectProblem(await act({ action: 'close', revision: 3 }), 'action.notAllowed')
    fixture.judge = answer({ accepted: false, refusal: 'unknownIncident' })
    await expectProblem(await act({ action: 'close', revision: 3 }), 'incident.notFound')
  })

  test('not yet known: 202 with a place to ask', async () => {
    fixture.judge = () => undefined
    const response = await act({ action: 'confirm', revision: 3 }, { 'idempotency-key': 'k-late' })
    expect(response.status).toBe(202)
    const location = response.headers.get('location')!
    expect(location).toBe('/api/v1/actions/k-late')
    const token = await fixture.token('shiftLeader')
    await expectProblem(await fixture.get(location, token), 'action.notFound')
    fixture.overrides = { action: () => answer({})({ requestId: 'k-late' }) }
    expect((await fixture.get(location, token)).status).toBe(200)
    fixture.overrides = {}
  })

  test('each action has its own right; fields are checked', async () => {
    await expectProblem(
      await act({ action: 'confirm', revision: 3 }, {}, 'agent'),
      'auth.forbidden',
    )
    await expectProblem(
      await act({ action: 'confirm', revision: 3 }, {}, 'auditor'),
      'auth.forbidden',
    )
    for (const body of [
      {},
      { action: 'explode', revision: 1 },
      { action: 'close', revision: -1 },
      { action: 'close', revision: 1.5 },
      { action: 'close', revision: '1' },
      { action: 'close', revision: 1, note: 'free text' },
      { action: 'etr', revision: 1, etr: 'tomorrow' },
      { action: 'cause', revision: 1, causeCode: 'a b' },
      [],
      null,
      7,
    ])
      await expectProblem(await act(body), 'request.invalid')
    await expectProblem(
      await act({ action: 'close', revision: 1 }, { 'idempotency-key': 'a b' }),
      'request.invalid',
    )
  })

  test('a cause that the tree does not know is refused, and named what it is most like', async () => {
    const crew = await fixture.token('crew', ['1501'])
    const response = await fixture.post(
      '/api/v1/incidents/I1/actions',
      { action: 'cause', revision: 3, causeCode: 'B28' },
      { authorization: `Bearer ${crew}` },
    )
    const problem = await expectProblem(response, 'cause.unknown')
    expect(response.status).toBe(422)
    expect(problem).toMatchObject({ nearest: { code: expect.stringMatching(/^B2/) } })
    const tree = await fixture.get('/api/v1/causes', crew)
    const { causes } = (await tree.json()) as { causes: { code: string; children: object[] }[] }
    expect(causes.find(({ code }) => code === 'B')).toMatchObject({
      zh: '外部因素',
      children: expect.arrayContaining([expect.objectContaining({ code: 'B2' })]),
    })
  })

  test('a journal that cannot write is 503 with its code', async () => {
    const broken = await httpFixture({
      deps: {
        facts: {
          append: async () => {
            throw Object.assign(new Error('no space left'), { code: 'journal.full' })
          },
        },
      },
    })
    broken.follow(incidentChange(incident('I1', 1), 1000))
    const response = await broken.post(
      '/api/v1/incidents/I1/actions',
      { action: 'urge', revision: 1 },
      {
        ...bearer(await broken.token('agent')),
      },
    )
    await expectProblem(response, 'journal.full')
    await broken.close()
  })
})

describe('errors', () => {
  test('every kind is a problem with a code', async () => {
    const token = await fixture.token('agent')
    await expectProblem(await fixture.get('/api/v1/incidents'), 'auth.required')
    await expectProblem(await fixture.get('/api/v1/incidents', 'x.y.z'), 'auth.required')
    await expectProblem(await fixture.get('/api/v1/quarantine', token), 'auth.forbidden')
    await expectProblem(await fixture.get('/api/v1/nothing', token), 'notFound')
    await expectProblem(await fixture.get('/api/v1/nothing-of-the-kind', token), 'notFound')
    await expectProblem(
      await fixture.post('/api/v1/nothing-of-the-kind', {}, bearer(token)),
      'notFound',
    )
    await expectProblem(await fixture.get('/api/v1/incidents?limit=0', token), 'request.invalid')
    await expectProblem(await fixture.get('/api/v1/incidents?state=no', token), 'request.invalid')
    await expectProblem(await fixture.get('/api/v1/incidents/%20', token), 'request.invalid')
    await expectProblem(await fixture.get('/api/v1/devices/D9', token), 'device.notFound')
    const post = (body: string, type = 'application/json') =>
      fixture.post('/api/v1/incidents/I1/actions', body, { ...bearer(token), 'content-type': type })
    await expectProblem(await post('{'), 'request.malformed')
    await expectProblem(await post('a=1', 'text/plain'), 'request.mediaType')
    await expectProblem(await post(`"${'a'.repeat(70_000)}"`), 'request.tooLarge')
  })

  test('a fault of ours is 500 without its inside', async () => {
    fixture.overrides = {
      incidents: () => {
        throw new Error('secret detail')
      },
    }
    const token = await fixture.token('agent')
    const body = await expectProblem(await fixture.get('/api/v1/incidents', token), 'internal')
    expect(JSON.stringify(body)).not.toContain('secret')
    fixture.overrides = {}
  })

  test('too many requests are refused and counted', async () => {
    const small = await httpFixture({ deps: { requestsPerMinute: 3 } })
    for (let i = 0; i < 3; i++) expect((await small.get('/healthz')).status).toBe(200)
    await expectProblem(await small.get('/healthz'), 'rate.exceeded')
    expect(small.telemetry.total('http.refused')).toBe(1)
    await small.close()
  })
})

describe('sign-in', () => {
  const origin = () => ({ origin: fixture.url })
  const signIn = (name: string, password: string) =>
    fixture.post('/api/v1/session', { name, password }, origin())

  test('a browser signs in, writes from its own page only, and out', async () => {
    const account = { name: 'wang', role: 'shiftLeader', units: [] } as const
    await fixture.identity.putAccount(account, 'correct horse')
    await expectProblem(await signIn('wang', 'wrong horse'), 'auth.failed')
    await expectProblem(await signIn('nobody', 'wrong horse'), 'auth.failed')
    const response = await signIn('wang', 'correct horse')
    expect(await json(response)).toMatchObject({ account: { name: 'wang', role: 'shiftLeader' } })
    const set = response.headers.get('set-cookie')!
    expect(set).toMatch(/^lastgasp_session=[\w-]+;/)
    for (const attribute of ['HttpOnly', 'SameSite=Strict', 'Path=/'])
      expect(set).toContain(attribute)
    const cookie = set.split(';')[0]!
    const me = await json(await fixture.get('/api/v1/me', undefined, { cookie }))
    expect(me.account).toMatchObject({ name: 'wang', units: [], allUnits: true })

    const ticket = (headers: Record<string, string>) =>
      fixture.post('/api/v1/tickets', {}, { cookie, ...headers })
    expect((await ticket(origin())).status).toBe(200)
    await expectProblem(await ticket({ origin: 'http://evil.example' }), 'auth.origin')
    await expectProblem(await ticket({ 'sec-fetch-site': 'cross-site' }), 'auth.origin')

    const out = await fetch(`${fixture.url}/api/v1/session`, {
      method: 'DELETE',
      headers: { cookie },
    })
    expect(out.status).toBe(204)
    await expectProblem(await fixture.get('/api/v1/me', undefined, { cookie }), 'auth.required')
  })

  test('five failures lock the name, known or not, and the lock grows', async () => {
    for (const name of ['li', 'stranger']) {
      await fixture.identity.putAccount({ name: 'li', role: 'agent', units: [] }, 'right password')
      for (let i = 0; i < 5; i++) await expectProblem(await signIn(name, 'wrong'), 'auth.failed')
      const locked = await signIn(name, 'right password')
      const first = Number(locked.headers.get('retry-after'))
      await expectProblem(locked, 'auth.locked')
      fixture.clock.offsetMs += first * 1000 + 1000
      await expectProblem(await signIn(name, 'wrong'), 'auth.failed')
      const again = Number((await signIn(name, 'right password')).headers.get('retry-after'))
      expect(again).toBeGreaterThan(first)
      fixture.clock.offsetMs += again * 1000 + 1000
    }
    expect((await signIn('li', 'right password')).status).toBe(200)
  })

  test('tokens expire, and foreign ones are refused', async () => {
    const token = await fixture.token('agent')
    expect((await fixture.get('/api/v1/me', token)).status).toBe(200)
    const [head, , signature] = token.split('.')
    const forged = Buffer.from('{"sub":"x","role":"operator","units":[],"exp":9999999999}')
    await expectProblem(
      await fixture.get('/api/v1/me', `${head}.${forged.toString('base64url')}.${signature}`),
      'auth.required',
    )
    fixture.clock.offsetMs += 16 * 60_000
    await expectProblem(await fixture.get('/api/v1/me', token), 'auth.required')
  })
})

describe('tickets', () => {
  test('open one socket once, from a page of ours, within 30 s', async () => {
    const token = await fixture.token('agent')
    const issue = async () => {
      const response = await fixture.post('/api/v1/tickets', {}, bearer(token))
      const { ticket } = (await response.json()) as { ticket: string }
      return `${fixture.url.replace('http', 'ws')}/api/v1/live?ticket=${ticket}`
    }
    const url = await issue()
    const client = await LiveClient.open(url)
    await expect(LiveClient.open(url)).rejects.toThrow('401')
    await expect(LiveClient.open(url.replace(/=.*/, '=none'))).rejects.toThrow('401')
    await expect(LiveClient.open(url.replace('/live', '/other'))).rejects.toThrow('404')
    await expect(LiveClient.open(await issue(), { origin: 'http://evil.example' })).rejects.toThrow(
      '403',
    )
    const late = await issue()
    fixture.clock.offsetMs += 31_000
    await expect(LiveClient.open(late)).rejects.toThrow('401')
    client.socket.close()
  })
})

describe('outside the interface', () => {
  test('probes, metrics and documents are public', async () => {
    expect(await json(await fixture.get('/healthz'))).toEqual({ status: 'alive' })
    expect((await fixture.get('/readyz')).status).toBe(200)
    fixture.health = { ready: false, reasons: ['journal.full'] }
    const unready = await fixture.get('/readyz')
    expect(unready.status).toBe(503)
    expect(await json(unready)).toEqual({ ready: false, reasons: ['journal.full'] })
    fixture.health = { ready: true, reasons: [] }
    expect(await (await fixture.get('/metrics')).text()).toContain('lastgasp_http_requests_total')
    expect(await json(await fixture.get('/asyncapi.json'))).toEqual({ asyncapi: '3.0.0' })
  })

  test('the console is served with its policy, and its addresses lead to it', async () => {
    for (const path of ['/', '/incidents/I1']) {
      const response = await fixture.get(path, undefined, { accept: 'text/html' })
      expect(response.status).toBe(200)
      expect(await response.text()).toContain('<title>console</title>')
      const policy = response.headers.get('content-security-policy')!
      expect(policy).toContain("default-src 'self'")
      expect(policy).not.toContain('upgrade-insecure-requests')
    }
    const asset = await fixture.get('/assets/main-abc.js')
    expect(asset.headers.get('cache-control')).toContain('immutable')
    expect(asset.headers.get('content-type')).toContain('javascript')
    // Compressed where the build laid such a file beside it, and who takes it.
    const small = await fixture.get('/assets/main-abc.js', undefined, { 'accept-encoding': 'gzip' })
    expect(small.headers.get('content-encoding')).toBe('gzip')
    expect(small.headers.get('vary')).toContain('accept-encoding')
    expect(await small.text()).toBe(await asset.text())
    await expectProblem(await fixture.get('/assets/none.js'), 'notFound')
    await expectProblem(await fixture.get('/..%2f..%2fpackage.json'), 'notFound')
  })
})
