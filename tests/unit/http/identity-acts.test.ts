/** Acts of identity on their way to the audit chain: what is kept of them, and how much. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createActs,
  type IdentityAct,
  type IdentityActs,
  MAX_REFUSALS_PER_MINUTE,
  MAX_WAITING_ACTS,
} from '../../../src/http/identity/acts.ts'
import { type IdentityDatabase, openIdentityDatabase } from '../../../src/http/identity/database.ts'

const AT = 1_800_000_000_000
let dir: string
let db: IdentityDatabase
let acts: IdentityActs
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-acts-'))
  db = openIdentityDatabase(dir)
  acts = createActs(db)
})
afterEach(() => {
  db.close()
  rmSync(dir, { recursive: true, force: true })
})

const act = (subject: string, at = AT): IdentityAct => ({
  ...{ at, by: 'unknown', role: 'unknown', what: 'session.refused' },
  ...{ subject, detail: 'password 10.0.0.7' },
})
const subjects = () => acts.waiting(1000).map(({ act: { what, subject } }) => [what, subject])

test('they are numbered onward, by two programs and in a file of before', () => {
  acts.keep(act('a'))
  const beside = openIdentityDatabase(dir)
  createActs(beside).keep(act('b', AT - 1000))
  beside.close()
  const numbers = acts.waiting(10).map(({ no }) => no)
  expect(numbers).toEqual([AT * 1000, AT * 1000 + 1])
  acts.filed(numbers[1]!)
  expect(acts.waiting(10)).toEqual([])
  // The numbers of before are not given again, neither by an emptied table nor by an older file.
  acts.keep(act('c', AT - 2000))
  expect(acts.waiting(10)[0]!.no).toBe(AT * 1000 + 2)
})

test('of refusals beyond a limit in a minute the number is kept', () => {
  for (let n = 0; n < MAX_REFUSALS_PER_MINUTE + 7; n++) acts.keepRefusal(act('li'))
  acts.keepRefusal(act('wang', AT + 60_000))
  expect(acts.takeUnlisted(AT + 60_000)).toBe(7)
  expect(acts.takeUnlisted(AT + 60_000)).toBe(0)
  expect(subjects().slice(-3)).toEqual([
    ['session.refused', 'li'],
    ['session.refused', 'wang'],
    ['acts.unlisted', '7'],
  ])
  expect(subjects()).toHaveLength(MAX_REFUSALS_PER_MINUTE + 2)
})

test('what finds no room is counted, and said once there is room', () => {
  const fill = db.transaction(() => {
    for (let n = 0; n < MAX_WAITING_ACTS; n++) acts.keep(act('li'))
  })
  fill()
  expect(acts.keep(act('wang'))).toBe(false)
  expect(acts.takeUnlisted(AT)).toBe(0)
  acts.filed(acts.waiting(MAX_WAITING_ACTS).at(-1)!.no)
  expect(acts.takeUnlisted(AT)).toBe(1)
  expect(subjects()).toEqual([['acts.unlisted', '1']])
})

test('a full disk is no error', () => {
  const [[pages]] = db.prepare('PRAGMA page_count').raw().all() as [[number]]
  db.pragma(`max_page_count = ${pages}`)
  let kept = 0
  while (acts.keep(act('x'.repeat(500)))) kept++
  expect(kept).toBeLessThan(1000)
  db.pragma('max_page_count = 1000000')
  expect(acts.takeUnlisted(AT)).toBe(1)
  expect(subjects().at(-1)).toEqual(['acts.unlisted', '1'])
})
