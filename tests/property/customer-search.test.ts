/** Whatever is asked: never more than twenty, never another unit's, never one who does not fit. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Draw } from '../../src/grid/generate/draw.ts'
import type { Customer } from '../../src/records/customers/customer.ts'
import { customerFiles } from '../../src/records/customers/import.ts'
import { openCustomerReader } from '../../src/records/customers/layout.ts'
import { phoneKey } from '../../src/records/customers/phones.ts'
import { CustomerSearch, MAX_ANSWERS } from '../../src/records/customers/search.ts'
import { CustomerStore } from '../../src/records/customers/store.ts'
import { type CustomerFolder, customer, customerFolder } from '../support/customer-file.ts'

const UNITS = ['150101', '150102', '150103', '150104']
/** Few characters, so that drawn questions often meet somebody. */
const LETTERS = [...'王李芳伟安苑路3a']

let folder: CustomerFolder
let search: CustomerSearch
let close: () => void
const all: Customer[] = []

beforeAll(() => {
  folder = customerFolder()
  const draw = new Draw(4)
  const word = (length: number) => Array.from({ length }, () => draw.pick(LETTERS)).join('')
  for (let i = 0; i < 600; i++)
    all.push(
      customer(`A${i}`, {
        name: word(draw.whole(2, 3)),
        address: `${word(draw.whole(3, 8))} ${word(4)}`,
        unit: draw.pick(UNITS),
        phones: draw.chance(0.5) ? [`128${String(draw.whole(0, 99)).padStart(8, '0')}`] : [],
      }),
    )
  const { path, keyPath } = customerFiles(folder.dir)
  const store = new CustomerStore(path, phoneKey(keyPath))
  store.put(all)
  store.finish()
  store.close()
  const db = openCustomerReader(path)
  // However slow the machine, each question is followed to its end.
  search = new CustomerSearch(db, phoneKey(keyPath), Number.POSITIVE_INFINITY)
  close = () => db.close()
})
afterAll(() => {
  close()
  folder.remove()
})

const plain = (text: string) => text.replaceAll(' ', '')
/** Found the plain way: every word of the question stands in name or address. */
const expected = (words: readonly string[], units: readonly string[]) =>
  all.filter(
    ({ name, address, unit }) =>
      units.includes(unit) &&
      words.every((word) => name.includes(word) || plain(address).includes(word)),
  )

test('a question in Chinese finds exactly those who fit, up to twenty, in the caller’s units', () => {
  const word = fc
    .array(fc.constantFrom(...LETTERS.filter((letter) => !/[0-9a-z]/.test(letter))), {
      minLength: 1,
      maxLength: 4,
    })
    .map((letters) => letters.join(''))
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 2 }),
      fc.subarray(UNITS),
      (words, units) => {
        const { customers, refine } = search.find({ q: words.join(' ') }, new Set(units))
        const fitting = new Set(expected(words, units).map(({ account }) => account))
        expect(customers.length).toBe(Math.min(MAX_ANSWERS, fitting.size))
        expect(refine).toBe(fitting.size > MAX_ANSWERS)
        for (const { account } of customers) expect(fitting.has(account)).toBe(true)
        expect(new Set(customers.map(({ account }) => account)).size).toBe(customers.length)
      },
    ),
    { numRuns: 500 },
  )
})

test('no text breaks the search or shows another unit', () => {
  const question = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 80 }),
    fc.string({ unit: fc.constantFrom(...LETTERS, '"', '*', ' ', '-', '(', 'AND', 'NEAR', ':') }),
  )
  fc.assert(
    fc.property(question, fc.subarray(UNITS), (q, units) => {
      const { customers } = search.find({ q }, new Set(units))
      expect(customers.length).toBeLessThanOrEqual(MAX_ANSWERS)
      for (const { unit } of customers) expect(units).toContain(unit)
    }),
    { numRuns: 1000 },
  )
})

test('a phone number finds exactly those who have it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 120 }), fc.subarray(UNITS), (number, units) => {
      const phone = `128${String(number).padStart(8, '0')}`
      const found = search.find({ phone }, new Set(units)).customers.map(({ account }) => account)
      const having = all.filter(
        ({ phones, unit }) => phones.includes(phone) && units.includes(unit),
      )
      expect(found.sort()).toEqual(having.map(({ account }) => account).sort())
    }),
  )
})
