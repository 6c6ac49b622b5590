/** The sensing indicators over a ledger on disk, within rights. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  openSensingReader,
  type SensingReader,
} from '../../src/records/reliability/sensing-reader.ts'
import { openRecords } from '../../src/records/sqlite.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { batch, incident, incidentChange, noticeChange } from '../support/changes.ts'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'

const NOW = Date.parse('2026-11-22T03:00:00Z')
const HOUR = 3_600_000
const ARRIVED = {
  ...{ name: 'arrive' as const, startedAt: NOW - 10 * HOUR, dueAt: NOW - 9.25 * HOUR },
  ...{ legalDueAt: NOW - 9 * HOUR, doneAt: NOW - 9.5 * HOUR },
}

let dir: string
let fixture: Fixture
let reader: SensingReader
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-sensing-'))
  const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
  const records = await openRecords({ path: join(dir, 'records.db'), telemetry })
  const outage = (no: number, unit: string, more: object): ReturnType<typeof batch> => {
    const startedAt = NOW - 10 * HOUR
    const one = incident(`I${no}`, 1, { unit, startedAt, sensedAt: startedAt, ...more })
    const told = noticeChange(
      { no: `GZ${no}`, incident: `I${no}`, unit, publishedAt: startedAt + 60_000 },
      startedAt,
    )
    return batch(no, incidentChange(one, startedAt), told)
  }
  await records.commit(
    [
      outage(1, '1501', { firstCallAt: NOW - 10 * HOUR + 300_000 }),
      outage(2, '1502', { clocks: [ARRIVED] }),
      outage(3, '1502', { outcome: 'falseAlarm', outageKind: 'closed' }),
    ],
    3,
    'd',
  )
  for (const [account, kind] of [
    ['A1', 'report'],
    ['A1', 'urge'],
    ['A2', 'report'],
    ['A3', 'inquiry'],
  ] as const)
    await records.contact({
      ...{ account, at: NOW, channel: 'phone', kind, incident: 'I1', by: 'li' },
      requestId: `${account}${kind}`,
    })
  await records.close()
  reader = openSensingReader(join(dir, 'records.db'))
  fixture = await httpFixture({
    deps: {
      now: () => NOW,
      sensing: ({ by, ...asked }) =>
        reader.report({ ...asked, asOf: NOW, times: by && { by, utcOffsetMinutes: 480 } }),
    },
  })
})
afterAll(async () => {
  await fixture.close()
  reader.close()
  rmSync(dir, { recursive: true, force: true })
})

async function ask(query: string, units: readonly string[]) {
  const token = await fixture.identity.issueToken('shiftLeader', units)
  const answer = await fixture.get(`/api/v1/reports/sensing${query}`, token)
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> }
}

test('all of it, and a unit’s own', async () => {
  expect((await ask('', ['15'])).json).toMatchObject({
    ...{ incidents: 2, falseAlarms: 1 },
    sensedFirst: { incidents: 2, leadSeconds: { count: 1, p50: 300, p95: 300 } },
    senseToPublishSeconds: { count: 2, p50: 60 },
    calls: { count: 3, repeated: 1 },
  })
  const own = { incidents: 1, falseAlarms: 1, calls: { count: 0 }, precision: 0.5 }
  expect((await ask('', ['1502'])).json).toMatchObject(own)
  expect((await ask('?unit=1502', ['15'])).json).toMatchObject(own)
  expect((await ask('?unit=1501', ['1502'])).status).toBe(403)
})

test('a period without any, and one that is none', async () => {
  const before = '?from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z'
  expect((await ask(before, ['15'])).json).toMatchObject({ incidents: 0, precision: null })
  expect((await ask('?from=2026-11-01T00:00:00Z&to=2026-10-01T00:00:00Z', ['15'])).status).toBe(422)
})

test('arrivals by the hour, where they are asked for, as far as one may see', async () => {
  const arrived = [{ from: '2026-11-21T17:00:00.000Z', limitMinutes: 45, due: 1, inTime: 1 }]
  expect((await ask('?by=hour', ['15'])).json.arrivalsByTime).toEqual(arrived)
  expect((await ask('?by=hour', ['1501'])).json.arrivalsByTime).toEqual([])
  expect((await ask('', ['15'])).json).not.toHaveProperty('arrivalsByTime')
  expect((await ask('?by=week', ['15'])).status).toBe(422)
})
