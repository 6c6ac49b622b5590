/** The reliability report over a ledger on disk, and its call as JSON and as a table. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerReliability, servedBy } from '../../src/app/reliability.ts'
import type { Change } from '../../src/engine/changes.ts'
import { compileGrid } from '../../src/grid/compile.ts'
import { openReliabilityReader } from '../../src/records/reliability/reader.ts'
import { openRecords } from '../../src/records/sqlite.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { batch, incident, incidentChange, segment } from '../support/changes.ts'
import { type Fixture, httpFixture, twoFeeders } from '../support/http-fixture.ts'

const HOUR = 3_600_000
const START = Date.parse('2026-11-01T00:00:00Z')
const NOW = START + 30 * 24 * HOUR
const METHOD = { asOf: NOW, sustainedMinutes: 3, utcOffsetMinutes: 480 }

let dir: string
let fixture: Fixture
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-reliability-'))
  const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
  const records = await openRecords({ path: join(dir, 'records.db'), telemetry })
  const file = (id: string, unit: string, parent: string | null, ...parts: Change[]) => [
    incidentChange(incident(id, 1, { unit, parent, kind: 'fault' }), START),
    ...parts,
  ]
  const stretch = (id: string, of: string, unit: string, hours: number, customers: number) =>
    ({
      type: 'segment',
      at: START,
      causes: [1],
      segment: segment(id, {
        incident: of,
        unit,
        from: id.startsWith('left') ? START + HOUR : START,
        to: START + hours * HOUR,
        customers,
        transformers: customers / 2,
      }),
    }) as Change
  await records.commit(
    [
      batch(1, ...file('I1', '1501', null, stretch('whole', 'I1', '1501', 1, 4))),
      batch(2, ...file('I2', '1501', 'I1', stretch('left', 'I2', '1501', 3, 2))),
      batch(3, ...file('I3', '1502', null, stretch('other', 'I3', '1502', 2, 2))),
    ],
    3,
    'd',
  )
  const reader = openReliabilityReader(join(dir, 'records.db'))
  const grid = compileGrid(twoFeeders(), 'two-feeders')
  fixture = await httpFixture({
    deps: {
      now: () => NOW,
      reliability: (asked) => answerReliability(reader, asked, grid, METHOD),
    },
  })
})
afterAll(async () => {
  await fixture.close()
  rmSync(dir, { recursive: true, force: true })
})

const ask = (query: string, token: string) =>
  fixture.get(`/api/v1/reports/reliability?${query}`, token)

test('who is served, by unit of the feeder', () => {
  expect(servedBy(compileGrid(twoFeeders(), 'x'))).toEqual([
    { unit: '1501', customers: 4, transformers: 2 },
    { unit: '1502', customers: 4, transformers: 2 },
  ])
})

test('a part left dark is the same interruption of its customers', async () => {
  const token = await fixture.token('auditor')
  const report = (await (await ask('', token)).json()) as {
    customers: { served: number; interruptions: number; minutes: number }
    units: { unit: string; customers: { minutes: number; saifi: number } }[]
  }
  expect(report.customers).toMatchObject({
    served: 8,
    interruptions: 6,
    minutes: 2 * 60 + 2 * 180 + 2 * 120,
  })
  expect(
    report.units.map(({ unit, customers }) => [unit, customers.saifi, customers.minutes]),
  ).toEqual([
    ['1501', 1, 480],
    ['1502', 0.5, 240],
  ])
})

test('each sees its own units; a period that is none is refused', async () => {
  const own = await fixture.token('serviceDispatcher', ['1502'])
  const report = (await (await ask('', own)).json()) as { units: { unit: string }[] }
  expect(report.units.map(({ unit }) => unit)).toEqual(['1502'])
  expect((await ask('unit=1501', own)).status).toBe(403)
  expect((await ask('', await fixture.token('agent'))).status).toBe(403)
  const turned = await ask('from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z', own)
  expect(turned.status).toBe(422)
  expect((await ask('from=2020-01-01T00:00:00Z', own)).status).toBe(422)
  expect((await ask('from=yesterday', own)).status).toBe(422)
})

test('as a table: all units, then each, both denominators', async () => {
  const token = await fixture.token('auditor')
  const response = await ask('format=csv&unit=15', token)
  expect(response.headers.get('content-type')).toContain('text/csv')
  const lines = (await response.text()).trim().split('\r\n')
  expect(lines[0]).toMatch(/^unit,countedOf,served,interruptions,/)
  expect(lines.slice(1).map((line) => line.split(',').slice(0, 4).join(','))).toEqual([
    'all,customers,8,6',
    'all,transformers,4,3',
    '1501,customers,4,4',
    '1501,transformers,2,2',
    '1502,customers,4,2',
    '1502,transformers,2,1',
  ])
})
