/** The audit chain: whatever is done to it behind the program's back is found. */
import { mkdtempSync, rmSync } from 'node:fs'
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
