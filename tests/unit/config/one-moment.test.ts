import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  atOneMoment,
  type Connection,
  eachAtOneMoment,
  openDurable,
  openForReading,
} from '../../../src/config/sqlite.ts'

let folder: string
let writer: Connection
let reader: Connection
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lastgasp-moment-'))
  writer = openDurable(join(folder, 'one.db'))
  writer.exec('CREATE TABLE reports (id INTEGER)')
  reader = openForReading(join(folder, 'one.db'))
})
afterEach(() => {
  reader.close()
  writer.close()
  rmSync(folder, { recursive: true, force: true })
})

const count = () => (reader.prepare('SELECT count(*) FROM reports').raw().get([]) as [number])[0]
const file = () => writer.exec('INSERT INTO reports VALUES (1)')
/** Asks twice, with a commit in between. */
function twice(): [number, number] {
  const before = count()
  file()
  return [before, count()]
}

test('an answer of several statements is of one moment, the next answer of a later one', () => {
  const questions = eachAtOneMoment(reader, { twice, nested: { twice } })
  expect(questions.twice()).toEqual([0, 0])
  expect(questions.nested.twice()).toEqual([1, 1])
  expect(atOneMoment(reader, () => [questions.twice(), count()])).toEqual([[2, 2], 2])
  expect(count()).toBe(3)
})

test('a question that fails leaves none of its moment behind', () => {
  const failing = () => {
    count()
    throw new Error('unreadable')
  }
  expect(() => atOneMoment(reader, failing)).toThrow('unreadable')
  file()
  expect(count()).toBe(1)
})
