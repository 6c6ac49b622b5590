/**
 * Call-reads through the whole program: the terminals are MQTT clients, the rules ask after three
 * seconds. A restart between question and answer asks nobody twice.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningProgram, startProgram } from '../../src/app/program.ts'
import { loadSettings } from '../../src/config/load.ts'
import type { CallMessage } from '../../src/facts/wire.ts'
import { openQueries } from '../../src/records/queries.ts'
import { drawnGrid } from '../support/drawn-grid.ts'
import { freePort } from '../support/server-process.ts'
import { until } from '../support/until.ts'

const DRAWING = [
  ...['B breaker', '  X transformer', '    C concentrator', '    m1 meter', '    m2 meter'],
  ...['  Y transformer', '    D concentrator', '    m8 meter', '    m9 meter'],
].join('\n')

const folder = mkdtempSync(join(tmpdir(), 'lastgasp-calls-'))

/** The shipped rules, asking early. */
function writeRules(): string {
  const rules = join(folder, 'rules')
  mkdirSync(rules)
  const judgement = readFileSync('config/rules/judgement.yaml', 'utf8')
  writeFileSync(
    join(rules, 'judgement.yaml'),
    judgement.replace(/afterSeconds: 30$/m, 'afterSeconds: 3'),
  )
  writeFileSync(join(rules, 'grading.yaml'), readFileSync('config/rules/grading.yaml', 'utf8'))
  return rules
}

/** A terminal that keeps the calls it gets; the test answers. */
class AskedTerminal {
  readonly calls: CallMessage[] = []
  #client: MqttClient | undefined
  readonly id: string

  constructor(id: string) {
    this.id = id
  }

  async connect(port: number): Promise<void> {
    this.#client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
      clientId: this.id,
      username: this.id,
      password: 'any',
      protocolVersion: 4,
      reconnectPeriod: 0,
    })
    this.#client.on('message', (_, payload) => this.calls.push(JSON.parse(String(payload))))
    await this.#client.subscribeAsync(`lastgasp/v1/${this.id}/call`, { qos: 1 })
  }

  async say(leaf: 'event' | 'reading', message: object): Promise<void> {
    await this.#client!.publishAsync(`lastgasp/v1/${this.id}/${leaf}`, JSON.stringify(message), {
      qos: 1,
    })
  }

  async disconnect(): Promise<void> {
    await this.#client?.endAsync(true)
  }
}

describe('a call-read over MQTT', () => {
  const terminal = new AskedTerminal('C')
  const neighbour = new AskedTerminal('D')
  const grid = join(folder, 'grid.json')
  const data = join(folder, 'data')
  let rules: string
  let port: number
  let program: RunningProgram | undefined
  let failure: unknown

  async function start(): Promise<RunningProgram> {
    const { settings } = loadSettings({
      environment: {
        LASTGASP__DATA__DIR: data,
        LASTGASP__RULES__DIR: rules,
        LASTGASP__HTTP__PORT: '0',
        LASTGASP__MQTT__PORT: `${port}`,
        LASTGASP__LOG__LEVEL: 'silent',
      },
    })
    return await startProgram({
      settings,
      gridFile: grid,
      onFailure: (error) => {
        failure = error
      },
    })
  }

  beforeAll(async () => {
    rules = writeRules()
    port = await freePort()
    mkdirSync(data)
    writeFileSync(grid, JSON.stringify(drawnGrid(DRAWING)))
    program = await start()
    await terminal.connect(port)
    await neighbour.connect(port)
  })
  afterAll(async () => {
    await terminal.disconnect()
    await neighbour.disconnect()
    await program?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('reaches the terminal once, restart or not, and its answer confirms', {
    timeout: 300_000,
  }, async () => {
    const at = () => new Date().toISOString()
    // In one breath: whom it asks depends on what it has heard by then.
    await Promise.all([
      terminal.say('event', { kind: 'powerOff', at: at(), boot: 1, seq: 1 }),
      terminal.say('event', {
        kind: 'powerOff',
        at: at(),
        boot: 1,
        seq: 2,
        meters: ['o-m1', 'o-m2'],
      }),
    ])
    await until(() => terminal.calls.length > 0 && neighbour.calls.length > 0)
    const [call] = terminal.calls
    expect(call!.targets).toContain('C')

    // Next door there is supply: it is asked as well, for the fault might lie above both.
    for (const { call: name, targets } of neighbour.calls)
      await neighbour.say('reading', {
        call: name,
        at: at(),
        readings: targets.map((target) => ({ target, result: 'energised' })),
      })
    await terminal.disconnect()
    await neighbour.disconnect()
    await program!.stop()
    program = await start()
    await terminal.connect(port)
    await terminal.say('reading', {
      call: call!.call,
      at: at(),
      readings: call!.targets.map((target) =>
        target === 'C'
          ? { target, result: 'deenergised', volts: [0, 0, 0] }
          : { target, result: 'noAnswer' },
      ),
    })
    const ledger = openQueries(join(data, 'records.db'))
    await until(() => {
      const [open] = ledger.openIncidents()
      return open?.outageKind === 'confirmed' && open.verification?.state === 'answered'
    })
    const [incident] = ledger.openIncidents()
    expect(incident).toMatchObject({ device: { id: 'X' }, sources: 2 })
    expect(incident!.verification).toMatchObject({ state: 'answered', asked: 2, answered: 2 })
    const asked = ledger
      .changesAfter(0, 10_000)
      .flatMap(({ changes }) => changes.filter((change) => change.type === 'callRead'))
    expect(asked.map(({ call }) => call)).toContain(call!.call)
    ledger.close()
    // Every call reached the terminal once, before the restart or after it.
    const names = terminal.calls.map((one) => one.call)
    expect(names).toEqual([...new Set(names)])
    expect(failure).toBeUndefined()
  })
})
