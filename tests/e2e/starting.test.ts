/** What `serve` and `grid check` say when they cannot start or cannot use what they were given. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Grid } from '../../src/grid/model.ts'
import { lastgasp, type Server, startServing } from '../support/server.ts'
import { freePort } from '../support/server-process.ts'
import { item, smallGrid } from '../unit/grid/small-grid.ts'

const BAD_CONFIGURATION = 78
const folder = mkdtempSync(join(tmpdir(), 'lastgasp-starting-'))
const good = join(folder, 'good.json')
let server: Server

beforeAll(async () => {
  writeFileSync(good, JSON.stringify(smallGrid()))
  server = await startServing({ grid: good, data: join(folder, 'data') })
})
afterAll(async () => {
  await server?.remove()
  rmSync(folder, { recursive: true, force: true })
})

async function serve(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const ports = ['--port', `${await freePort()}`, '--mqtt-port', `${await freePort()}`]
  const data = mkdtempSync(join(folder, 'data-'))
  return await lastgasp(['serve', '--data', data, ...ports, ...args], env)
}

async function portInUse<T>(use: (port: number) => Promise<T>): Promise<T> {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  try {
    return await use((other.address() as { port: number }).port)
  } finally {
    other.close()
  }
}

describe('serve', () => {
  it('leaves a data folder to the process that has it, and names that', async () => {
    const { code, output } = await serve(['--data', server.data, '--grid', good])
    expect(code).toBe(BAD_CONFIGURATION)
    expect(output).toContain(`in use by process ${server.pid}`)
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  })

  it.each(['--port', '--mqtt-port'])('says that the port of %s is taken', async (flag) => {
    const { code, output } = await portInUse((port) => serve(['--grid', good, flag, String(port)]))
    expect(code).toBe(BAD_CONFIGURATION)
    expect(output).toMatch(/127\.0\.0\.1:\d+ \(the port is taken/)
  })

  it('asks for a grid where there is none', async () => {
    const { code, output } = await serve([])
    expect(code).toBe(BAD_CONFIGURATION)
    expect(output).toContain('give --grid FILE')
  })

  it('names file and line of a rule that cannot be', async () => {
    const rules = join(folder, 'rules')
    cpSync('config/rules', rules, { recursive: true })
    const file = join(rules, 'judgement.yaml')
    const text = readFileSync(file, 'utf8').replace('windowMinutes: 60', 'windowMinutes: soon')
    writeFileSync(file, text)
    const line = text.split('\n').findIndex((each) => each.includes('soon')) + 1
    const { code, output } = await serve(['--grid', good], { LASTGASP__RULES__DIR: rules })
    expect(code).toBe(BAD_CONFIGURATION)
    expect(output).toContain(`${file}:${line}: windowMinutes`)
  })

  it('names the rule file that is not there', async () => {
    const empty = join(folder, 'empty')
    mkdirSync(empty)
    const { code, output } = await serve(['--grid', good], { LASTGASP__RULES__DIR: empty })
    expect(code).toBe(BAD_CONFIGURATION)
    expect(output).toContain(join(empty, 'judgement.yaml'))
  })
})

const SPOILT: readonly (readonly [string, (grid: Grid) => void, RegExp])[] = [
  [
    'a cycle',
    ({ devices }) => {
      devices.push({ id: 'K9', type: 'switch', name: 'ring', from: 'd', to: 'b' })
    },
    /K9: closes a loop/,
  ],
  [
    'an orphan',
    (grid) => {
      grid.nodes.push({ id: 'x1' }, { id: 'x2' })
      grid.devices.push({ id: 'T9', type: 'transformer', name: 'lost', from: 'x1', to: 'x2' })
      grid.usagePoints.push({ id: 'U9', device: 'T9' })
    },
    /T9|U9|x1/,
  ],
  [
    'a duplicate id',
    ({ devices }) => {
      devices.push({ ...item(devices, 'T1') })
    },
    /T1/,
  ],
  [
    'a reference to nothing',
    ({ devices }) => {
      Object.assign(item(devices, 'K1'), { to: 'nowhere' })
    },
    /K1.*nowhere/,
  ],
  [
    'a wrong field',
    ({ devices }) => {
      Object.assign(item(devices, 'K1'), { type: 'door' })
    },
    /K1.*type|devices.*type/,
  ],
]

describe.each(SPOILT)('a grid with %s', (_name, spoil, place) => {
  const file = join(folder, 'bad.json')
  beforeAll(() => {
    const grid = smallGrid()
    spoil(grid)
    writeFileSync(file, JSON.stringify(grid))
  })

  it('is not checked as good, and the place is named', async () => {
    const { code, output } = await lastgasp(['grid', 'check', file])
    expect(output).toMatch(place)
    expect(code).toBe(BAD_CONFIGURATION)
  })

  it('is not served, and the place is named', async () => {
    const { code, output } = await serve(['--grid', file])
    expect(output).toMatch(place)
    expect(code).toBe(BAD_CONFIGURATION)
  })
})

it('a grid that is no JSON, or not there, is said so', async () => {
  const file = join(folder, 'broken.json')
  writeFileSync(file, '{"version": 1,')
  for (const path of [file, join(folder, 'missing.json'), join(folder, 'good.txt')])
    for (const verb of [['grid', 'check', path], undefined]) {
      const { code, output } = await (verb ? lastgasp(verb) : serve(['--grid', path]))
      expect(output).toContain(path)
      // 64: a name with an ending that no grid file has is bad usage of `grid check`.
      expect([64, BAD_CONFIGURATION]).toContain(code)
    }
})
