/** What estimates of restoration are measured by, over a ledger on disk. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { EtrOutcomeChange } from '../../src/engine/repair/etr-outcome.ts'
import { openRecords } from '../../src/records/sqlite.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { batch, incident, incidentChange } from '../support/changes.ts'

const restored = (id: string, at: number) =>
  ({
    ...{ type: 'etrOutcome', at, incident: id, unit: '1501', level: 'branch', zone: 'urban' },
    ...{ startedAt: 1000, restoredAt: at, estimate: null, field: null },
  }) as EtrOutcomeChange

test('an outage that was called a false alarm after it was restored measures no estimate', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'lastgasp-etr-'))
  const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
  const records = await openRecords({ path: join(dir, 'records.db'), telemetry })
  const known = () => records.repair.etrOutcomes(0, 9000, 10).map((one) => one.incident)
  const over = { outageKind: 'restored', restoredAt: 5000 }
  const both = ['I1', 'I2'].flatMap((id) => [
    incidentChange(incident(id, 2, over), 5000, 'restored'),
    restored(id, 5000),
  ])
  await records.commit([batch(1, ...both)], 1, 'd1')
  expect(known()).toEqual(['I1', 'I2'])
  const none = { ...over, outageKind: 'closed', outcome: 'falseAlarm' }
  await records.commit([batch(2, incidentChange(incident('I2', 3, none), 6000, 'acted'))], 2, 'd2')
  expect(known()).toEqual(['I1'])
  await records.close()
  rmSync(dir, { recursive: true, force: true })
})
