import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  GridFileError,
  MAX_JSON_USAGE_POINTS,
  MAX_LINE_LENGTH,
  readGridFile,
  readGridLines,
  writeGridFile,
} from '../../../src/app/grid-files.ts'
import { generateGridLines } from '../../../src/grid/generate/generate.ts'
import { gridLinesOf } from '../../../src/grid/lines.ts'
import type { GridLineObject } from '../../../src/grid/model.ts'
import { Problems } from '../../../src/grid/problems.ts'
import { smallGrid } from '../grid/small-grid.ts'

let folder: string
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lastgasp-grid-'))
})
afterAll(() => rm(folder, { recursive: true }))

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(GridFileError)
  return (error as GridFileError).code
}

describe('every form', () => {
  test.each(['g.json', 'g.jsonl', 'g.json.gz', 'g.jsonl.gz'])(
    '%s comes back as written',
    async (name) => {
      const written = await writeGridFile(at(name), smallGrid())
      const { grid, digest, warnings } = await readGridFile(at(name))
      expect(grid).toEqual(smallGrid())
      expect(warnings).toEqual([])
      const bytes = await readFile(at(name))
      const content = name.endsWith('.gz') ? gunzipSync(bytes) : bytes
      expect(digest).toBe(sha256(content))
      expect(written).toEqual({
        digest,
        bytes: content.length,
        objects: [...gridLinesOf(smallGrid())].length,
      })
    },
  )

  test('a grid without any object but its header is still whole JSON', async () => {
    const empty = smallGrid()
    for (const list of Object.values(empty)) if (Array.isArray(list)) list.length = 0
    await writeGridFile(at('empty.json'), empty)
    expect(JSON.parse(await readFile(at('empty.json'), 'utf8'))).toEqual(empty)
  })

  test('a generated grid survives chunks: lines that cross them, letters of three bytes', async () => {
    const lines = [...generateGridLines({ customers: 3_000, seed: 5 })]
    const heard: number[] = []
    await writeGridFile(at('big.jsonl.gz'), lines, (usagePoints) => heard.push(usagePoints))
    const problems = new Problems()
    const read: GridLineObject[] = []
    const reading = readGridLines(at('big.jsonl.gz'), problems)
    expect(() => reading.digest()).toThrow('not read to its end')
    for await (const line of reading) read.push(line)
    expect(problems.list()).toEqual([])
    expect(read).toEqual(lines)
    expect(reading.digest()).toMatch(/^[0-9a-f]{64}$/)
    expect(heard.at(-1)).toBe(3_000)
  })
})

describe('a file that cannot be used says why', () => {
  test('a name that says nothing', async () => {
    expect(await codeOf(readGridFile(at('g.xml')))).toBe('grid.unknownFormat')
    expect(await codeOf(writeGridFile(at('g.txt'), smallGrid()))).toBe('grid.unknownFormat')
  })

  test('no file, a torn archive, bytes that are no text', async () => {
    expect(await codeOf(readGridFile(at('none.json')))).toBe('grid.unreadable')
    expect(await codeOf(readGridFile(at('none.jsonl.gz')))).toBe('grid.unreadable')
    const whole = gzipSync(Buffer.from(JSON.stringify(smallGrid())))
    await writeFile(at('torn.json.gz'), whole.subarray(0, whole.length - 20))
    expect(await codeOf(readGridFile(at('torn.json.gz')))).toBe('grid.unreadable')
    await writeFile(at('plain.json.gz'), '{"version":1}')
    expect(await codeOf(readGridFile(at('plain.json.gz')))).toBe('grid.unreadable')
    await writeFile(at('latin.jsonl'), Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))
    expect(await codeOf(readGridFile(at('latin.jsonl')))).toBe('grid.unreadable')
  })

  test('content at fault names each place', async () => {
    await writeFile(
      at('bad.jsonl'),
      '{"$":"grid","version":1}\n{"$":"node","id":"a","lat":91}\n{\n',
    )
    const error = await readGridFile(at('bad.jsonl')).catch(
      (reason: unknown) => reason as GridFileError,
    )
    expect((error as GridFileError).code).toBe('grid.invalid')
    expect((error as GridFileError).problems.map(({ place }) => place)).toEqual([
      'node a (line 2)',
      'line 3',
    ])
    await writeFile(at('cut.json'), '{"version":1,"units":[')
    expect(await codeOf(readGridFile(at('cut.json')))).toBe('grid.invalid')
  })

  test('a line without an end', async () => {
    await writeFile(at('endless.jsonl'), 'x'.repeat(MAX_LINE_LENGTH * 2))
    expect(await codeOf(readGridFile(at('endless.jsonl')))).toBe('grid.tooLarge')
  })

  test('a folder that is not there', async () => {
    expect(await codeOf(writeGridFile(at('no/such/g.json'), smallGrid()))).toBe('grid.unwritable')
  })

  test('.json has its limit, and nothing half-written is left behind', async () => {
    const lines = function* (): Generator<GridLineObject> {
      yield { $: 'grid', version: 1 }
      for (let i = 0; i <= MAX_JSON_USAGE_POINTS; i++)
        yield { $: 'usagePoint', id: `U${i}`, device: 'D' }
    }
    expect(await codeOf(writeGridFile(at('huge.json'), lines()))).toBe('grid.tooLarge')
    expect((await readdir(folder)).filter((name) => name.startsWith('huge'))).toEqual([])
  })
})
