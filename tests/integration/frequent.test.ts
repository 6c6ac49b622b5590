/** Lists of frequent outages over a ledger on disk: own units, pages, a table. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openFrequent } from '../../src/app/frequent.ts'
import type { Change } from '../../src/engine/changes.ts'
import { type CustomersNow, customersNormally } from '../../src/grid/refed.ts'
import {
  openReliabilityReader,
  type ReliabilityReader,
} from '../../src/records/reliability/reader.ts'
import { openRecords } from '../../src/records/sqlite.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { batch, incident, incidentChange, segment } from '../support/changes.ts'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'

const DAY = 86_400_000
const NOW = Date.parse('2026-11-22T03:00:00Z')

let dir: string
let fixture: Fixture
let reader: ReliabilityReader
let reads = 0
/** A tie feeds three more from the first transformer. */
let isTieClosed = false
const customersNow = (): CustomersNow => {
  const usual = customersNormally(fixture.grid)
  const first = fixture.grid.devices.ids.indexOf('F1-T1')
  if (!isTieClosed) return usual
  return { of: (d) => (d === first ? 5 : usual.of(d)), differing: new Map([[first, 5]]) }
}
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-frequent-'))
  const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
  const records = await openRecords({ path: join(dir, 'records.db'), telemetry })
  const outage = (no: number, device: string, daysAgo: number, cause: string | null = null) => {
    const unit = device.startsWith('F1') ? '1501' : '1502'
    const from = NOW - daysAgo * DAY
    const stretch = segment(`s${no}`, {
      ...{ incident: `I${no}`, unit, device: { id: device, type: 'fuse', name: '' } },
      ...{ from, to: from + DAY / 24, phases: 'ABC' },
    })
    const changes: Change[] = [
      incidentChange(incident(`I${no}`, 1, { unit, cause, kind: 'fault' }), from),
      { type: 'segment', at: from, segment: stretch, causes: [1] },
    ]
    return batch(no, ...changes)
  }
  // F1: four within sixty days at the first transformer, two of them with the second.
  await records.commit(
    [
      outage(1, 'F1-FU', 1),
      outage(2, 'F1-FU', 12),
      outage(3, 'F1-T1', 30, 'B22'),
      outage(4, 'F1-T1', 50, 'B22'),
      outage(5, 'F2-FU', 2),
      outage(6, 'F2-FU', 3),
    ],
    6,
    'd',
  )
  await records.close()
  reader = openReliabilityReader(join(dir, 'records.db'))
  const counted: ReliabilityReader = {
    ...reader,
    filed: (...asked) => {
      reads++
      return reader.filed(...asked)
    },
  }
  let answer: ReturnType<typeof openFrequent> | undefined
  fixture = await httpFixture({
    deps: {
      now: () => NOW,
      frequent(asked) {
        answer ??= openFrequent({
          ...{ reader: counted, grid: () => fixture.grid, customersNow, now: () => NOW },
          ...{ sustainedMinutes: () => 3, utcOffsetMinutes: () => 480 },
        })
        return answer(asked)
      },
    },
  })
})
afterAll(async () => {
  await fixture.close()
  reader.close()
  rmSync(dir, { recursive: true, force: true })
})

type Rows = { id: string; category: string; rule: string; [column: string]: unknown }[]
async function ask(query: string, units: readonly string[] = ['15']) {
  const token = await fixture.identity.issueToken('shiftLeader', units)
  const answer = await fixture.get(`/api/v1/reports/frequent${query}`, token)
  return {
    status: answer.status,
    headers: answer.headers,
    text: await answer.text(),
    json() {
      return JSON.parse(this.text) as { rows: Rows; cursor: string | null; code?: string }
    },
  }
}
const ids = (rows: Rows) => rows.map(({ id }) => id)

test('areas and usage points, each with the weightiest rule that holds', async () => {
  const { rows } = (await ask('')).json()
  expect(rows).toMatchObject([
    {
      ...{ id: 'F1-T1', unit: '1501', feeder: 'F1', category: 'frequent', rule: 'sixtyDays' },
      ...{ yearCount: 4, last60Days: 4, last30Days: 2, plannedYearCount: 0, mainCause: 'B22' },
      customers: 2,
    },
    { id: 'F1-T2', category: 'warning', rule: 'thirtyDays', yearCount: 2 },
    { id: 'F2-T1', category: 'warning' },
    { id: 'F2-T2', category: 'warning' },
  ])
  const points = (await ask('?of=usagePoints&category=frequent')).json().rows
  expect(ids(points)).toEqual(['F1-T1-U1', 'F1-T1-U2'])
})

test('customers of an area are those it feeds now', async () => {
  const first = async () => (await ask('')).json().rows[0]!.customers
  expect(await first()).toBe(2)
  isTieClosed = true
  expect(await first()).toBe(5)
  isTieClosed = false
})

test('what others broke may be left out', async () => {
  const { rows } = (await ask('?withoutDamage=true&unit=1501')).json()
  expect(rows).toMatchObject([
    { id: 'F1-T1', category: 'warning', yearCount: 2 },
    { id: 'F1-T2', category: 'warning' },
  ])
})

test('pages follow one another without gap or double, and cost one making', async () => {
  reads = 0
  const seen: string[] = []
  for (let cursor = ''; ; ) {
    const page = (await ask(`?of=usagePoints&limit=3${cursor && `&cursor=${cursor}`}`)).json()
    seen.push(...ids(page.rows))
    if (page.cursor === null) break
    cursor = page.cursor
  }
  expect(seen).toEqual(ids((await ask('?of=usagePoints')).json().rows))
  expect(new Set(seen).size).toBe(8)
  expect(reads).toBe(0)
  expect((await ask('?cursor=nonsense')).status).toBe(422)
})

test('own units alone', async () => {
  expect(ids((await ask('', ['1502'])).json().rows)).toEqual(['F2-T1', 'F2-T2'])
  expect((await ask('?unit=1501', ['1502'])).status).toBe(403)
  expect(ids((await ask('?unit=1501', ['15'])).json().rows)).toEqual(['F1-T1', 'F1-T2'])
})

test('as a table, its cursor beside it', async () => {
  const { text, headers } = await ask('?format=csv&limit=1')
  expect(headers.get('content-type')).toContain('text/csv')
  expect(headers.get('x-cursor')).not.toBeNull()
  expect(text.split('\r\n')).toEqual([
    'id,unit,feeder,category,rule,yearCount,last60Days,last50Days,last30Days,plannedYearCount,mainCause,lastFrom,customers',
    'F1-T1,1501,F1,frequent,sixtyDays,4,4,3,2,0,B22,2026-11-21T03:00:00.000Z,2',
    '',
  ])
})
