import { expect, test } from 'vitest'
import { workerUrl } from '../../../src/config/worker.ts'

const root = new URL('../../../', import.meta.url).href

test('from sources a worker is its compiled twin under dist', () => {
  const from = `${root}src/journal/sqlite.ts`
  expect(workerUrl(from, './writer.ts').href).toBe(`${root}dist/src/journal/writer.js`)
})

test('compiled code finds the worker beside it', () => {
  const from = `${root}dist/src/journal/sqlite.js`
  expect(workerUrl(from, './writer.ts').href).toBe(`${root}dist/src/journal/writer.js`)
})

test('a module outside the package is a mistake', () => {
  expect(() => workerUrl('file:///elsewhere/a.ts', './b.ts')).toThrow('outside')
})
