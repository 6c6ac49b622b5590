import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import Database from 'libsql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ChangeBatch } from '../../src/engine/changes.ts'
import { openRecords, type SqliteRecords } from '../../src/records/sqlite.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { batch, incident, incidentChange, quarantined, segment } from '../support/changes.ts'

let dir: string
let open: SqliteRecords[]
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-records-'))
  open = []
})
afterEach(async () => {
  for (const records of open) await records.close().catch(() => {})
  rmSync(dir, { recursive: true, force: true })
})

const path = () => join(dir, 'records.db')
const telemetry = () => createTelemetry({ level: 'silent', processMetrics: false })

async function openLedger() {
  const records = await openRecords({ path: path(), telemetry: telemetry() })
  open.push(records)
  return records
}

/** Rows straight from the file, as another program would see them. */
function rows(sql: string): unknown[] {
  const db = new Database(path())
  try {
    return db.prepare(sql).raw().all([])
  } finally {
    db.close()
  }
}

describe('commits', () => {
  it('file changes, position and digest together and survive a restart', async () => {
    const records = await openLedger()
    expect(records.state).toEqual({ position: 0, digest: '' })
    const heard: ChangeBatch[][] = []
    records.onCommitted((batches) => heard.push([...batches]))
    const first = batch(3, incidentChange(incident('I1', 1), 3000, 'opened', [1, 3]))
    const second = batch(5, incidentChange(incident('I1', 2, { grade: 2 }), 5000, 'graded', [5]))
    const commits = [records.commit([first], 4, 'aa'), records.commit([second], 6, 'bb')]
    expect(records.pending).toBe(2)
    await Promise.all(commits)
    expect(heard).toEqual([[first], [second]])
    expect(records.state).toEqual({ position: 6, digest: 'bb' })
    expect(records.pending).toBe(0)
    await records.close()

    const again = await openLedger()
    expect(again.state).toEqual({ position: 6, digest: 'bb' })
    expect(again.incident('I1')).toEqual(incident('I1', 2, { grade: 2 }))
    expect(again.incident('I2')).toBeUndefined()
    expect(again.timeline('I1')).toEqual([
      {
        at: 3000,
        position: 3,
        reason: 'opened',
        revision: 1,
        incident: incident('I1', 1),
        causes: [1, 3],
      },
      {
        at: 5000,
        position: 5,
        reason: 'graded',
        revision: 2,
        incident: incident('I1', 2, { grade: 2 }),
        causes: [5],
      },
    ])
    expect(again.changesAfter(0, 10)).toEqual([first, second])
    expect(again.changesAfter(3, 10)).toEqual([second])
    expect(again.changesAfter(0, 1)).toEqual([first])
  })

  it('skip what recovery regenerates, and commit what goes beyond it', async () => {
    const records = await openLedger()
    const opened = batch(2, incidentChange(incident('I1', 1), 2000, 'opened'))
    const revised = batch(4, incidentChange(incident('I1', 2), 4000))
    const heard: number[] = []
    records.onCommitted((batches) => heard.push(...batches.map(({ position }) => position)))
    await records.commit([opened], 3, 'three')
    await records.commit([opened], 3, 'three')
    await records.commit([opened], 2, 'two')
    await records.commit([opened, revised], 5, 'five')
    expect(records.state).toEqual({ position: 5, digest: 'five' })
    expect(heard).toEqual([2, 4])
    expect(rows('SELECT position FROM changes')).toEqual([[2], [4]])
  })

  it('leave nothing of a transaction whose changes contradict the ledger', async () => {
    const records = await openLedger()
    await records.commit([batch(1, incidentChange(incident('I1', 5), 1000))], 1, 'one')
    const broken = records.commit(
      [
        batch(2, incidentChange(incident('I2', 1), 2000)),
        batch(3, incidentChange(incident('I1', 5), 3000)),
      ],
      3,
      'three',
    )
    await expect(broken).rejects.toMatchObject({
      code: 'records.invariant',
      message: expect.stringContaining('I1 goes from revision 5 to 5'),
    })
    expect(records.condition).toBe('failing')
    await expect(records.commit([], 9, 'nine')).rejects.toMatchObject({ code: 'records.invariant' })
    expect(records.incident('I2')).toBeUndefined()
    expect(rows('SELECT position, digest FROM state')).toEqual([[1, 'one']])
  })

  it('keep a merged number resolvable and refuse a merge into nothing', async () => {
    const records = await openLedger()
    const merged = incident('I1', 2, { outcome: 'merged', mergedInto: 'I2', outageKind: 'closed' })
    await records.commit(
      [
        batch(1, incidentChange(incident('I1', 1), 1000)),
        batch(2, incidentChange(merged, 2000, 'merged'), incidentChange(incident('I2', 1), 2000)),
      ],
      2,
      'two',
    )
    expect(records.incident('I1')?.mergedInto).toBe('I2')
    expect(records.openIncidents().map(({ id }) => id)).toEqual(['I2'])
    const lost = incident('I2', 2, { outcome: 'merged', mergedInto: 'I9' })
    await expect(
      records.commit([batch(3, incidentChange(lost, 3000))], 3, 'three'),
    ).rejects.toMatchObject({ code: 'records.invariant' })
  })

  it('are fenced off once another writer has taken the ledger over', async () => {
    const old = await openLedger()
    await old.commit([], 1, 'one')
    const young = await openLedger()
    await young.commit([], 2, 'two')
    await expect(old.commit([], 3, 'stale')).rejects.toMatchObject({ code: 'records.fenced' })
    await young.commit([], 3, 'three')
    expect(rows('SELECT position, digest FROM state')).toEqual([[3, 'three']])
  })
})

describe('questions', () => {
  it('page open incidents newest first, by unit, without gap or double while others arrive', async () => {
    const records = await openLedger()
    const numbered = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, index) => {
        const n = from + index
        return batch(n, incidentChange(incident(`I${n}`, 1, { unit: `U${n % 3}` }), n * 1000))
      })
    await records.commit(numbered(1, 30), 30, 'x')
    const ids: string[] = []
    let cursor: string | undefined
    for (let pages = 0; pages < 10; pages++) {
      const page = records.incidents({
        state: 'open',
        units: ['U0', 'U1'],
        limit: 6,
        ...(cursor && { cursor }),
      })
      ids.push(...page.incidents.map(({ id }) => id))
      if (pages === 1) await records.commit(numbered(31, 33), 33, 'y')
      if (!page.cursor) break
      cursor = page.cursor
    }
    const expected = numbered(1, 30).filter(({ position }) => position % 3 !== 2)
    expect(ids).toEqual(expected.map(({ position }) => `I${position}`).reverse())
    expect(records.incidents({ state: 'open', units: [], limit: 5 }).incidents).toEqual([])
    expect(records.incidents({ state: 'open', limit: 50 })).toMatchObject({
      asOf: 33_000,
      cursor: null,
    })
    expect(() => records.incidents({ state: 'all', limit: 5, cursor: 'nonsense' })).toThrow(
      expect.objectContaining({ code: 'records.badCursor' }),
    )
  })

  it('tell open from all, and what changed since', async () => {
    const records = await openLedger()
    const closed = incident('I1', 2, { outageKind: 'closed' })
    const restored = incident('I2', 2, { outageKind: 'restored' })
    const withdrawn = incident('I3', 2, { outcome: 'withdrawn' })
    await records.commit(
      [
        ...[1, 2, 3].map((n) => batch(n, incidentChange(incident(`I${n}`, 1), n * 1000))),
        batch(4, incidentChange(closed, 4000)),
        batch(5, incidentChange(restored, 5000)),
        batch(6, incidentChange(withdrawn, 6000)),
      ],
      6,
      'six',
    )
    const ids = (query: object) =>
      records.incidents({ state: 'all', limit: 10, ...query }).incidents.map(({ id }) => id)
    expect(ids({ state: 'open' })).toEqual(['I2'])
    expect(ids({})).toEqual(['I3', 'I2', 'I1'])
    expect(ids({ since: 5000 })).toEqual(['I3', 'I2'])
  })

  it('give segments by incident, device and time, the rewritten one once', async () => {
    const records = await openLedger()
    const change = (of: ReturnType<typeof segment>) =>
      ({ type: 'segment', at: 1, segment: of, causes: [] }) as const
    const shut = segment('S1', { from: 1000, to: 5000 })
    const other = segment('S2', {
      incident: 'I2',
      device: { id: 'D2', type: 'fuse', name: 'D2' },
      from: 6000,
    })
    await records.commit(
      [batch(1, change(segment('S1'))), batch(2, change(shut), change(other))],
      2,
      'x',
    )
    const ids = (query: object) => records.segments(query).map(({ id }) => id)
    expect(records.segments({ incident: 'I1' })).toEqual([shut])
    expect(ids({ devices: ['D1', 'D2'] })).toEqual(['S1', 'S2'])
    expect(ids({ from: 5000 })).toEqual(['S2'])
    expect(ids({ from: 4999, to: 6000 })).toEqual(['S1'])
    expect(ids({ devices: [] })).toEqual([])
    const corrected = { ...shut, from: 400 }
    await records.commit([batch(3, change(corrected))], 3, 'x')
    expect(records.segments({ incident: 'I1' })).toEqual([corrected])
    const refed = { won: ['X1'], lost: [] }
    const switched = segment('S3', { device: { id: 'D3', type: 'fuse', name: '' }, refed } as never)
    await records.commit([batch(4, change(switched))], 4, 'x')
    expect(ids({ devices: ['X1', 'D2'] })).toEqual(['S3', 'S2'])
  })

  it('list quarantine with counts, answers to actions, areas and cursors', async () => {
    const records = await openLedger()
    const kept = [1, 2, 3].map((n) => quarantined(n, n === 3 ? { reason: 'oversized' } : {}))
    const answer = {
      type: 'action',
      at: 9,
      requestId: 'r1',
      incident: 'I1',
      accepted: true,
      refusal: null,
      revision: 2,
      causes: [4],
    } as never
    const area = (revision: number, dark: string[], restored: string[]) =>
      ({ type: 'area', at: 9, incident: 'I1', revision, dark, restored }) as never
    await records.commit(
      [
        ...kept.map((fact, index) =>
          batch(index + 1, { type: 'quarantine', position: index + 1, fact }),
        ),
        batch(4, incidentChange(incident('I1', 1), 4), area(1, ['T1', 'T2'], []), answer),
        batch(5, area(2, ['T1'], ['T2'])),
      ],
      5,
      'x',
    )
    const first = records.quarantine({ limit: 2 })
    expect(first.rows.map(({ position, reason }) => [position, reason])).toEqual([
      [3, 'oversized'],
      [2, 'malformed'],
    ])
    expect(first.counts).toEqual({ malformed: 2, oversized: 1 })
    const second = records.quarantine({ limit: 2, cursor: first.cursor! })
    expect(second.rows).toEqual([{ ...kept[0], position: 1, replayedAt: null }])
    expect(second.cursor).toBeNull()
    expect(records.quarantine({ limit: 9, reason: 'oversized' }).rows).toHaveLength(1)
    expect(records.quarantine({ limit: 9, positions: [1, 3] }).rows).toHaveLength(2)
    expect(records.quarantine({ limit: 9, replayed: true }).rows).toEqual([])
    expect(records.action('r1')).toEqual(answer)
    expect(records.action('r2')).toBeUndefined()
    expect([...records.areas()]).toEqual([['I1', { dark: ['T1'], restored: ['T2'] }]])
    expect(records.cursor('series')).toBe(0)
    await records.saveCursor('series', 4)
    await records.saveCursor('series', 5)
    expect(records.cursor('series')).toBe(5)
  })

  it('say rows and counts as of one commit while more are filed', async () => {
    const records = await openLedger()
    const messages = Array.from({ length: 300 }, (_, index) =>
      batch(index + 1, { type: 'quarantine', position: index + 1, fact: quarantined(index) }),
    )
    let isFiled = false
    const filed = (async () => {
      for (const one of messages) await records.commit([one], one.position, '')
      isFiled = true
    })()
    while (!isFiled) {
      const { rows, counts } = records.quarantine({ limit: 1000 })
      expect(rows.length).toBe(counts.malformed ?? 0)
      await setTimeout(0)
    }
    await filed
  })
})

describe('retention', () => {
  it('drops old batches and quarantine in slices, not those of open incidents', async () => {
    const records = await openLedger()
    const noise = Array.from({ length: 1200 }, (_, index) =>
      batch(index + 3, {
        type: 'quarantine',
        position: index + 3,
        fact: quarantined((index + 3) * 1000),
      }),
    )
    const closed = incident('I2', 2, { outageKind: 'closed' })
    await records.commit(
      [
        batch(1, incidentChange(incident('I1', 1), 1000)),
        batch(2, incidentChange(incident('I2', 1), 2000)),
        ...noise,
        batch(1300, incidentChange(closed, 1_300_000)),
      ],
      1300,
      'x',
    )
    await records.retain(1_000_000)
    expect(records.changesAfter(0, 2).map(({ position }) => position)).toEqual([1, 1000])
    expect(rows('SELECT min(position), count(*) FROM quarantine')).toEqual([[1000, 203]])
    expect(records.quarantine({ limit: 1 }).counts).toEqual({ malformed: 1200 })
    expect(records.timeline('I2').map(({ revision }) => revision)).toEqual([1, 2])
  })
})

describe('a full disk', () => {
  it('lets commits wait, in order, and files them when there is space again', async (context) => {
    const mount = join(dir, 'small')
    mkdirSync(mount)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', mount], { stdio: 'pipe' })
    } catch {
      context.skip('mounting a tmpfs needs root')
    }
    const events = telemetry()
    const records = await openRecords({ path: join(mount, 'records.db'), telemetry: events })
    try {
      const ballast = join(mount, 'ballast')
      writeFileSync(ballast, Buffer.alloc(5 * 1_048_576))
      const committed: number[] = []
      records.onCommitted((batches) => committed.push(...batches.map(({ position }) => position)))
      const raw = 'x'.repeat(4000)
      let position = 0
      while (records.condition !== 'full') {
        position += 1
        const fact = quarantined(position, { raw })
        void records.commit(
          [batch(position, { type: 'quarantine', position, fact })],
          position,
          `d${position}`,
        )
        await setTimeout(5)
      }
      expect(events.total('records.full')).toBe(1)
      expect(records.state.position).toBeLessThan(position)
      rmSync(ballast)
      await records.saveCursor('after', 1)
      expect(records.condition).toBe('writing')
      expect(records.state).toEqual({ position, digest: `d${position}` })
      expect(committed).toEqual(Array.from({ length: position }, (_, index) => index + 1))
      expect(records.quarantine({ limit: 1 }).counts).toEqual({ malformed: position })
    } finally {
      await records.close()
      execFileSync('umount', ['-l', mount])
    }
  })
})

describe('the file', () => {
  it('of a later program is refused', async () => {
    const records = await openLedger()
    await records.close()
    const db = new Database(path())
    db.exec('PRAGMA user_version = 99')
    db.close()
    await expect(openLedger()).rejects.toMatchObject({ code: 'records.newer' })
  })
})

describe('notices and escalations', () => {
  const told = (incident: string, over: Record<string, unknown> = {}) =>
    ({
      type: 'notice',
      at: 1000,
      notice: { incident, no: null, unit: '1501', status: 'proposed', revision: 1, ...over },
      causes: [],
    }) as never
  const late = (id: string) =>
    ({ type: 'escalation', at: 2000, id, incident: 'I1', level: 1, stage: 'arrive' }) as never

  it('are listed as they stand, by unit and status, page by page', async () => {
    const records = await openLedger()
    await records.commit([batch(1, told('I1')), batch(2, told('I2', { unit: '1502' }))], 2, 'a')
    await records.commit([batch(3, told('I1', { no: 'GZ1', status: 'published' }))], 3, 'b')
    const of = (query: object) => records.notices({ limit: 10, ...query }).notices
    expect(of({}).map(({ incident: id, status }) => [id, status])).toEqual([
      ['I2', 'proposed'],
      ['I1', 'published'],
    ])
    expect(of({ units: ['1502'] })).toHaveLength(1)
    expect(of({ status: 'published' }).map(({ no }) => no)).toEqual(['GZ1'])
    const { cursor, notices } = records.notices({ limit: 1 })
    expect(notices).toHaveLength(1)
    expect(records.notices({ limit: 1, cursor: cursor! }).notices[0]!.incident).toBe('I1')
  })

  it('a number or an escalation told twice stops the ledger', async () => {
    const records = await openLedger()
    await records.commit([batch(1, told('I1', { no: 'GZ1' }), late('I1-arrive-1'))], 1, 'a')
    expect(records.escalations('I1').map(({ id }) => id)).toEqual(['I1-arrive-1'])
    await expect(records.commit([batch(2, late('I1-arrive-1'))], 2, 'b')).rejects.toThrow()
  })
})

it('tells what visits found, apart from the words of actions and in the order they were made', async () => {
  const records = await openLedger()
  const words = (id: string, at: number, text: string, of = 'I-1') =>
    records.changeRepair({ do: 'remark', remark: { id, incident: of, at, by: 'm', text } })
  await words('v-2', 20, 'later')
  await words('r-1', 10, 'of an action')
  await words('v-1', 10, 'earlier')
  await words('v-3', 5, 'of another', 'I-2')
  expect(records.repair.visits('I-1')).toEqual([
    { at: 10, by: 'm', text: 'earlier' },
    { at: 20, by: 'm', text: 'later' },
  ])
})

it('tells measures and materials with the accepted action that they came with', async () => {
  const records = await openLedger()
  const words = (id: string, text: string) =>
    records.changeRepair({ do: 'remark', remark: { id, incident: 'I1', at: 10, by: 'm', text } })
  await words('m-q1', '更换熔断器')
  await words('t-q1', '熔断器 3 只')
  await words('m-q2', '拧紧')
  // Refused: it is in no log.
  await words('m-q3', '没有做')
  const entry = (id: string) => ({
    ...{ type: 'repairEntry', at: 20, id, incident: 'I1', revision: 1, action: 'result' },
    ...{ by: 'm', role: 'crew', occurredAt: 20, enteredAt: 20, crew: null, etr: null },
    ...{ causeCode: null, reasonCode: null, transformers: [], site: null, grade: null },
    ...{ remark: null, causes: [] },
  })
  await records.commit([batch(1, entry('q1') as never, entry('q2') as never)], 1, 'a')
  const told = [
    { request: 'q1', at: 20, measure: '更换熔断器', materials: '熔断器 3 只' },
    { request: 'q2', at: 20, measure: '拧紧', materials: null },
  ]
  expect(records.besideNotice('I1').measures).toEqual(told)
  expect(records.quality('I1').measures).toEqual(told)
})
