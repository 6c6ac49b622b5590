/** The verbs `simulate` and `score`, and the child process of the demonstration. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { truthLine } from '../../simulators/truth.ts'
import { runProgram } from '../../src/cli/program.ts'
import { drawnGrid } from '../support/drawn-grid.ts'
import { TestBroker } from '../support/test-broker.ts'
import { until } from '../support/until.ts'

const SCENARIO = `
name: { zh: 试, en: Try }
durationSeconds: 30
channel: { powerOnDelay: { medianSeconds: 5, sigma: 0.2 }, meterOffDelay: { medianSeconds: 3, sigma: 0.2 } }
events:
  - atSeconds: 2
    fault: { device: X1, restoreAfterSeconds: 15 }
`
const GRID = drawnGrid(
  'B1 breaker\n  X1 transformer\n    C1 concentrator\n    m1 meter\n    m2 meter\n  X2 transformer\n    m3 meter\n',
)

let dir = ''
let out: string[] = []
let errors: string[] = []
const file = (name: string) => join(dir, name)

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-sim-'))
  writeFileSync(file('try.yaml'), SCENARIO)
  writeFileSync(file('grid.json.gz'), gzipSync(JSON.stringify(GRID)))
  out = []
  errors = []
  vi.spyOn(console, 'log').mockImplementation((line = '') => void out.push(String(line)))
  vi.spyOn(console, 'error').mockImplementation((line = '') => void errors.push(String(line)))
  vi.stubEnv('LASTGASP_TERMINAL_SECRET', undefined)
  vi.stubEnv('LASTGASP_TOKEN', undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  rmSync(dir, { recursive: true, force: true })
})

const simulate = (broker: string, ...more: string[]) =>
  runProgram([
    ...['simulate', file('try.yaml'), '--broker', broker, '--grid', file('grid.json.gz')],
    ...['--speed', '30', '--truth', file('truth.jsonl'), ...more],
  ])

describe('simulate', () => {
  it('plays a scenario, prints a summary and writes the truth', async () => {
    const broker = new TestBroker()
    await broker.start()
    try {
      expect(await simulate(broker.url.replace('//', '//any:from-url@'))).toBe(0)
      expect(broker.signIns.map(({ client, password }) => [client, password]).sort()).toEqual([
        ['C1', 'from-url'],
        ['o-m3', 'from-url'],
      ])
    } finally {
      await broker.stop()
    }
    const lines = readFileSync(file('truth.jsonl'), 'utf8').trim().split('\n')
    const events = lines.map((line) => truthLine.parse(JSON.parse(line)))
    expect(events.map(({ event }) => event)).toEqual([
      'start',
      'fault',
      'restored',
      'reports',
      'end',
    ])
    expect(events[1]).toMatchObject({
      device: 'X1',
      usagePoints: 2,
      meters: ['m1', 'm2'],
      above: ['B1'],
    })
    expect(out.join('\n')).toMatch(/fault at transformer X1/)
    expect(out.join('\n')).toMatch(/unacknowledged\s+0/)
  })

  it.each([
    ['a scenario that does not exist', 64, 'no-such', [], /no-such: no such scenario/],
    ['a speed of nothing', 64, undefined, ['--speed', '0'], undefined],
    ['a grid that does not exist', 78, undefined, ['--grid', '/no/grid.json.gz'], /no\/grid/],
    [
      'a grid of lines that does not exist',
      78,
      undefined,
      ['--grid', '/no/grid.jsonl'],
      /no\/grid/,
    ],
    ['no broker', 78, undefined, [], /cannot connect to mqtt:\/\/127.0.0.1:1/],
    ['a broker that is no URL', 64, undefined, ['--broker', '::'], /not a URL/],
  ])('ends with its exit code: %s', async (_, code, scenario, more, message) => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const args = ['simulate', scenario ?? file('try.yaml'), '--broker', 'mqtt://127.0.0.1:1']
    expect(await runProgram([...args, '--grid', file('grid.json.gz'), ...more])).toBe(code)
    if (message) expect(errors.join('\n')).toMatch(message)
  })

  it('names the place of a grid that cannot be used', async () => {
    const broken = { ...GRID, devices: [{ ...GRID.devices[0], type: 'wheel' }] }
    writeFileSync(file('broken.json'), JSON.stringify(broken))
    const args = ['--grid', file('broken.json')]
    expect(await simulate('mqtt://127.0.0.1:1', ...args)).toBe(78)
    expect(errors.join('\n')).toMatch(/device B1 .*type: "wheel"/)
  })
})

describe('score', () => {
  const incident = (id: string, deviceId: string) => ({
    id,
    parent: null,
    kind: 'fault',
    outageKind: 'confirmed',
    outcome: null,
    mergedInto: null,
    level: 'transformer',
    feeder: 'f-B1',
    device: { id: deviceId, type: 'transformer', name: deviceId },
    rivals: [],
    originalMetersAffected: 2,
    startedAt: '2026-11-22T03:00:01.000Z',
    sensedAt: '2026-11-22T03:00:05.000Z',
    restoredAt: null,
  })
  const TRUTH = [
    {
      ...{ $: 'truth', at: '2026-11-22T03:00:00.000Z', event: 'fault', fault: 'f1', device: 'X1' },
      ...{ level: 'transformer', phases: 'ABC', feeder: 'f-B1', usagePoints: 2, transformers: 1 },
      ...{ observers: 3, heard: 2, above: ['B1'], below: [], meters: ['m1', 'm2'] },
    },
  ]
  let server: Server
  let asked: string[] = []

  beforeEach(async () => {
    asked = []
    writeFileSync(file('truth.jsonl'), TRUTH.map((line) => JSON.stringify(line)).join('\n'))
    server = createServer((request, response) => {
      asked.push(request.url!)
      if (request.headers.authorization !== 'Bearer good') {
        response.writeHead(401).end('{"code":"auth.required"}')
        return
      }
      const second = request.url!.includes('cursor=next')
      const incidents = second ? [incident('I1', 'X1')] : [incident('I0', 'X9')]
      response.end(JSON.stringify({ incidents, cursor: second ? null : 'next', asOf: '' }))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterEach(async () => {
    server.close()
    await once(server, 'close')
  })

  const score = (...more: string[]) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return runProgram(['score', '--truth', file('truth.jsonl'), '--url', url, ...more])
  }

  it('reads every page and prints a table and the totals', async () => {
    vi.stubEnv('LASTGASP_TOKEN', 'good')
    expect(await score()).toBe(0)
    expect(asked).toHaveLength(2)
    expect(asked[0]).toContain('state=all')
    expect(out.join('\n')).toMatch(/f1 +transformer +X1 +2 +I1 +right +5\.0 s +still out/)
    expect(out.join('\n')).toMatch(/1 false incidents/)
    expect(JSON.parse(out.at(-1)!)).toMatchObject({ faults: 1, right: 1, precision: 0.5 })
  })

  it('prints everything as JSON where asked to', async () => {
    vi.stubEnv('LASTGASP_TOKEN', 'good')
    expect(await score('--json')).toBe(0)
    expect(JSON.parse(out.join('\n'))).toMatchObject({
      faults: [{ fault: 'f1', incident: 'I1', place: 'same', sensedAfterMs: 5_000 }],
      falseIncidents: ['I0'],
    })
  })

  it('says what is wrong with token, program and truth', async () => {
    expect(await score()).toBe(64)
    vi.stubEnv('LASTGASP_TOKEN', 'bad')
    expect(await score()).toBe(78)
    expect(errors.join('\n')).toMatch(/401 .*auth.required/)
    writeFileSync(file('truth.jsonl'), `${JSON.stringify(TRUTH[0])}\n{"$":"truth","event":"no"}\n`)
    vi.stubEnv('LASTGASP_TOKEN', 'good')
    expect(await score()).toBe(64)
    expect(errors.join('\n')).toMatch(/truth\.jsonl:2: /)
  })

  it('takes a token from the data folder of the program', async () => {
    expect(await score('--data', dir)).toBe(78)
    expect(errors.join('\n')).toMatch(/401/)
  })
})

describe('the child process of the demonstration', () => {
  it('plays until its standard input ends', async () => {
    const broker = new TestBroker()
    await broker.start()
    const child: ChildProcess = spawn(
      process.execPath,
      [
        'dist/simulators/main.js',
        ...['--broker', broker.url, '--grid', file('grid.json.gz'), '--scenario', 'demo'],
      ],
      {
        env: { ...process.env, LASTGASP_TERMINAL_SECRET: 's' },
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    )
    try {
      child.stdout!.resume()
      // The demonstration begins with every terminal saying that it has supply.
      const announced = () => broker.events().some(({ message }) => message.kind === 'powerOn')
      await until(() => announced() || child.exitCode !== null)
      expect(child.exitCode).toBeNull()
      child.stdin!.end()
      const [code] = (await once(child, 'exit')) as [number | null]
      expect(code).toBe(0)
    } finally {
      child.kill()
      await broker.stop()
    }
  })
})
