import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { runProgram } from '../../../src/cli/program.ts'
import { freePort } from '../../support/server-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'lastgasp-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

let out: string
let err: string
beforeEach(() => {
  out = ''
  err = ''
  const toOut = (text: unknown) => {
    out += text
    return true
  }
  const toErr = (text: unknown) => {
    err += text
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(toOut)
  vi.spyOn(process.stderr, 'write').mockImplementation(toErr)
  vi.spyOn(console, 'log').mockImplementation((line) => toOut(`${line}\n`))
  vi.spyOn(console, 'error').mockImplementation((line) => toErr(`${line}\n`))
})
afterEach(() => {
  vi.restoreAllMocks()
})

describe('exit codes', () => {
  test.each([
    [0, ['--help'], /Usage: lastgasp/, ''],
    [0, ['--version'], /^\d+\.\d+\.\d+/, ''],
    [0, ['config', 'print', '--help'], /Example:\n {2}lastgasp config print/, ''],
    [64, ['confg'], '', /unknown command 'confg'/],
    [64, ['config', 'print', '--prot', '1'], '', /unknown option '--prot'[\s\S]*--port/],
    [64, [], '', /Usage: lastgasp/],
    [78, ['config', 'print', '--port', 'x'], '', /flag --port: http.port: expected a whole number/],
    [78, ['config', 'print', '--config', '/none.yaml'], '', /\/none.yaml: cannot be read/],
  ])('%i: %j', async (code, args, said, complained) => {
    expect(await runProgram(args)).toBe(code)
    expect(out).toMatch(said)
    expect(err).toMatch(complained)
  })

  test.each([
    ['grid', 'apply', 'grid.json'],
    ['rules', 'apply', 'config/rules'],
    ['score', '--truth', 'truth.jsonl'],
    ['simulate', 'storm', '--broker', 'mqtt://127.0.0.1', '--grid', 'grid.json'],
  ])('an address that is none is bad usage: %s %s', async (...verb) => {
    for (const url of ['nonsense', 'localhost:8080', 'mqtt://127.0.0.1']) {
      expect(await runProgram([...verb, '--url', url])).toBe(64)
      expect(err).toContain('expected http://host:port')
      err = ''
    }
  })

  test('whoever answers at the address and is not this program is bad configuration', async () => {
    const other = createHttpServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    vi.stubEnv('LASTGASP_TOKEN', 'token')
    const url = `http://127.0.0.1:${port}`
    expect(await runProgram(['rules', 'apply', 'config/rules', '--url', url])).toBe(78)
    expect(err).toContain(`${url}: 200, and no answer of this program`)
    vi.unstubAllEnvs()
    other.close()
  })

  test('every verb has help with an example', async () => {
    await runProgram(['--help'])
    const verbs = [...out.split('Commands:')[1]!.matchAll(/^ {2}([a-z]+)/gm)].map((m) => m[1]!)
    expect(verbs).toContain('config')
    for (const verb of verbs) {
      out = ''
      expect(await runProgram([verb, '--help'])).toBe(0)
      const children = out.split('Commands:')[1]
      const pages = children
        ? [...children.matchAll(/^ {2}(?!help)([a-z]+)/gm)].map((match) => [verb, match[1]!])
        : [[verb]]
      for (const page of pages) {
        out = ''
        expect(await runProgram([...page, '--help'])).toBe(0)
        expect(out, page.join(' ')).toMatch(
          new RegExp(`Example:[\\s\\S]*lastgasp ${page.join(' ')}`),
        )
      }
    }
  })
})

test('config print takes the file, the environment and flags', async () => {
  const file = join(folder, 'config.yaml')
  writeFileSync(file, 'mqtt:\n  port: 18830\n')
  expect(await runProgram(['config', 'print', '--config', file, '--port', '18080'])).toBe(0)
  expect(out).toMatch(/port: 18830 +# config.yaml:2/)
  expect(out).toMatch(/port: 18080 +# flag --port/)
})

describe('doctor', () => {
  test('finds nothing wrong with free ports and a writable folder', async () => {
    const [http, mqtt] = [await freePort(), await freePort()]
    const args = ['--data', join(folder, 'new'), '--port', `${http}`, '--mqtt-port', `${mqtt}`]
    expect(await runProgram(['doctor', ...args])).toBe(0)
    expect(out.match(/^ok {5}/gm)).toHaveLength(4)
    expect(out).toContain('series: off')
  })

  test('passes on why the server that runs here is not ready', async () => {
    const ready = false
    const reasons = ['records: partition 1 is judged otherwise here, start it again']
    const server = createHttpServer((_, answer) => {
      answer.writeHead(503).end(JSON.stringify({ ready, reasons }))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as { port: number }
    const args = ['--data', folder, '--port', `${port}`, '--mqtt-port', `${await freePort()}`]
    expect(await runProgram(['doctor', ...args])).toBe(78)
    server.close()
    expect(out).toMatch(/^WRONG {2}server: records: partition 1 is judged otherwise here/m)
    expect(out).toMatch(/^ok {5}HTTP port \d+ on 127.0.0.1: in use while a server answers/m)
  })

  test('asks whom a gateway asks', async () => {
    const upstream = createHttpServer((_, answer) => {
      answer.end(JSON.stringify({ ready: true, reasons: [] }))
    })
    await once(upstream.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(upstream.address() as { port: number }).port}`
    const file = join(folder, 'gateway.yaml')
    writeFileSync(file, `gateway:\n  upstream: ${url}\n`)
    const ports = ['--port', `${await freePort()}`, '--mqtt-port', `${await freePort()}`]
    const args = ['doctor', '--config', file, '--data', folder, ...ports]
    expect(await runProgram(args)).toBe(0)
    expect(out).toMatch(/^ok {5}upstream at http:\S+: ready$/m)
    upstream.close()
    upstream.closeAllConnections()
    expect(await runProgram(args)).toBe(78)
    expect(out).toMatch(/^WRONG {2}upstream at http:\S+: does not answer$/m)
  })

  test('names a taken port and a database that does not answer', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    const influx = await freePort()
    const file = join(folder, 'doctor.yaml')
    writeFileSync(file, `series:\n  url: http://127.0.0.1:${influx}\n  database: d\n`)
    const args = ['--config', file, '--data', folder, '--port', `${await freePort()}`]
    expect(await runProgram(['doctor', ...args, '--mqtt-port', `${port}`])).toBe(78)
    taken.close()
    expect(out).toMatch(/^WRONG {2}MQTT port \d+ on 127.0.0.1: taken by another program$/m)
    expect(out).toMatch(/^WRONG {2}series at http:.*no answer/m)
    expect(err).toContain('2 of 4 wrong')
  })
})
