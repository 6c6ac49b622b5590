/** The search for personal data that every run ends with: it finds what is planted, and nothing else. */
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { customerFiles } from '../../src/records/customers/import.ts'
import { phoneKey } from '../../src/records/customers/phones.ts'
import { CustomerStore } from '../../src/records/customers/store.ts'
import { customer } from '../support/customer-file.ts'
import { judgeGathered, searchBehind } from '../support/personal-data.ts'

const NAME = '欧阳慕雪'
const PHONE = '12876543210'
const ADDRESS = '安宁市青岚区碧水路77号鹿鸣苑5号楼'

let data: string

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'lastgasp-personal-'))
  const { path, keyPath } = customerFiles(data)
  const store = new CustomerStore(path, phoneKey(keyPath))
  store.put([customer('A1', { name: NAME, phones: [PHONE], address: ADDRESS })])
  store.finish()
  store.close()
})
afterEach(() => rmSync(data, { recursive: true, force: true }))

test('nothing is found where references stand alone, though the ledger itself has it all', () => {
  const log = '{"level":30,"time":1795383757590,"account":"A1","msg":"安宁市供电公司 started"}'
  writeFileSync(join(data, 'journal.db'), Buffer.from(log))
  const gathered = searchBehind(data, { log, metrics: 'lastgasp_calls_total 12876543211' })
  expect(gathered).toMatchObject({ customers: 1, texts: 3, found: [] })
  expect(() => judgeGathered([gathered])).not.toThrow()
})

test('a place is no door: notices name it, and what reaches beyond it is found', () => {
  const { path, keyPath } = customerFiles(data)
  const store = new CustomerStore(path, phoneKey(keyPath))
  store.put([
    customer('A3', { name: NAME, phones: [PHONE], address: '塞原市和林川县城关镇中山大街12号' }),
  ])
  store.finish()
  store.close()
  const place = '"name":"塞原市和林川县城关镇中山大街","customers":9'
  expect(searchBehind(data, { place }).found).toEqual([])
  const door = '塞原市和林川县城关镇中山大街12号'
  expect(searchBehind(data, { door }).found).toEqual(['an address in door'])
})

test('a firm is called what its transformer is, and a page of a database may end within that', () => {
  const { path, keyPath } = customerFiles(data)
  const store = new CustomerStore(path, phoneKey(keyPath))
  store.put([customer('A4', { name: '盛川机井', phones: [], address: '安宁市青岚区盛川机井' })])
  store.finish()
  store.close()
  expect(searchBehind(data, { page: '"device":"盛川机井\0' }).found).toEqual([])
})

test('with separate roles a program is held against the ledger of another, and may have no folder', () => {
  const nowhere = join(data, 'gateway')
  const log = `{"msg":"call of ${NAME}"}`
  expect(searchBehind(nowhere, { log }).found).toEqual([])
  expect(searchBehind(nowhere, { log }, data).found).toEqual(['a name in log'])
})

test('a ledger that was killed before its log was written into it is known whole, and stays as it was', () => {
  const other = mkdtempSync(join(tmpdir(), 'lastgasp-killed-'))
  const { path, keyPath } = customerFiles(other)
  const store = new CustomerStore(path, phoneKey(keyPath))
  store.put([customer('A2', { name: NAME, phones: [PHONE], address: ADDRESS })])
  store.finish()
  // As a kill leaves it: open, with what was committed last in its log alone.
  cpSync(other, join(data, 'killed'), { recursive: true })
  store.close()
  const before = readdirSync(join(data, 'killed')).map((name) => [
    name,
    statSync(join(data, 'killed', name)).size,
  ])
  const gathered = searchBehind(join(data, 'killed'), { log: `"by":"${NAME}"` })
  expect(gathered.found).toContain('a name in log')
  const after = readdirSync(join(data, 'killed')).map((name) => [
    name,
    statSync(join(data, 'killed', name)).size,
  ])
  expect(after).toEqual(before)
  rmSync(other, { recursive: true, force: true })
})

test.each([
  ['a name', `{"msg":"call of ${NAME}"}`],
  ['a phone', `lastgasp_calls_total{from="+86${' '}${PHONE}"} 1`],
  ['an address', `GET /customers?q=${ADDRESS}`],
])('%s that is planted in what a program said fails the run', (kind, text) => {
  const gathered = searchBehind(data, { log: 'started', metrics: text })
  expect(gathered.found).toEqual([`${kind} in metrics`])
  expect(() => judgeGathered([gathered])).toThrow(`${kind} in metrics`)
})

test('a name in a fact, beside bytes that are no text, fails the run, and is not repeated by it', () => {
  const bytes = Buffer.concat([Buffer.from([0, 255, 7]), Buffer.from(`"by":"${NAME}"`)])
  writeFileSync(join(data, 'journal.db'), bytes)
  const gathered = searchBehind(data, {})
  expect(gathered.found).toEqual(['a name in journal.db'])
  expect(JSON.stringify(gathered)).not.toContain(NAME)
})
