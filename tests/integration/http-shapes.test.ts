/** Every call that reads answers in the shape it publishes; interruptions are one point's own. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { z } from 'zod'
import { type CustomersNow, customersNormally } from '../../src/grid/refed.ts'
import type { CallBack } from '../../src/http/callback-port.ts'
import type { Told } from '../../src/http/customer-voice.ts'
import type { FrequentRow } from '../../src/http/frequent-shape.ts'
import type { Customer } from '../../src/http/ports.ts'
import { PROBLEM_CODES } from '../../src/http/problem.ts'
import { incident, incidentChange, quarantined, segment } from '../support/changes.ts'
import {
  callBacksUnasked,
  type Fixture,
  httpFixture,
  nobodyToVisit,
} from '../support/http-fixture.ts'

const reliability = {
  delivery: 0.9,
  outagesHeard: 4,
  outagesMissed: 0,
  late: false,
  falseReports: 0,
  clockCorrectionMs: 0,
}

const CUSTOMER = {
  ...{ account: 'A1', unit: '1501', meter: 'M1', usagePoint: 'F1-T1-U1', name: '王*', phones: [] },
  ...{ address: '', gridManager: '', important: null, sensitivities: [], preferences: [] },
  language: 'zh',
} as Customer
const VISIT = {
  ...{ number: 1, id: 'I1-1000-F1-T1-U1', incident: 'I1', usagePoint: 'F1-T1-U1' },
  ...{
    transformer: 'F1-T1',
    unit: '1501',
    reason: 'important' as const,
    openedAt: 1000,
    dueAt: 901_000,
  },
  ...({ state: 'settled', takenBy: 'bo', takenAt: 2000, outcome: 'seen' } as const),
  ...{ settledBy: 'bo', settledAt: 3000 },
}
const CALL_BACK = {
  ...{ number: 1, incident: 'I1', account: 'A1', unit: '1501', owner: 'li', channel: 'phone' },
  ...{ complained: false, openedAt: 1000, state: 'taken', takenBy: 'li', takenAt: 2000 },
  ...{ attempts: 1, satisfaction: null, reason: null, settledBy: null, settledAt: null },
} as CallBack
const FREQUENT = {
  ...{ id: 'F1-T1', unit: '1501', feeder: 'F1', category: 'frequent', rule: 'year' },
  ...{ yearCount: 6, last60Days: 1, last50Days: 1, last30Days: 1, plannedYearCount: 0 },
  ...{ mainCause: 'B12', lastFrom: 1000, customers: 2 },
} as FrequentRow
const TOLD = {
  ...{ asOf: 1000, stale: false, situation: 'etr', incident: 'I1', startedAt: 500, area: '台区1' },
  ...{ cause: '大风', progress: { step: 'onSite', of: ['sensed', 'onSite'] } },
  restoration: { at: 9000, source: 'field', ageMs: 100, passed: false },
  ...{ plans: [{ from: 1, to: 2 }], outages: { days: 60, count: 1 }, message: '台区1停电' },
} as Told

let fixture: Fixture
let token: string
/** Customers as they are fed now; absent: as in the normal state. */
let counted: CustomersNow | undefined
beforeAll(async () => {
  fixture = await httpFixture({
    deps: {
      customersNow: () => counted ?? customersNormally(fixture.grid),
      customers: {
        find: async () => ({ customers: [CUSTOMER], refine: false }),
        reveal: async () => undefined,
      },
      callBacks: {
        ...callBacksUnasked(),
        one: () => CALL_BACK,
        page: () => ({ callBacks: [CALL_BACK], cursor: null }),
        script: () => [{ language: 'zh', text: '您好' }],
      },
      visits: {
        ...nobodyToVisit(),
        one: () => VISIT,
        page: () => ({ visits: [VISIT], cursor: null }),
      },
      frequent: async () => ({ asOf: 1, majorEventDays: [], rows: [FREQUENT], next: null }),
      voice: {
        told: () => TOLD,
        spoken: () => ({ text: '', seconds: 0 }),
        meaningOf: () => 'unclear',
      },
      noisyTerminals: async ({ class: of }) => ({
        ...{ terminals: 8, online: 1, offline: 0 },
        noisy: [
          {
            ...{ observer: 0, statements: 4, spanMs: 90_400, lastAt: 1000 },
            ...{ alternating: of === 0, besides: 0 },
          },
        ],
      }),
      terminal: (id) =>
        id === 'F1-T1-M1' ? { link: 'online', lastHeardAt: 1000, reliability } : undefined,
    },
  })
  token = await fixture.token('auditor')
  fixture.appended.push({
    type: 'link',
    receivedAt: 500,
    terminal: 'F1-T1-M1',
    state: 'offline',
  } as never)
  fixture.follow(incidentChange(incident('I1', 1, { feeder: 'F1' }), 1000, 'opened', [1]))
  fixture.follow(incidentChange(incident('I1', 2, { feeder: 'F1' }), 2000, 'confirmed', [1]))
  fixture.overrides = {
    quarantine: () => ({
      rows: [{ ...quarantined(1000), position: 1, replayedAt: 2000 }],
      cursor: null,
      counts: { malformed: 1 },
    }),
    segments: ({ devices }) =>
      [
        segment('s-fuse', {
          device: { id: 'F1-FU', type: 'fuse', name: '' },
          from: 1000,
          to: 5000,
        }),
        segment('s-b', {
          device: { id: 'F1-FU', type: 'fuse', name: '' },
          phases: 'B',
          from: 9000,
        }),
        segment('s-void', { device: { id: 'F1-T1', type: 'fuse', name: '' }, void: true }),
        segment('s-differs', {
          device: { id: 'F1-T1', type: 'transformer', name: '' },
          from: 20_000,
          exceptions: [
            { usagePoint: 'F1-T1-U1', from: 20_000, to: 30_000 },
            { usagePoint: 'F1-T1-U2', from: null, to: null },
          ],
        }),
        segment('s-other', { device: { id: 'F2-B', type: 'breaker', name: '' } }),
      ].filter(({ device }) => devices?.includes(device.id)),
  }
})
afterAll(() => fixture.close())

const PARAMS: Record<string, Record<string, string>> = {
  '/api/v1/incidents/{id}': { id: 'I1' },
  '/api/v1/incidents/{id}/timeline': { id: 'I1' },
  '/api/v1/incidents/{id}/area': { id: 'I1' },
  '/api/v1/incidents/{id}/escalations': { id: 'I1' },
  '/api/v1/incidents/{id}/notice': { id: 'I1' },
  '/api/v1/incidents/{id}/quality': { id: 'I1' },
  '/api/v1/incidents/{id}/attachments': { id: 'I1' },
  '/api/v1/incidents/{id}/repair': { id: 'I1' },
  '/api/v1/incidents/{id}/next-reads': { id: 'I1' },
  '/api/v1/incidents/{id}/attentive': { id: 'I1' },
  '/api/v1/callbacks/{id}': { id: 'cb-1' },
  '/api/v1/visits/{id}': { id: 'vi-1' },
  '/api/v1/devices/{id}': { id: 'F1-T1' },
  '/api/v1/feeders/{id}/diagram': { id: 'F1' },
  '/api/v1/usage-points/{id}/interruptions': { id: 'F1-T1-U1' },
}

/** A schema that refuses what it does not name, so that undocumented fields show. */
async function expectShape(schema: z.ZodType, body: unknown, path: string): Promise<void> {
  expect(schema.parse(body), path).toEqual(body)
}

test('every call that reads fits its published schema', async () => {
  const reading = fixture.server.routes.filter(
    ({ method, path, answers }) =>
      method === 'GET' && answers[200]?.schema && !path.startsWith('/api/v1/actions'),
  )
  expect(reading.length).toBeGreaterThan(12)
  for (const { path, answers, demand } of reading) {
    // A customer's own call: nobody else has it; customers are nothing that an auditor reads.
    const other = { 'self.read': 'customer', 'customers.read': 'agent' } as const
    const role = other[demand as keyof typeof other]
    const asker = role === undefined ? token : await fixture.token(role)
    const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => PARAMS[path]![name]!)
    const response = await fixture.get(url, asker)
    expect(response.status, path).toBe(200)
    await expectShape(answers[200]!.schema!, await response.json(), path)
  }
})

test('a tile is cached by the digest of its grid, and an empty one is 204', async () => {
  const path = '/api/v1/map/8/207/96.mvt'
  const response = await fixture.get(path, token)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('application/vnd.mapbox-vector-tile')
  expect(response.headers.get('cache-control')).toContain('no-cache')
  const etag = response.headers.get('etag')!
  const again = await fixture.get(path, token, { 'if-none-match': etag })
  expect(again.status).toBe(304)
  const named = await fixture.get(`${path}?grid=${fixture.grid.digest}`, token)
  expect(named.headers.get('cache-control')).toContain('max-age=86400')
  // Once a tie feeds others, a tile that was asked for without naming the grid is another.
  const usual = customersNormally(fixture.grid)
  const source = fixture.grid.feeders[0]!.source
  counted = { of: (d) => (d === source ? 9 : usual.of(d)), differing: new Map([[source, 9]]) }
  const since = await fixture.get(path, token, { 'if-none-match': etag })
  expect(since.status).toBe(200)
  const tag = since.headers.get('etag')!
  expect((await fixture.get(path, token, { 'if-none-match': tag })).status).toBe(304)
  const same = await fixture.get(`${path}?grid=${fixture.grid.digest}`, token)
  expect(same.headers.get('etag')).toBe(etag)
  counted = undefined
  expect((await fixture.get('/api/v1/map/8/0/0.mvt', token)).status).toBe(204)
  expect((await fixture.get('/api/v1/map/8/300/0.mvt', token)).status).toBe(404)
  expect((await fixture.get('/api/v1/map/17/0/0.mvt', token)).status).toBe(422)
})

test('the timeline has the fact before the change it caused, raw reports for some only', async () => {
  const types = async (bearer: string) => {
    const response = await fixture.get('/api/v1/incidents/I1/timeline', bearer)
    const { entries } = (await response.json()) as { entries: { type: string; reason?: string }[] }
    return entries.map(({ type, reason }) => reason ?? type)
  }
  expect(await types(token)).toEqual(['fact', 'opened', 'confirmed'])
  expect(await types(await fixture.token('agent'))).toEqual(['opened', 'confirmed'])
})

test("interruptions: the segments above, by phase, with the point's own exceptions", async () => {
  const of = async (id: string) => {
    const response = await fixture.get(`/api/v1/usage-points/${id}/interruptions`, token)
    const { interruptions } = (await response.json()) as {
      interruptions: { segment: string; from: string; to: string | null }[]
    }
    return interruptions.map(({ segment: name, to }) => [name, to && Date.parse(to)])
  }
  expect(await of('F1-T1-U1')).toEqual([
    ['s-differs', 30_000],
    ['s-fuse', 5000],
  ])
  expect(await of('F1-T1-U2')).toEqual([['s-fuse', 5000]])
  expect(await of('F2-T1-U1')).toEqual([['s-other', null]])
})

test('terminals page by page, each once', async () => {
  const seen: string[] = []
  let cursor: string | null = '0'
  while (cursor !== null) {
    const response = await fixture.get(`/api/v1/terminals?limit=3&cursor=${cursor}`, token)
    const page = (await response.json()) as { terminals: { id: string }[]; cursor: string | null }
    seen.push(...page.terminals.map(({ id }) => id))
    cursor = page.cursor
  }
  expect(seen).toHaveLength(8)
  expect(new Set(seen).size).toBe(8)
  const own = await fixture.token('serviceDispatcher', ['1502'])
  const { terminals } = (await (await fixture.get('/api/v1/terminals', own)).json()) as {
    terminals: { feeder: string }[]
  }
  expect(terminals.map(({ feeder }) => feeder)).toEqual(['F2', 'F2', 'F2', 'F2'])
})

test('every code of an error is listed in docs/http.md', () => {
  const text = readFileSync(new URL('../../docs/http.md', import.meta.url), 'utf8')
  for (const code of Object.keys(PROBLEM_CODES)) expect(text).toContain(`\`${code}\``)
})
