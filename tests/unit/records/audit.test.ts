/** The audit chain: whatever is done to it behind the program's back is found. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Connection } from '../../../src/config/sqlite.ts'
import { AuditChain, anchorOf, auditPage, verifyAudit } from '../../../src/records/audit.ts'
import { openForWriting } from '../../../src/records/database.ts'

let dir: string
let db: Connection
const path = () => join(dir, 'records.db')
const verify = (head?: string) => verifyAudit(db, anchorOf(path()), head)

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-audit-'))
  db = openForWriting(path())
  const chain = new AuditChain(db, anchorOf(path()))
  for (let i = 1; i <= 5; i++) {
    chain.add({
      at: i * 1000,
      by: 'wang',
      role: 'agent',
      what: 'customer.revealed',
      subject: `A${i}`,
      detail: 'callBack',
    })
    chain.anchor()
  }
})
afterEach(() => {
  db.close()
  rmSync(dir, { recursive: true, force: true })
})

test('an untouched chain is whole, and a head noted earlier is in it', () => {
  const { entries, head, broken } = verify()
  expect({ entries, broken }).toEqual({ entries: 5, broken: undefined })
  const third = auditPage(db, 10).find(({ no }) => no === 3)!
  expect(verify(third.hash).broken).toBeUndefined()
  expect(verify('f'.repeat(64)).broken).toBeDefined()
  expect(auditPage(db, 1)[0]!.hash).toBe(head)
})

test.each([
  ['an edit', "UPDATE audit SET detail = 'safety' WHERE no = 3", 3],
  ['another name', "UPDATE audit SET by = 'li' WHERE no = 1", 1],
  ['a deletion', 'DELETE FROM audit WHERE no = 2', 3],
  [
    'a swap',
    'UPDATE audit SET no = 99 WHERE no = 2; UPDATE audit SET no = 2 WHERE no = 3; UPDATE audit SET no = 3 WHERE no = 99',
    2,
  ],
  ['a cut', 'DELETE FROM audit WHERE no > 3', 4],
  ['a cut of the last one', 'DELETE FROM audit WHERE no = 5', 5],
  [
    'an insertion',
    'UPDATE audit SET no = 99 WHERE no = 5; UPDATE audit SET no = 5 WHERE no = 4; INSERT INTO audit SELECT 4, at, by, role, what, subject, detail, hash FROM audit WHERE no = 3; UPDATE audit SET no = 6 WHERE no = 99',
    4,
  ],
  [
    'a hash copied from the entry before',
    'UPDATE audit SET hash = (SELECT hash FROM audit WHERE no = 4) WHERE no = 5',
    5,
  ],
  ['all gone', 'DELETE FROM audit', 1],
  [
    'a deletion renumbered',
    'DELETE FROM audit WHERE no = 2; UPDATE audit SET no = no - 1 WHERE no > 2',
    2,
  ],
])('%s is found at its place', (_, sql, no) => {
  db.exec(sql)
  expect(verify().broken?.no).toBe(no)
})

test('a lost file beside the ledger is told', () => {
  rmSync(anchorOf(path()))
  expect(verify().broken?.why).toContain('missing')
})

test('a chain written anew is found by the file beside it, and with that file by a head noted before', () => {
  const { head } = verify()
  const kept = auditPage(db, 10).reverse()
  db.exec('DELETE FROM audit')
  const forged = new AuditChain(db, undefined)
  for (const { no: _, hash: __, ...entry } of kept) forged.add({ ...entry, by: 'nobody' })
  expect(verify().broken?.no).toBe(5)
  new AuditChain(db, anchorOf(path())).anchor()
  expect(verify().broken).toBeUndefined()
  expect(verify(head).broken?.why).toContain('noted earlier')
})

test('a crash before the file was written is no break: the entry beyond it is in the chain', () => {
  const entry = { at: 6000, by: 'li', role: 'agent', what: 'care.noted', subject: 'A6', detail: '' }
  new AuditChain(db, undefined).add(entry)
  expect(verify()).toMatchObject({ entries: 6 })
  expect(verify().broken).toBeUndefined()
  db.exec('DELETE FROM audit WHERE no >= 5')
  expect(verify().broken?.no).toBe(5)
})

test('where the file that names the last entry has no room it is behind, and the chain whole', () => {
  const chain = new AuditChain(db, anchorOf(path()))
  const partial = `${anchorOf(path())}.${process.pid}.partial`
  symlinkSync('/dev/full', partial)
  chain.add({ at: 1, by: 'li', role: 'agent', what: 'w', subject: 's', detail: '' })
  chain.anchor()
  expect([chain.isBehind, verify().broken]).toEqual([true, undefined])
  rmSync(partial)
  chain.anchor()
  expect([chain.isBehind, verify().broken]).toEqual([false, undefined])
})
