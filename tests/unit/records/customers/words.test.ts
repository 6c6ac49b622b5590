/** How customers are cut to terms, masked, and named by initials. */
import { expect, test } from 'vitest'
import { plainPhone } from '../../../../src/records/customers/customer.ts'
import { maskAddress, maskName, maskPhone } from '../../../../src/records/customers/masking.ts'
import { initialsOf } from '../../../../src/records/customers/pinyin.ts'
import { holdsAll, indexedTerms, readingsOf } from '../../../../src/records/customers/terms.ts'

const NAME = '王芳'
const ADDRESS = '广口市和榆区-翠安路16号 锦安苑3号楼2单元501室'
const indexed = new Set(indexedTerms(NAME, ADDRESS).split(' '))
const finds = (question: string) =>
  readingsOf(question).some(
    (reading) =>
      reading.terms.every((term) => indexed.has(term)) && holdsAll(reading, NAME, ADDRESS),
  )

test.each([
  '王芳',
  '王',
  'wf',
  'WF',
  '锦安苑',
  '锦安苑3号楼',
  '和榆区翠安路',
  '翠安路16号锦安苑',
  '王芳 锦安',
  '501',
  '５０１室',
  '苑3',
])('%s finds the customer', (question) => {
  expect(finds(question)).toBe(true)
})

test.each(['芳王', '李', 'fw', '锦苑', '锦安苑5号楼', '王芳 银安', '50', '162', ''])(
  '%s does not',
  (question) => {
    expect(finds(question)).toBe(false)
  },
)

test('a question without a word has no reading', () => {
  expect(readingsOf(' --"*() ')).toEqual([])
})

test('initials follow the reading of surnames', () => {
  expect(initialsOf('单文')).toBe('sw')
  expect(initialsOf('曾晓芳')).toBe('zxf')
  expect(initialsOf('欧阳娜')).toBe('oyn')
  expect(initialsOf('Smith')).toBe('')
})

test('masks keep what a caller is asked by', () => {
  expect(maskName('王芳')).toBe('王*')
  expect(maskName('王')).toBe('*')
  expect(maskName('乌日娜')).toBe('乌**')
  expect(maskName('锦安区中医院')).toBe('锦安**医院')
  expect(maskPhone('12812345678')).toBe('128****5678')
  expect(maskPhone('95598')).toBe('***98')
  expect(maskAddress('翠安路16号锦安苑3号楼2单元1501室')).toBe('翠安路**号锦安苑*号楼*单元***室')
  expect(maskAddress('锦安苑三单元')).toBe('锦安苑*单元')
})

test('a phone number is its digits, however it is written', () => {
  for (const text of [
    '128 1234 5678',
    '+86 12812345678',
    '0086-128-1234-5678',
    '１２８１２３４５６７８',
  ])
    expect(plainPhone(text), text).toBe('12812345678')
  expect(plainPhone('0471-1234567')).toBe('04711234567')
})
