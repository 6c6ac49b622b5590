/**
 * The verbs of the contract (§1–3, §7) against the built program: what each prints and how it ends.
 * Verbs of the contract that this version does not have yet are listed as such, and must be unknown
 * rather than answered by a stub.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { CONTRACT_GRID } from '../support/contract-grid.ts'
import { lastgasp, lastgaspOutput, type Server, startServing } from '../support/server.ts'

const DONE = 0
const USAGE = 64
const CONFIGURATION = 78

const folder = mkdtempSync(join(tmpdir(), 'lastgasp-contract-'))
const file = (name: string) => join(folder, name)
const grid = file('grid.json')

let server: Server
beforeAll(async () => {
  writeFileSync(grid, JSON.stringify(CONTRACT_GRID))
  server = await startServing({ grid })
})
afterAll(async () => {
  await server?.remove()
  rmSync(folder, { recursive: true, force: true })
})

const VERBS = [
  ['serve'],
  ['grid', 'import'],
  ['grid', 'generate'],
  ['grid', 'check'],
  ['grid', 'stats'],
  ['grid', 'compile'],
  ['grid', 'diff'],
  ['simulate'],
  ['score'],
  ['replay'],
  ['user', 'add'],
  ['customers', 'import'],
  ['customers', 'generate'],
  ['audit', 'verify'],
  ['token'],
  ['config', 'print'],
  ['doctor'],
  ['bench'],
  ['bench', 'accuracy'],
  ['bench', 'engine'],
  ['bench', 'kill'],
  ['grid', 'apply'],
  ['rules', 'check'],
  ['rules', 'test'],
  ['bench', 'simulate'],
  ['bench', 'lookup'],
  ['bench', 'live'],
  ['bench', 'fuzz'],
  ['bench', 'pipeline'],
  ['backup'],
  ['restore'],
  ['bench', 'storm'],
] as const

/** Of the contract, asked for by later work: unknown until then. */
const LATER = [
  ['grid', 'import', '--from', 'cim', 'x.xml', '--out', 'x.json'],
  ['grid', 'import', '--from', 'geojson', 'x.geojson', '--out', 'x.json'],
  ['grid', 'import', '--from', 'csv', 'x.csv', '--out', 'x.json'],
] as const

describe('§1 scripts', () => {
  test.each(['start', 'test', 'build', 'check', 'bench', 'soak'])('npm run %s exists', (name) => {
    const { scripts, bin, engines } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(scripts).toHaveProperty(name)
    expect(bin).toEqual({ lastgasp: 'dist/main.js' })
    expect(engines).toEqual({ node: '>=20.19' })
  })
})

/** The same command line in this process: a table of verbs needs no process for each. */
async function inProcess(args: readonly string[]): Promise<{ code: number; output: string }> {
  let output = ''
  const take = (text: unknown) => {
    output += `${text}`
    return true
  }
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(take as never),
    vi.spyOn(process.stderr, 'write').mockImplementation(take as never),
    vi.spyOn(console, 'error').mockImplementation(take),
  ]
  try {
    return { code: await runProgram(args), output }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

describe('§2 exit codes', () => {
  test.each(VERBS.map((verb) => [verb.join(' '), verb] as const))('%s --help', async (_, verb) => {
    const { code, output } = await inProcess([...verb, '--help'])
    expect(code).toBe(DONE)
    expect(output).toContain(`Usage: lastgasp ${verb.join(' ')}`)
  })

  test.each(LATER.map((verb) => [verb.join(' '), verb] as const))(
    'later: %s is refused, not answered by a stub',
    async (_, verb) => {
      const { code, output } = await inProcess(verb)
      expect(code).toBe(USAGE)
      expect(output).toContain('cannot be read yet')
    },
  )

  test.each(['sensing', 'engine', 'records'])(
    '--role %s says what it needs where there is no Kafka',
    async (role) => {
      const { code, output } = await inProcess(['serve', '--role', role])
      expect(code).toBe(USAGE)
      expect(output).toContain(`--role ${role} needs kafka.brokers`)
    },
  )

  test('the help of the program itself is 0, an unknown verb 64', async () => {
    expect((await lastgasp(['--help'])).code).toBe(DONE)
    expect((await lastgasp(['frobnicate'])).code).toBe(USAGE)
  })

  test('a reader that has read enough (`| head`) is no failure', async () => {
    const child = spawn(process.execPath, ['dist/main.js', 'grid', 'draw', '--help'])
    child.stdout.destroy()
    let complaint = ''
    child.stderr.on('data', (bytes) => {
      complaint += bytes
    })
    const [code] = await once(child, 'close')
    expect({ code, complaint }).toEqual({ code: DONE, complaint: '' })
  })

  test('bad usage is 64', async () => {
    expect((await inProcess(['serve', '--no-such-flag'])).code).toBe(USAGE)
    expect((await inProcess(['token'])).code).toBe(USAGE)
    expect((await inProcess(['token', '--role', 'nobody'])).code).toBe(USAGE)
    expect((await inProcess(['token', '--role', 'auditor', '--ttl', '3d'])).code).toBe(USAGE)
    expect((await inProcess(['replay'])).code).toBe(USAGE)
  })

  test('bad configuration is 78 and names the place', async () => {
    const wrong = await lastgasp(['config', 'print'], { LASTGASP__HTTP__PORT: 'many' })
    expect(wrong.code).toBe(CONFIGURATION)
    expect(wrong.output).toContain('LASTGASP__HTTP__PORT')
    expect((await lastgasp(['replay', '--data', file('empty')])).code).toBe(CONFIGURATION)
  })

  test('a data folder belongs to one process', async () => {
    const { code, output } = await lastgasp(['serve', '--data', server.data, '--port', '0'])
    expect(code).toBe(CONFIGURATION)
    expect(output).toContain(server.data)
  })
})

describe('§2 and §3 grid files', () => {
  test('every field of the contract is read; check, stats, compile and diff say what they found', async () => {
    expect((await lastgasp(['grid', 'check', grid])).code).toBe(DONE)
    const stats = JSON.parse(await lastgaspOutput(['grid', 'stats', grid, '--json']))
    expect(JSON.stringify(stats)).toContain('"usagePoints":4')
    const image = file('grid.image')
    await lastgaspOutput(['grid', 'compile', grid, '--out', image])
    expect(readFileSync(image).length).toBeGreaterThan(0)
    expect((await lastgasp(['grid', 'diff', grid, grid])).code).toBe(DONE)
  })

  test('generate: the same seed makes the same file', async () => {
    const [one, two] = [file('one.jsonl'), file('two.jsonl')]
    for (const out of [one, two])
      await lastgaspOutput([
        ...['grid', 'generate', '--customers', '1000', '--seed', '5', '--out', out],
      ])
    const bytes = readFileSync(one)
    expect(bytes.length).toBeGreaterThan(0)
    expect(bytes.equals(readFileSync(two))).toBe(true)
  })
})

describe('§2 identity and settings, beside the running server', () => {
  test('token prints the token alone on its last line, and it opens the interface', async () => {
    const printed = await lastgaspOutput([
      ...['token', '--role', 'agent', '--unit', '1501', '--ttl', '15m', '--data', server.data],
    ])
    const token = printed.trimEnd().split('\n').at(-1)!
    expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
    const me = await server.fetch('/api/v1/me', { headers: { authorization: `Bearer ${token}` } })
    expect(me.status).toBe(200)
    expect(await me.json()).toMatchObject({ account: { role: 'agent', units: ['1501'] } })
  })

  test('user add: the account signs in at once, and the cookie is the browser’s alone', async () => {
    const printed = await lastgaspOutput([
      ...['user', 'add', 'wang', '--role', 'agent', '--unit', '1501', '--data', server.data],
    ])
    const password = /^password: (\S+)$/m.exec(printed)![1]
    const response = await fetch(`${server.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'wang', password }),
    })
    expect(response.status).toBe(200)
    const cookie = response.headers.get('set-cookie')!
    expect(cookie).toMatch(/HttpOnly/i)
    expect(cookie).toMatch(/SameSite=Strict/i)
    expect(server.output()).not.toContain(password)
  })

  test('config print shows origins and hides every secret, however it was given', async () => {
    const secretFile = file('token')
    writeFileSync(secretFile, 'hidden-three\n')
    const { code, output } = await lastgasp(['config', 'print', '--port', '8088'], {
      LASTGASP__MQTT__SECRET: 'hidden-one',
      INFLUX_URL: 'http://127.0.0.1:8086',
      INFLUX_DATABASE: 'lastgasp',
      INFLUX_PASSWORD: 'hidden-two',
      INFLUX_TOKEN_FILE: secretFile,
    })
    expect(code).toBe(DONE)
    expect(output).toMatch(/port: 8088 +# flag --port/)
    expect(output).toMatch(/url: "http:\/\/127\.0\.0\.1:8086" +# environment INFLUX_URL/)
    expect(output).toMatch(/secret: \(hidden\)/)
    expect(output).not.toMatch(/hidden-(one|two|three)/)
  })

  test('doctor finds the server, and says what cannot be reached', async () => {
    const { port } = new URL(server.url)
    const found = await lastgasp(
      ['doctor', '--data', server.data, '--port', port, '--mqtt-port', `${server.mqttPort}`],
      { INFLUX_URL: 'http://127.0.0.1:1', INFLUX_DATABASE: 'lastgasp' },
    )
    expect(found.code).toBe(CONFIGURATION)
    expect(found.output).toMatch(/ok +server: ready/)
    expect(found.output).toMatch(/ok +HTTP port/)
    expect(found.output).toMatch(/WRONG +series at/)
  })
})
