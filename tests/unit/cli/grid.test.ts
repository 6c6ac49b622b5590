import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { runProgram } from '../../../src/cli/program.ts'
import { gridLinesOf } from '../../../src/grid/lines.ts'
import { item, smallGrid } from '../grid/small-grid.ts'

const folder = mkdtempSync(join(tmpdir(), 'lastgasp-cli-grid-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string) => join(folder, name)

let out = ''
let err = ''
beforeEach(() => {
  out = ''
  err = ''
  vi.spyOn(console, 'log').mockImplementation((line) => {
    out += `${line}\n`
  })
  vi.spyOn(console, 'error').mockImplementation((line) => {
    err += `${line}\n`
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += text
    return true
  })
})
afterEach(() => void vi.restoreAllMocks())

describe('grid generate, check, stats, diff', () => {
  test('make, accept and describe a grid; the same seed gives the same digest', async () => {
    const generate = (name: string, seed: string) =>
      runProgram(['grid', 'generate', '--customers', '600', '--seed', seed, '--out', at(name)])
    expect(await generate('a.json', '4')).toBe(0)
    expect(await generate('b.json.gz', '4')).toBe(0)
    expect(await generate('c.json', '5')).toBe(0)
    const [a, b, c] = [...out.matchAll(/sha256 (\w{64})/g)].map(([, digest]) => digest)
    expect(b).toBe(a)
    expect(c).not.toBe(a)
    expect(err).toBe('')

    out = ''
    expect(await runProgram(['grid', 'check', at('b.json.gz')])).toBe(0)
    expect(out).toContain('usable, 0 warnings')

    out = ''
    expect(await runProgram(['grid', 'stats', at('a.json'), '--json'])).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ digest: a, usagePoints: 600, feeders: 3 })

    out = ''
    expect(await runProgram(['grid', 'diff', at('a.json'), at('b.json.gz')])).toBe(0)
    expect(out).toBe('no difference\n')
    out = ''
    expect(await runProgram(['grid', 'diff', at('a.json'), at('c.json')])).toBe(0)
    expect(out).toContain('nodes changed:')
  })

  test('a loop ends the check with 78 and the names of its devices', async () => {
    const grid = smallGrid()
    item(grid.devices, 'G1').normallyOpen = false
    const lines = [...gridLinesOf(grid)].map((line) => JSON.stringify(line))
    writeFileSync(at('loop.jsonl'), lines.join('\n'))
    expect(await runProgram(['grid', 'check', at('loop.jsonl')])).toBe(78)
    expect(err).toMatch(/closes a loop under normal positions: .*G1/)
    expect(err).toContain('[grid.cycle]')
    expect(await runProgram(['grid', 'check', at('loop.jsonl'), '--json'])).toBe(78)
    expect(JSON.parse(out)).toMatchObject({ usable: false, problems: [{ code: 'grid.cycle' }] })
  })

  test.each([
    [64, ['generate', '--customers', '20', '--out', 'x.json'], 'from 100 to 20000000'],
    [64, ['generate', '--customers', '1e3', '--out', 'x.json'], 'whole number'],
    [64, ['generate', '--customers', '1000', '--seed', 'x', '--out', 'x.json'], 'whole number'],
    [64, ['generate', '--customers', '1000', '--out', 'x.xml'], 'the name must end in .json'],
    [64, ['generate', '--customers', '1000'], '--out'],
    [78, ['check', join(tmpdir(), 'lastgasp-no-such.json')], 'no such file'],
    [78, ['generate', '--customers', '100', '--out', '/no/such/folder/x.json'], 'no such file'],
  ])('exits %i: grid %j', async (code, args, said) => {
    expect(await runProgram(['grid', ...args])).toBe(code)
    expect(err).toContain(said)
  })
})
