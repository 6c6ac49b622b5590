/** The customer ledger on real files: reading in, going on, refusing, finding, forgetting. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'libsql'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openCustomers } from '../../src/records/customers/customers.ts'
import {
  CustomerFileError,
  customerFiles,
  importCustomers,
} from '../../src/records/customers/import.ts'
import { openCustomerReader } from '../../src/records/customers/layout.ts'
import { phoneKey } from '../../src/records/customers/phones.ts'
import type { CustomersPort } from '../../src/records/customers/port.ts'
import { CustomerStore } from '../../src/records/customers/store.ts'
import { type CustomerFolder, customer, customerFolder } from '../support/customer-file.ts'

let folder: CustomerFolder
let desk: CustomersPort | undefined
beforeEach(() => {
  folder = customerFolder()
})
afterEach(async () => {
  await desk?.close()
  desk = undefined
  folder.remove()
})
const open = async () => {
  desk = await openCustomers(folder.dir)
  return desk
}
const read = (file = folder.file) => importCustomers({ file, dir: folder.dir })
const accounts = async (question: Parameters<CustomersPort['find']>[0], units?: string[]) =>
  (await desk!.find(question, units && new Set(units))).customers.map(({ account }) => account)

test('a customer is found by account, meter, phone, name, initials and part of the address', async () => {
  folder.write([
    customer('1', { phones: ['12812345678', '04711234567'] }),
    customer('2', { name: '李伟', address: '广口市银安区乐路5号' }),
  ])
  await read()
  await open()
  for (const question of [
    { account: '1' },
    { meter: 'M-1' },
    { phone: '+86 128-1234-5678' },
    { phone: '04711234567' },
    { q: '王芳' },
    { q: 'wf' },
    { q: '锦安苑' },
    { q: '王芳 锦安' },
    { q: '12812345678' },
    { q: 'M-1' },
  ])
    expect(await accounts(question), JSON.stringify(question)).toEqual(['1'])
  expect(await accounts({ q: '广口市' })).toEqual(['1', '2'])
  expect(await accounts({ q: '王伟' })).toEqual([])
})

test('what is found is masked; the whole of it is asked for on its own', async () => {
  folder.write([customer('1', { phones: ['12812345678'] })])
  await read()
  const { find, reveal } = await open()
  const [found] = (await find({ account: '1' })).customers
  expect(found).toMatchObject({ name: '王*', phones: ['128****5678'] })
  expect(JSON.stringify(found)).not.toMatch(/王芳|12812345678|16号/)
  expect(await reveal('1')).toEqual({
    name: '王芳',
    phones: ['12812345678'],
    address: '广口市和榆区翠安路16号锦安苑3号楼',
  })
  expect(await reveal('2')).toBeUndefined()
})

test('another unit’s customers are not found by any question', async () => {
  folder.write([
    customer('1', { phones: ['12812345678'] }),
    customer('2', { unit: '150102', phones: ['12812345678'] }),
  ])
  await read()
  await open()
  for (const question of [{ q: '王芳' }, { phone: '12812345678' }, { q: '锦安' }])
    expect(await accounts(question, ['150102'])).toEqual(['2'])
  for (const question of [{ account: '1' }, { meter: 'M-1' }, { usagePoint: 'U-1' }, { q: '1' }])
    expect(await accounts(question, ['150102'])).toEqual([])
  expect(await accounts({ q: '王芳' }, [])).toEqual([])
})

test('of many only twenty are shown, and the caller is told to refine', async () => {
  folder.write(Array.from({ length: 200 }, (_, i) => customer(String(i))))
  await read()
  const { find } = await open()
  const many = await find({ q: '王芳' })
  expect(many.customers).toHaveLength(20)
  expect(many.refine).toBe(true)
  expect((await find({ q: '王芳 M' })).customers).toEqual([])
})

test('rows that cannot be used are listed with line and reason and nothing personal', async () => {
  const secret = '12899999999'
  folder.write(
    [customer('1'), customer('2')],
    [
      `bad account,,,张三,${secret},某地,150101,,,,,,,,,`,
      'too,few,cells',
      `4,,,张三,${secret}123456,某地,150101,,,,,,,,,`,
      '5,,,张三,,某地,150101,,,lifeSupport,,,,,,',
      '6,,,"张\n三",,某地,150101,,,,,,,,,',
      '7,,,张三,,某地,150101,,,,,,,,,',
      `8,,,张三,,某地,150101,,,,,,,${'镇'.repeat(41)},,`,
      '',
    ].join('\n'),
  )
  const result = await read()
  expect(result).toMatchObject({ stored: 4, rejected: 5, customers: 4 })
  const rejects = readFileSync(result.rejects, 'utf8')
  expect(
    rejects
      .trim()
      .split('\n')
      .map((line) => line.split(',').slice(0, 2).join()),
  ).toEqual(['line,code', '4,account', '5,columns', '6,phones', '7,consent', '11,town'])
  expect(rejects).not.toMatch(/张|12899999999/)
})

test('a ledger of before places had columns takes them up, and a file without them is read as it was', async () => {
  folder.write([customer('1'), customer('2')])
  await read()
  const { path } = customerFiles(folder.dir)
  const before = new Database(path)
  for (const column of ['town', 'village', 'estate'])
    before.exec(`ALTER TABLE customers DROP COLUMN ${column}`)
  before.exec('PRAGMA user_version = 1')
  before.close()
  const places = () => {
    const db = openCustomerReader(path)
    const rows = db.prepare('SELECT account, town, village, estate FROM customers ORDER BY id')
    const found = rows.raw().all([])
    db.close()
    return found
  }
  writeFileSync(folder.file, '户号,姓名,地址,供电单位\n1,王芳,翠安路1号,150101\n')
  expect(await read()).toMatchObject({ stored: 1, rejected: 0, customers: 2 })
  expect(places()).toEqual(['2', '1'].map((account) => [account, '', '', '']))
  writeFileSync(
    folder.file,
    '户号,姓名,地址,供电单位,小区,乡镇街道\n1,王芳,翠安路1号,150101,锦安苑,城关镇\n',
  )
  await read()
  expect(places()).toContainEqual(['1', '城关镇', '', '锦安苑'])
  const { find } = await open()
  expect((await find({ account: '1' })).customers).toHaveLength(1)
})

test('a broken-off reading goes on behind its last batch and ends as if it had never stopped', async () => {
  const all = Array.from({ length: 50 }, (_, i) => customer(String(i)))
  folder.write(all)
  const rows = readFileSync(folder.file)
  // As the first run leaves it when it dies behind twenty rows.
  let lines = 0
  let bytes = 0
  for (const [at, byte] of rows.entries()) {
    if (byte === 0x0a) lines += 1
    if (lines === 21) {
      bytes = at + 1
      break
    }
  }
  const whole = await read()
  const { path, keyPath } = customerFiles(folder.dir)
  const db = openCustomerReader(path)
  const [identity] = db.prepare('SELECT file FROM imports').raw().get([]) as [string]
  db.close()
  expect(whole.resumedAt).toBe(0)

  const other = customerFolder()
  other.write(all)
  const store = new CustomerStore(
    customerFiles(other.dir).path,
    phoneKey(customerFiles(other.dir).keyPath),
  )
  store.put(all.slice(0, 20), { file: identity, bytes, line: 22, done: false })
  store.close()
  const resumed = await importCustomers({ file: other.file, dir: other.dir })
  expect(resumed).toMatchObject({ stored: 30, customers: 50, resumedAt: 22 })
  other.remove()
  expect(statSync(keyPath).mode & 0o777).toBe(0o600)
})

test('a row that cannot be used is listed once, and by its line, wherever the reading was broken off', async () => {
  // The row behind which it stops has a line break in it; one before and one after have no unit.
  const all = Array.from({ length: 40 }, (_, i) =>
    customer(String(i), {
      ...(i === 19 ? { address: '翠安路1号\n3单元' } : {}),
      ...(i === 8 || i === 30 ? { unit: '' } : {}),
    }),
  )
  folder.write(all)
  const { rejects } = await read()
  const listed = readFileSync(rejects, 'utf8')
  expect(listed.match(/^\d+/gm)).toEqual(['10', '33'])
  const { path } = customerFiles(folder.dir)
  const db = openCustomerReader(path)
  const [identity] = db.prepare('SELECT file FROM imports').raw().get([]) as [string]
  db.close()

  const other = customerFolder()
  other.write(all)
  const files = customerFiles(other.dir)
  const store = new CustomerStore(files.path, phoneKey(files.keyPath))
  const bytes =
    Buffer.byteLength(readFileSync(folder.file, 'utf8').split('\n').slice(0, 22).join('\n')) + 1
  store.put([], { file: identity, bytes, line: 23, done: false })
  store.close()
  // A kill in the middle of the next batch: listed already, and the last row of the list is torn.
  const theirs = `${other.file}.rejects.csv`
  writeFileSync(theirs, `${listed}34,unit,no`)
  const resumed = await importCustomers({ file: other.file, dir: other.dir })
  expect(resumed).toMatchObject({ resumedAt: 23, rejected: 1 })
  expect(readFileSync(theirs, 'utf8')).toBe(listed)
  other.remove()
})

test('reading a changed file again brings customers up to date and adds none twice', async () => {
  folder.write([customer('1'), customer('2')])
  await read()
  folder.write([customer('1', { name: '李伟', unit: '150102' }), customer('2'), customer('3')])
  expect(await read()).toMatchObject({ customers: 3 })
  await open()
  expect(await accounts({ q: '李伟' })).toEqual(['1'])
  expect(await accounts({ q: '李伟' }, ['150101'])).toEqual([])
  expect(await accounts({ q: '王芳' })).toEqual(['2', '3'])
})

test('the server sees an import beside it, and an erased customer is gone from every index', async () => {
  await open()
  expect(await desk!.count()).toBe(0)
  folder.write([customer('1', { phones: ['12812345678'] }), customer('2')])
  await read()
  expect(await accounts({ phone: '12812345678' })).toEqual(['1'])
  const { path, keyPath } = customerFiles(folder.dir)
  const store = new CustomerStore(path, phoneKey(keyPath))
  expect(store.erase('1')).toBe(true)
  expect(store.erase('1')).toBe(false)
  store.close()
  for (const question of [{ account: '1' }, { phone: '12812345678' }, { meter: 'M-1' }])
    expect(await accounts(question)).toEqual([])
  expect(await accounts({ q: '王芳' })).toEqual(['2'])
})

test('a file without the needed columns is refused as a whole', async () => {
  await expect(read(import.meta.filename)).rejects.toBeInstanceOf(CustomerFileError)
  expect(existsSync(join(folder.dir, 'customers.db'))).toBe(false)
})

test('whose life hangs on supply is known by usage point, once an import is through', async () => {
  await open()
  expect(await desk!.lifeSupport()).toBeUndefined()
  folder.write([
    customer('1', { sensitivities: ['care', 'lifeSupport'], usagePoint: 'U-1' }),
    customer('2', { sensitivities: ['lifeSupport'], usagePoint: '' }),
    customer('3', { usagePoint: 'U-3' }),
  ])
  await read()
  expect(await desk!.lifeSupport()).toEqual(['U-1'])
})
