import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  bannedHabits,
  codeOnly,
  cycles,
  importsOf,
  impurities,
  type Source,
  wrongArrows,
} from './layers.ts'

function readSources(folder: string): Source[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .filter((path) => !path.includes('/node_modules/') && !path.includes('/dist/'))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }))
}

const sources = ['src', 'simulators', 'dashboards'].flatMap(readSources)

describe('the code', () => {
  test('is found', () => {
    const paths = sources.map(({ path }) => path)
    expect(paths).toContain('src/engine/changes.ts')
    expect(paths).toContain('src/main.ts')
  })
  test('imports one way, and adapters do not import each other', () => {
    expect(wrongArrows(sources)).toEqual([])
  })
  test('has no import cycle', () => {
    expect(cycles(sources)).toEqual([])
  })
  test('has no clock, randomness, I/O or concurrency in facts, grid and engine', () => {
    expect(impurities(sources)).toEqual([])
  })
  test('has no default export, no marker of unfinished work and no overlong file', () => {
    expect(bannedHabits(sources)).toEqual([])
  })
})

describe('the checks themselves', () => {
  const planted = (path: string, text: string): Source[] => [{ path, text }]

  test.each([
    ["import { a } from '../engine/changes.ts'", 'src/grid/x.ts', 'grid must not import engine'],
    ["import type { A } from '../http/a.ts'", 'src/live/x.ts', 'live must not import http'],
    ["import {\n  a,\n  b,\n} from '../app/a.ts'", 'src/config/x.ts', 'config must not import app'],
    [
      "export { a } from '../../records/port.ts'",
      'src/http/a/x.ts',
      'http must not import records',
    ],
    ["const a = await import('../cli/a.ts')", 'src/app/x.ts', 'app must not import cli'],
    ["import '../src/engine/a.ts'", 'simulators/x.ts', 'simulators must not import engine'],
    ["import { a } from '../src/sensing/a.ts'", 'simulators/x.ts', 'must not import sensing'],
    ["import { a } from '../../../src/http/a.ts'", 'dashboards/console/src/x.tsx', 'import http'],
    ["import { a } from '../../tests/support/a.ts'", 'src/app/x.ts', 'app must not import'],
    ['', 'src/utils/x.ts', 'no layer of that name'],
  ])('a wrong arrow is caught: %s in %s', (text, path, said) => {
    expect(wrongArrows(planted(path, text)).join()).toContain(said)
  })

  test('right arrows, packages and commented imports pass', () => {
    const text =
      "import { z } from 'zod'\n// import { a } from '../http/a.ts'\n/* import '../http/a.ts' */\nimport { b } from '../facts/b.ts'"
    expect(wrongArrows(planted('src/records/x.ts', text))).toEqual([])
    expect(importsOf(planted('src/records/x.ts', text)[0]!)).toHaveLength(2)
  })

  test('a cycle is caught, a diamond is not', () => {
    const file = (name: string, ...imports: string[]): Source => ({
      path: `src/grid/${name}.ts`,
      text: imports.map((other) => `import { x } from './${other}.ts'`).join('\n'),
    })
    expect(cycles([file('a', 'b'), file('b', 'c'), file('c', 'a')])).toEqual([
      'src/grid/a.ts → src/grid/b.ts → src/grid/c.ts → src/grid/a.ts',
    ])
    expect(cycles([file('a', 'b', 'c'), file('b', 'd'), file('c', 'd'), file('d')])).toEqual([])
  })

  test.each([
    ['const at = Date.now()'],
    ['const at = new Date()'],
    ['const at = new Date'],
    ['const p = Math.random()'],
    ['setTimeout(() => undefined, 10)'],
    ['queueMicrotask(run)'],
    ['const home = process.env.HOME'],
    ['export async function step() {}'],
    ['for await (const a of b) step(a)'],
    ['return new Promise(resolve)'],
    ['const f = new Intl.NumberFormat()'],
    ["names.sort((a, b) => a.localeCompare(b, 'zh'))"],
    ['n.toLocaleString()'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the planted code is a template
    ['const text = `at ${Date.now()}`'],
    ["import { readFileSync } from 'node:fs'"],
  ])('impure code is caught: %s', (text) => {
    expect(impurities(planted('src/engine/x.ts', text))).toHaveLength(1)
    expect(impurities(planted('src/facts/x.ts', text))).toHaveLength(1)
    expect(impurities(planted('src/journal/x.ts', text))).toEqual([])
  })

  test('words about time are not a clock', () => {
    const text =
      "// Date.now() would be wrong\nconst help = 'await new Date()'\n/** async */ const a = 1"
    expect(impurities(planted('src/engine/x.ts', text))).toEqual([])
    expect(codeOnly(text).split('\n')).toHaveLength(3)
  })

  test('banned habits are caught', () => {
    expect(bannedHabits(planted('src/app/x.ts', 'export default 1'))).toHaveLength(1)
    expect(bannedHabits(planted('src/app/x.ts', `// ${'TO'}DO later`))).toHaveLength(1)
    expect(bannedHabits(planted('src/app/x.ts', 'a\n'.repeat(421)))).toHaveLength(1)
    expect(bannedHabits(planted('src/app/x.ts', 'export const a = 1\n'))).toEqual([])
  })
})
