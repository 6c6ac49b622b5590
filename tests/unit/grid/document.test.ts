import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkGrid } from '../../../src/grid/check.ts'
import { collectGrid } from '../../../src/grid/lines.ts'
import { DEVICE_TYPES, LINE_KINDS, OBSERVER_CLASSES } from '../../../src/grid/model.ts'
import { LineParser } from '../../../src/grid/parse.ts'
import { Problems } from '../../../src/grid/problems.ts'

const document = readFileSync('docs/grid-file.md', 'utf8')

test('the example of the document is a grid file without a fault, with every kind in it', () => {
  const example = /```json lines\n([\s\S]*?)```/.exec(document)![1]!
  const problems = new Problems()
  const parser = new LineParser(problems)
  const lines = example.split('\n').map((line) => parser.parse(line))
  const objects = lines.filter((line) => line !== undefined)
  expect(problems.list()).toEqual([])
  expect(checkGrid(collectGrid(objects))).toEqual([])
  expect(new Set(objects.map(({ $: kind }) => kind))).toEqual(new Set(LINE_KINDS))
})

test('the document names every type and class', () => {
  for (const word of [...DEVICE_TYPES, ...OBSERVER_CLASSES])
    expect(document).toContain(`\`${word}\``)
})
