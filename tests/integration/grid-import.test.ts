/** `grid import` as a command: files in, file out, what it prints, how it refuses. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { readGridFile } from '../../src/app/grid-files.ts'
import { registerGridImport } from '../../src/cli/grid-import.ts'
import { ConfigError, UsageError } from '../../src/config/errors.ts'

let folder = ''
const printed: string[] = []
const at = (name: string) => join(folder, name)

async function run(...args: string[]): Promise<void> {
  const grid = new Command('grid').exitOverride().configureOutput({ writeErr: () => {} })
  registerGridImport(grid)
  for (const command of grid.commands)
    command.exitOverride().configureOutput({ writeErr: () => {} })
  await grid.parseAsync(['import', ...args], { from: 'user' })
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'grid-import-'))
  vi.spyOn(console, 'log').mockImplementation((text) => printed.push(text))
  vi.spyOn(console, 'error').mockImplementation((text) => printed.push(text))
  writeFileSync(
    at('Main.DSS'),
    // A no-break space in Latin-1, as word processors leave it.
    Buffer.from(
      `New Circuit.town bus1=src
New Line.a bus1=src bus2=m
New Line.lat bus1=m.2 bus2=n.2\xa0phases=1
New Transformer.t phases=1 windings=2 buses=[n.2 x.1] kvs=[7.2 .23] kvas=[50 50]
New Load.h phases=1 bus1=x.1
New Capacitor.c bus1=m
`,
      'latin1',
    ),
  )
  writeFileSync(at('fuses.dss'), 'New Fuse.f LINE.lat')
  writeFileSync(at('xy.csv'), 'src, 0, 0\nm, 300, 0\nn, 300, 300')
  writeFileSync(
    at('units.yaml'),
    'units:\n  - { id: U1, name: 城关供电所 }\nfeeders:\n  town: { unit: U1, name: 城关一线 }\n',
  )
})
beforeEach(() => {
  printed.length = 0
})
afterAll(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

describe('grid import', () => {
  it.each(['out.json', 'out.json.gz', 'out.jsonl'])(
    'writes %s and says what it found',
    async (out) => {
      await run('--from', 'opendss', at('main.dss'), '--lateral-fuses', '--out', at(out))
      const { grid } = await readGridFile(at(out))
      expect(grid.name).toBe('town')
      expect(grid.devices.map(({ id, type }) => [id, type])).toEqual([
        ['FB-town', 'breaker'],
        ['LF-lat', 'fuse'],
        ['t', 'transformer'],
      ])
      expect(printed).toContainEqual(expect.stringMatching(/^lateralTaps +1$/))
      expect(printed).toContainEqual(expect.stringMatching(/^skipped: shunt capacitor +1$/))
      expect(printed).toContainEqual(
        expect.stringMatching(/^warning: .*Main\.DSS:2: feeder town has no breaker/),
      )
      expect(printed.at(-1)).toBe(`written to ${at(out)}`)
    },
  )

  it('reads further files, units, and all options', async () => {
    const options = ['--meters-per-transformer', '4', '--terminals', '--units', at('units.yaml')]
    const also = ['--also', at('FUSES.dss'), '--also', at('xy.csv')]
    await run(
      '--from',
      'opendss',
      at('Main.DSS'),
      ...also,
      ...options,
      '--json',
      '--out',
      at('o.json'),
    )
    const { grid } = await readGridFile(at('o.json'))
    expect(grid.devices.find(({ id }) => id === 'lat')).toMatchObject({ type: 'fuse', phases: 'B' })
    expect(grid.feeders[0]).toMatchObject({ unit: 'U1', name: '城关一线' })
    expect(grid.usagePoints).toHaveLength(4)
    expect(grid.observers.filter(({ class: kind }) => kind === 'concentrator')).toHaveLength(1)
    expect(grid.nodes.every(({ lon }) => lon !== undefined)).toBe(true)
    const [line] = printed
    const said = JSON.parse(line!)
    expect(said.counts).toMatchObject({
      loads: 1,
      usagePoints: 4,
      syntheticMeters: 3,
      placedBuses: 3,
    })
    expect(said.digest).toMatch(/^[0-9a-f]{64}$/)
  })

  it('refuses dialects it cannot read, saying what it can', async () => {
    for (const dialect of ['cim', 'geojson', 'csv']) {
      const attempt = run('--from', dialect, at('main.dss'), '--out', at('no.json'))
      await expect(attempt).rejects.toThrow(UsageError)
      await expect(attempt).rejects.toThrow('supported: opendss')
    }
    await expect(run('--from', 'excel', 'x', '--out', at('no.json'))).rejects.toMatchObject({
      code: 'commander.invalidArgument',
    })
    const many = ['--meters-per-transformer', '-1']
    await expect(
      run('--from', 'opendss', 'x', ...many, '--out', at('no.json')),
    ).rejects.toMatchObject({ code: 'commander.invalidArgument' })
  })

  it('ends with file and line where a source cannot be read', async () => {
    writeFileSync(at('bad.dss'), 'New Circuit.c\n\nNew Lime.a bus1=b')
    const bad = run('--from', 'opendss', at('bad.dss'), '--out', at('no.json'))
    await expect(bad).rejects.toThrow(ConfigError)
    await expect(bad).rejects.toThrow(`${at('bad.dss')}:3: unknown class Lime`)
    await expect(run('--from', 'opendss', at('gone.dss'), '--out', at('no.json'))).rejects.toThrow(
      `${at('gone.dss')}:1: no such file`,
    )
    await expect(run('--from', 'opendss', folder, '--out', at('no.json'))).rejects.toThrow(
      `${folder}:1: no such file`,
    )
    writeFileSync(at('units-bad.yaml'), 'units: []')
    const units = ['--units', at('units-bad.yaml')]
    await expect(
      run('--from', 'opendss', at('Main.DSS'), ...units, '--out', at('no.json')),
    ).rejects.toThrow('units-bad.yaml:1: "units" is not a list of units')
    await expect(run('--from', 'opendss', at('Main.DSS'), '--out', at('no.txt'))).rejects.toThrow(
      ConfigError,
    )
  })
})
