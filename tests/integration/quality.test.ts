/** What the ledger keeps of how an incident was handled, and its record over HTTP. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRecords, type SqliteRecords } from '../../src/records/sqlite.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { batch, incident, incidentChange, noticeChange } from '../support/changes.ts'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'

const NOW = Date.parse('2026-11-22T03:00:00Z')

let dir: string
let records: SqliteRecords
let fixture: Fixture
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-quality-'))
  const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
  records = await openRecords({ path: join(dir, 'records.db'), telemetry })
  const own = { unit: '1501', startedAt: NOW, sensedAt: NOW, feeder: 'F1' }
  const closed = { ...own, outageKind: 'closed', stage: 'closed' }
  const child = { ...closed, outcome: 'merged', mergedInto: 'I1' }
  await records.commit(
    [
      batch(
        1,
        incidentChange(incident('I1', 1, own), NOW, 'opened'),
        noticeChange({ incident: 'I1' }, NOW),
      ),
      batch(2, incidentChange(incident('I2', 1, child), NOW, 'merged')),
    ],
    2,
    'd',
  )
  const spoke = { channel: 'phone', incident: 'I1', by: 'li', at: NOW } as const
  await records.contact({ ...spoke, account: 'A1', kind: 'report', requestId: 'a' })
  await records.contact({ ...spoke, account: 'A1', kind: 'urge', requestId: 'b' })
  await records.audit({
    ...{ at: NOW + 1000, by: 'zhang', role: 'crew', what: 'action.arrive' },
    ...{ subject: 'I1', detail: 'k1' },
  })
  await records.commit(
    [batch(3, incidentChange(incident('I1', 2, closed), NOW + 5000, 'closed'))],
    3,
    'e',
  )
  await records.changeCallBack({ do: 'take', number: 1, by: 'li', at: NOW, othersUpTo: 0 })
  const marked = { satisfaction: 4, reason: null, by: 'li', at: NOW }
  await records.changeCallBack({ do: 'settle', number: 1, as: 'answered', ...marked })
  fixture = await httpFixture({ deps: { now: () => NOW + 10_000 } })
  fixture.overrides = {
    incident: (id) => records.incident(id),
    timeline: (id) => records.timeline(id),
    quality: (id) => records.quality(id),
    action: (id) => records.action(id),
  }
})
afterAll(async () => {
  await fixture.close()
  await records.close()
  rmSync(dir, { recursive: true, force: true })
})

async function ask(query: string, unit: string) {
  const token = await fixture.identity.issueToken('shiftLeader', [unit])
  return fixture.get(`/api/v1/incidents/I1/quality${query}`, token)
}

test('steps, acts, children, contacts and call-backs on one page', async () => {
  expect(await (await ask('', '1501')).json()).toMatchObject({
    ...{ incident: 'I1', late: 0, children: ['I2'], contacts: { report: 1, urge: 1 } },
    callBacks: { count: 1, answered: 1, skipped: 0, satisfaction: 4 },
    steps: expect.arrayContaining([
      expect.objectContaining({ kind: 'action', what: 'arrive', by: 'zhang', role: 'crew' }),
      expect.objectContaining({ kind: 'state', what: 'published' }),
      expect.objectContaining({ kind: 'state', what: 'closed' }),
    ]),
  })
  expect((await ask('', '1502')).status).toBe(404)
})

test('as a table', async () => {
  const answer = await ask('?format=csv', '1501')
  expect(answer.headers.get('content-disposition')).toContain('I1.csv')
  const lines = (await answer.text()).split('\r\n')
  expect(lines[0]).toBe(
    'kind,what,at,enteredAt,by,role,dueAt,legalDueAt,late,detail,measure,materials',
  )
  expect(lines).toContain('action,arrive,2026-11-22T03:00:01.000Z,,zhang,crew,,,,,,')
})
