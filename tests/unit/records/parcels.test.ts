/** Parcels in the ledger: whose turn it is, what replaces what, and what is said to nobody. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Connection } from '../../../src/config/sqlite.ts'
import { Draw } from '../../../src/grid/generate/draw.ts'
import { openForWriting } from '../../../src/records/database.ts'
import { type NewParcel, parcelFiler, parcelReader } from '../../../src/records/outbox/parcels.ts'

let dir: string
let db: Connection
let filer: ReturnType<typeof parcelFiler>
let reader: ReturnType<typeof parcelReader>
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-parcels-'))
  db = openForWriting(join(dir, 'records.db'))
  filer = parcelFiler(db)
  reader = parcelReader(db)
})
afterEach(() => {
  db.close()
  rmSync(dir, { recursive: true, force: true })
})

const add = (id: string, over: Partial<NewParcel> = {}) =>
  filer.add({
    id,
    endpoint: 'E',
    order: 'I1',
    topic: 'notice',
    type: `t-${id}`,
    body: '{}',
    at: 0,
    notAfter: 1000,
    follows: false,
    ...over,
  })
const due = (now: number) => reader.due('E', now, 100).map(({ id }) => id)
const state = (id: string) =>
  (db.prepare('SELECT state FROM parcels WHERE id = ?').raw().get([id]) as [string])[0]

test('of each order only the oldest is due, and at its time', () => {
  add('a')
  add('b')
  add('c', { order: 'I2' })
  expect(due(0)).toEqual(['a', 'c'])
  filer.settle({ id: 'a', result: 'retry', at: 0, nextAt: 50, said: 'status 500' })
  expect(due(49)).toEqual(['c'])
  expect(reader.nextAt('E')).toBe(0)
  expect(due(50)).toEqual(['c', 'a'])
  expect(reader.due('E', 50, 9).find(({ id }) => id === 'a')).toMatchObject({ attempts: 1 })
  filer.settle({ id: 'a', result: 'delivered', at: 50 })
  expect(due(50)).toEqual(['b', 'c'])
  expect(reader.waiting('E')).toBe(2)
})

test('what is composed again under the same id does not replace itself', () => {
  add('a', { type: 'notice.pushed' })
  add('a', { type: 'notice.pushed' })
  expect(due(0)).toEqual(['a'])
  add('b', { type: 'notice.pushed' })
  expect([state('a'), state('b')]).toEqual(['superseded', 'waiting'])
})

test('a wait beyond its use ends when it becomes stale', () => {
  add('a')
  filer.settle({ id: 'a', result: 'retry', at: 0, nextAt: 5000, said: 'timeout' })
  expect(reader.nextAt('E')).toBe(1000)
})

test('one replaced while it was under way has arrived all the same', () => {
  add('a', { type: 'notice.changed' })
  add('b', { type: 'notice.changed' })
  expect(due(0)).toEqual(['b'])
  filer.settle({ id: 'a', result: 'delivered', at: 1 })
  expect(state('a')).toBe('delivered')
  filer.settle({ id: 'b', result: 'expired', at: 1 })
  // It was heard of through the first.
  add('end', { follows: true })
  expect(due(1)).toEqual(['end'])
})

test('escalations do not replace one another', () => {
  for (const id of ['a', 'b']) add(id, { topic: 'escalation', type: 'escalation.raised' })
  expect(reader.waiting('E')).toBe(2)
})

test('an end goes to those who may have heard, of the same matter', () => {
  add('end', { follows: true })
  expect(due(0)).toEqual([])
  add('begin')
  add('other', { topic: 'incident', follows: true })
  add('end', { follows: true })
  expect(reader.waiting('E')).toBe(2)
  filer.settle({ id: 'begin', result: 'expired', at: 1000 })
  expect(state('end')).toBe('unheard')
  // Tried once, it may have arrived although no answer did.
  add('again', { order: 'I2' })
  add('end2', { order: 'I2', follows: true })
  filer.settle({ id: 'again', result: 'retry', at: 0, nextAt: 999, said: 'timeout' })
  filer.settle({ id: 'again', result: 'expired', at: 1000 })
  expect(due(1000)).toEqual(['end2'])
})

test('settled ones are dropped in slices, those that wait are not', () => {
  for (let n = 0; n < 5; n++) add(`p${n}`)
  for (let n = 0; n < 4; n++) filer.settle({ id: `p${n}`, result: 'delivered', at: n })
  expect(filer.retain(3, 2)).toBe(2)
  expect(filer.retain(3, 2)).toBe(1)
  expect(filer.retain(3, 2)).toBe(0)
  expect(due(0)).toEqual(['p4'])
})

test('whatever happens, what is due is what a plain search finds, through the index', () => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  const draw = new Draw(seed, 1)
  const below = (n: number) => Math.floor(draw.real() * n)
  for (let step = 0; step < 400; step++) {
    const [waiting] = reader.due('E', 1e6, 1 + below(5)).slice(-1)
    const outcome = ['delivered', 'expired', 'retry'][below(3)]!
    if (!waiting || below(2) === 0)
      add(`m${step}`, { order: `I${below(6)}`, type: `t${below(3)}`, follows: below(4) === 0 })
    else if (outcome !== 'retry')
      filer.settle({ id: waiting.id, result: outcome as 'expired', at: step })
    else filer.settle({ id: waiting.id, result: 'retry', at: step, nextAt: below(2000), said: 'x' })
    const plain = db
      .prepare(`SELECT id FROM parcels AS p WHERE state = 'waiting' AND wake_at <= 700 AND seq = (
        SELECT min(seq) FROM parcels WHERE ord = p.ord AND state = 'waiting') ORDER BY wake_at, seq`)
      .raw()
      .all([]) as [string][]
    expect(due(700), `seed ${seed}, step ${step}`).toEqual(plain.map(([id]) => id))
  }
  const plan = db
    .prepare(`EXPLAIN QUERY PLAN SELECT id FROM parcels
      WHERE endpoint = ? AND head = 1 AND wake_at <= ? ORDER BY wake_at, seq LIMIT ?`)
    .raw()
    .all(['E', 1, 1])
  expect(JSON.stringify(plan)).toContain('INDEX parcels_due')
})
