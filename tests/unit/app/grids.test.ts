import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { GridFileError, writeGridFile } from '../../../src/app/grid-files.ts'
import { readGridImage, writeGridImage } from '../../../src/app/grid-image.ts'
import { loadCompiledGrid, loadCompiledGridCached } from '../../../src/app/grids.ts'
import { runProgram } from '../../../src/cli/program.ts'
import { generateGridLines } from '../../../src/grid/generate/generate.ts'
import { ImageError } from '../../../src/grid/image.ts'

let folder: string
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lastgasp-image-'))
  await writeGridFile(at('grid.jsonl.gz'), generateGridLines({ customers: 500, seed: 2 }))
  await writeGridFile(at('other.jsonl'), generateGridLines({ customers: 300, seed: 2 }))
})
afterAll(() => rm(folder, { recursive: true }))

describe('an image on disk', () => {
  test('is loaded like the file it was made of', async () => {
    const grid = await loadCompiledGrid(at('grid.jsonl.gz'))
    const bytes = await writeGridImage(at('deep/er/grid.image'), grid)
    expect((await readFile(at('deep/er/grid.image'))).length).toBe(bytes)
    const back = await loadCompiledGrid(at('deep/er/grid.image'))
    expect(back.digest).toBe(grid.digest)
    expect(back.usagePoints.device).toEqual(grid.usagePoints.device)
    expect(back.observers.ids.indexOf(grid.observers.ids.idOf(77))).toBe(77)
    expect(await readdir(at('deep/er'))).toEqual(['grid.image'])
  })

  test('is refused, naming the section, where it is damaged or cut', async () => {
    await writeGridImage(at('whole.image'), await loadCompiledGrid(at('grid.jsonl.gz')))
    const image = await readFile(at('whole.image'))
    await writeFile(at('cut.image'), image.subarray(0, image.length >> 1))
    await expect(readGridImage(at('cut.image'))).rejects.toMatchObject({ code: 'image.truncated' })
    image[image.length - 64]! ^= 1
    await writeFile(at('flipped.image'), image)
    const error = await readGridImage(at('flipped.image')).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ImageError)
    expect((error as ImageError).section).toBe('observers.ids.slots')
    await writeFile(at('short.image'), image.subarray(0, 20))
    await expect(readGridImage(at('short.image'))).rejects.toMatchObject({
      code: 'image.truncated',
      section: 'head',
    })
  })

  test('a file that is not there is named', async () => {
    const error = await loadCompiledGrid(at('nowhere.json')).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(GridFileError)
    expect((error as GridFileError).message).toContain('nowhere.json')
  })
})

describe('the cache', () => {
  test('keeps one image by digest and takes it the next time', async () => {
    const first = await loadCompiledGridCached(at('grid.jsonl.gz'), at('cache'))
    const [kept] = await readdir(at('cache'))
    expect(kept).toContain(first.digest)
    const before = await readFile(join(at('cache'), kept!))
    // A grid of the same digest with another name shows where the second load came from.
    await writeGridImage(join(at('cache'), kept!), { ...first, name: 'from the cache' })
    const second = await loadCompiledGridCached(at('grid.jsonl.gz'), at('cache'))
    expect(second.name).toBe('from the cache')
    await writeFile(join(at('cache'), kept!), before)
  })

  test('makes a damaged image anew', async () => {
    const grid = await loadCompiledGridCached(at('grid.jsonl.gz'), at('cache'))
    const [kept] = await readdir(at('cache'))
    const good = await readFile(join(at('cache'), kept!))
    await writeFile(join(at('cache'), kept!), good.subarray(0, 1000))
    const again = await loadCompiledGridCached(at('grid.jsonl.gz'), at('cache'), grid.digest)
    expect(again.usagePoints.first).toEqual(grid.usagePoints.first)
    expect(await readFile(join(at('cache'), kept!))).toEqual(good)
  })

  test('keeps each file apart, and lets images through', async () => {
    const other = await loadCompiledGridCached(at('other.jsonl'), at('cache'))
    expect(other.usagePoints.ids.count).toBe(300)
    expect(await readdir(at('cache'))).toHaveLength(2)
    await writeGridImage(at('other.image'), other)
    const through = await loadCompiledGridCached(at('other.image'), at('unused'))
    expect(through.digest).toBe(other.digest)
    await expect(readdir(at('unused'))).rejects.toThrow()
  })
})

describe('grid compile', () => {
  test('writes an image that loads, and says what is in it', async () => {
    const said: string[] = []
    const spy = vi.spyOn(console, 'log').mockImplementation((line) => void said.push(line))
    const code = await runProgram(['grid', 'compile', at('other.jsonl'), '--out', at('cli.image')])
    spy.mockRestore()
    expect(code).toBe(0)
    expect(said.join()).toContain('300 usage points')
    expect((await loadCompiledGrid(at('cli.image'))).usagePoints.ids.count).toBe(300)
  })

  test('exits 78 on a grid that cannot be used', async () => {
    await writeFile(at('bad.jsonl'), '{"$":"grid","version":1}\n{"$":"device"}\n')
    const silent = [vi.spyOn(console, 'error'), vi.spyOn(process.stderr, 'write')]
    for (const spy of silent) spy.mockImplementation(() => true)
    const code = await runProgram(['grid', 'compile', at('bad.jsonl'), '--out', at('x.image')])
    for (const spy of silent) spy.mockRestore()
    expect(code).toBe(78)
  })
})
