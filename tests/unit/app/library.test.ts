/** What a fact names is whole on disk, and a grid is compiled once. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { writeGridImage } from '../../../src/app/grid-image.ts'
import { compileGridFile } from '../../../src/app/grids.ts'
import { Library } from '../../../src/app/library.ts'
import { smallGrid } from '../grid/small-grid.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-library-'))
  writeFileSync(join(dir, 'given.json'), JSON.stringify(smallGrid()))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const kept = (folder: string) => readdirSync(join(dir, folder)).sort()

test('a grid is kept as file and as image, and read back from the image', async () => {
  const { digest, usagePoints } = await new Library(dir).keepGrid(join(dir, 'given.json'))
  expect(kept('grids')).toHaveLength(2)
  // A kept file that cannot be read shows that the image is what is loaded.
  writeFileSync(join(dir, 'grids', `${digest}.json`), '{')
  const again = new Library(dir)
  await again.load('grid', digest)
  expect(again.grid(digest).usagePoints.ids.count).toBe(usagePoints.ids.count)
})

test('what a crash left half written is not taken for the whole', async () => {
  mkdirSync(join(dir, 'rules'))
  mkdirSync(join(dir, 'rules', `partial-${process.pid}`))
  mkdirSync(join(dir, 'grids'))
  writeFileSync(join(dir, 'grids', `partial-${process.pid}`), '{"version":')
  const library = new Library(dir)
  const rules = library.keepRules('config/rules')
  const { digest } = await library.keepGrid(join(dir, 'given.json'))
  expect(kept('rules')).toEqual([rules])
  expect(kept('grids').every((name) => name.startsWith(digest))).toBe(true)
  await new Library(dir).load('rules', rules)
})

test('an image given in place of a grid file is kept as an image, and found again', async () => {
  const image = join(dir, 'given.image')
  await writeGridImage(image, await compileGridFile(join(dir, 'given.json')))
  const { digest } = await new Library(dir).keepGrid(image)
  expect(kept('grids')).toEqual([`${digest}.image`])
  const again = new Library(dir)
  await again.load('grid', digest)
  expect(again.grid(digest).digest).toBe(digest)
  expect(again.gridPath(digest)).toBe(join(dir, 'grids', `${digest}.image`))
})

test('rules kept by an earlier program are read with what they did not know yet', async () => {
  const library = new Library(dir)
  const digest = library.keepRules('config/rules')
  const file = join(dir, 'rules', digest, 'judgement.yaml')
  const { callReads: _, storm: __, area, ...known } = parse(readFileSync(file, 'utf8'))
  const { lostAtReturn: ___, ...older } = area
  writeFileSync(file, stringify({ ...known, area: { ...older, lost: 0.07 } }))
  const again = new Library(dir)
  await again.load('rules', digest)
  const { judgement } = again.rules(digest)
  expect(judgement.area.lost).toBe(0.07)
  expect(judgement.area.lostAtReturn).toBe(library.rules(digest).judgement.area.lostAtReturn)
  expect(judgement.callReads).toEqual(library.rules(digest).judgement.callReads)
})
