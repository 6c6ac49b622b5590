/**
 * The parts of the work as processes, by configuration alone: sensing, two engines, records and two
 * gateways behind one address, through real brokers. Somebody at a console signs in, sees, acts and
 * looks up, and goes on when a gateway or an engine is lost.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import { customerLines } from '../../src/records/customers/generate.ts'
import { customer } from '../support/customer-file.ts'
import { DeskConsole, type ShownIncident } from '../support/desk-console.ts'
import { describeWithAllBrokers } from '../support/kafka-client.ts'
import { type RoundRobin, roundRobin } from '../support/round-robin.ts'
import { lastgasp, lastgaspOutput, type Server, startServing } from '../support/server.ts'
import { bridged, twoTowns } from '../support/two-towns.ts'
import { until } from '../support/until.ts'

await describeWithAllBrokers('roles', ([kafka, mosquitto, redis]) => {
  const folder = mkdtempSync(join(tmpdir(), 'lastgasp-roles-'))
  const prefix = `roles-${process.pid}-${Date.now()}`
  const grid = join(folder, 'grid.json')
  const at = (name: string) => join(folder, name)
  const env = {
    KAFKA_BROKERS: kafka!.url,
    LASTGASP__KAFKA__PREFIX: prefix,
    LASTGASP__KAFKA__PARTITIONS: '2',
    MQTT_URL: mosquitto!.url,
    LASTGASP__MQTT__CLIENT_ID: prefix,
    REDIS_URL: redis!.url,
    LASTGASP__REDIS__PREFIX: prefix,
    LASTGASP__HTTP__TRUSTED_PROXIES: '127.0.0.1',
    LASTGASP__SIMULATOR__ENABLED: 'true',
  }
  /** Customers are known to the role `records` alone; what all roles leave is held against them. */
  const ledger = at('records')
  const engines: Server[] = []
  const gateways: Server[] = []
  let sensing: Server
  let records: Server
  let address: RoundRobin
  let desk: DeskConsole
  let password = ''

  const startEngine = async (name: string) => {
    engines.push(await startServing({ role: 'engine', data: at(name), grid, env, ledger }))
  }
  const startGateway = (name: string) =>
    startServing({
      ...{ role: 'gateway', data: at(name), grid, ledger },
      env: { ...env, LASTGASP__GATEWAY__UPSTREAM: records.url },
    })
  /** Partitions that an engine has at present. */
  const ownedBy = (engine: Server) => {
    const owned = new Set<string>()
    for (const [, what, partition] of engine
      .output()
      .matchAll(/"event":"partition\.(gained|lost)"[^\n]*"partition":(\d+)/g))
      if (what === 'gained') owned.add(partition!)
      else owned.delete(partition!)
    return owned
  }
  let boot = 0
  const tell = async (town: '' | '-2', kind: 'powerOff' | 'powerOn', ...more: string[]) => {
    const terminal = await connectAsync(mosquitto!.url)
    boot += 1
    for (const meters of [undefined, [`M1${town}`, `M2${town}`, ...more]]) {
      const said = { kind, at: new Date().toISOString(), boot, seq: meters ? 2 : 1, meters }
      await terminal.publishAsync(`lastgasp/v1/C1${town}/event`, JSON.stringify(said), { qos: 1 })
    }
    await terminal.endAsync()
  }
  const openAt = async (feeder: string): Promise<string> => {
    const find = () =>
      [...desk.shown.values()].find(
        (one) => one.feeder === feeder && /predicted|confirmed/.test(one.outageKind),
      )
    await until(() => find() !== undefined)
    return find()!.id
  }

  beforeAll(async () => {
    writeFileSync(grid, JSON.stringify(twoTowns()))
    const person = customer('8001', { usagePoint: 'U2', meter: 'M2', unit: '1501' })
    writeFileSync(at('customers.csv'), [...customerLines([person])].join(''))
    const who = ['--role', 'serviceDispatcher', '--unit', '15', '--data', at('records')]
    const added = await lastgaspOutput(['user', 'add', 'dana', ...who])
    password = /^password: (\S+)$/m.exec(added)![1]!
    const read = await lastgasp([
      'customers',
      'import',
      at('customers.csv'),
      '--data',
      at('records'),
    ])
    expect(read.output).toContain('1 customers in the ledger')
    ;[sensing, records] = await Promise.all([
      startServing({ role: 'sensing', data: at('sensing'), grid, env, ledger }),
      startServing({ role: 'records', data: at('records'), grid, env }),
      startEngine('engine-1'),
    ])
    await startEngine('engine-2')
    gateways.push(...(await Promise.all(['gateway-1', 'gateway-2'].map(startGateway))))
    address = await roundRobin(() => gateways.map(({ url }) => Number(new URL(url).port)))
    await until(() => engines.every((engine) => ownedBy(engine).size === 1))
    desk = await DeskConsole.signIn(address.url, 'dana', password)
    await until(() => desk.isOpen)
  }, 300_000)
  afterAll(async () => {
    desk?.close()
    await address?.close()
    await Promise.all([...gateways, records, sensing, ...engines].map((one) => one?.kill()))
    rmSync(folder, { recursive: true, force: true })
  }, 300_000)

  test('a console works over them and survives the loss of a gateway and of an engine', {
    timeout: 300_000,
  }, async () => {
    onTestFailed(() => {
      for (const one of [records, ...engines, ...gateways]) console.log(one.output().slice(-3_000))
    })
    expect(await desk.get('/api/v1/status')).toMatchObject({ customers: 6, customersOut: 0 })

    // An outage that terminals tell of is seen, explained and acted upon.
    await tell('', 'powerOff')
    const id = await openAt('F1')
    const confirmed = await desk.act(id, { action: 'confirm' })
    expect(confirmed).toMatchObject({ status: 200, body: { accepted: true } })
    await until(() => desk.shown.get(id)?.outageKind === 'confirmed')
    const sent = await desk.act(id, { action: 'dispatch', crew: 'C7' })
    expect(sent).toMatchObject({ status: 200, body: { accepted: true } })
    await until(() => desk.shown.get(id)?.crew === 'C7')
    const diagram = await desk.get('/api/v1/feeders/F1/diagram')
    expect(JSON.stringify(diagram)).toMatch(/"dead":0\.[5-9]|"dead":1/)
    const found = await desk.post('/api/v1/customers/search', { account: '8001' })
    expect(found.status).toBe(200)
    expect(JSON.stringify(found.body)).toContain(id)
    const timeline = await desk.get(`/api/v1/incidents/${id}/timeline`)
    expect(JSON.stringify(timeline)).toContain('powerOff')

    // This is the only console, which may have come anew since: who sends it what changes now holds it.
    const frames = () => Promise.all(gateways.map(framesOf))
    const sentBefore = await frames()
    expect(await desk.act(id, { action: 'urge' })).toMatchObject({ status: 200 })
    let holder = -1
    await until(async () => {
      const sent = await frames()
      holder = sent.findIndex((count, index) => count > sentBefore[index]!)
      return holder >= 0
    })
    // A crew that says over MQTT where it is moves on the map of a gateway.
    const crew = { id: 'C7', name: 'seven', unit: '1501', members: 3, shift: 'day' }
    expect(await desk.post('/api/v1/crews', crew)).toMatchObject({ status: 200 })
    const map = desk.beside(gateways[0]!.url, 'crews')
    const terminal = await connectAsync(mosquitto!.url)
    const place = { at: new Date().toISOString(), lon: 111.02, lat: 40.8 }
    await terminal.publishAsync('lastgasp/v1/crews/C7/position', JSON.stringify(place), { qos: 1 })
    await terminal.endAsync()
    await until(() => JSON.stringify(map.shown.get('C7') ?? {}).includes('"lon":111.02'))
    // Of the order each gateway hears by itself.
    await expect.poll(() => map.shown.get('C7')).toMatchObject({ orders: [{ incident: id }] })
    map.close()

    // The gateway that holds the console dies: it goes on through the other.
    const [lost] = gateways.splice(holder, 1)
    const opened = desk.openings
    await lost!.kill()
    await until(() => desk.openings > opened && desk.isOpen)
    expect(desk.shown.get(id)?.crew).toBe('C7')
    expect((await desk.get(`/api/v1/incidents/${id}`)).crew).toBe('C7')

    // The engine of the other town is killed: an outage there is seen all the same.
    const [victim] = engines.splice(
      engines.findIndex((engine) => ownedBy(engine).has('1')),
      1,
    )
    await victim!.kill()
    await tell('-2', 'powerOff')
    const second = await openAt('F1-2')
    expect(desk.isOpen).toBe(true)
    const answer = await desk.act(second, { action: 'confirm' })
    expect(answer).toMatchObject({ status: 200, body: { accepted: true } })
    await tell('', 'powerOn')
    await until(() => !/predicted|confirmed/.test(desk.shown.get(id)?.outageKind ?? ''))

    // Both gateways show the same in the end.
    gateways.push(await startGateway('gateway-3'))
    const consoles = gateways.map(({ url }) => desk.beside(url))
    const whole = (one: DeskConsole) => JSON.stringify([...one.shown.entries()].sort())
    await until(() => consoles.every((one) => one.isOpen && one.shown.has(second)))
    await until(() => consoles.every((one) => whole(one) === whole(desk)))
    for (const one of consoles) one.close()
    // The ledger is told beside the consoles, and may be a moment behind them.
    await expect.poll(() => desk.get('/api/v1/status')).toMatchObject({ incidents: { open: 1 } })
  })

  test('rules and a grid come into force while they run, and stay', {
    timeout: 300_000,
  }, async () => {
    onTestFailed(() => {
      for (const one of [records, sensing, ...engines, ...gateways])
        console.log(one.output().slice(-3_000))
    })
    const LASTGASP_TOKEN = await records.token('operator')
    const run = (...args: string[]) => lastgasp([...args, '--url', address.url], { LASTGASP_TOKEN })
    const asked = async (path: string) => {
      const headers = { authorization: `Bearer ${LASTGASP_TOKEN}` }
      return (await fetch(`${address.url}/api/v1/${path}`, { headers })).json()
    }
    const has = (server: Server, kept: string) => existsSync(join(server.data, kept))

    // Other rules: by all engines, filed once.
    const text = readFileSync('config/rules/judgement.yaml', 'utf8')
    writeFileSync(at('judgement.yaml'), text.replace(/^version: .*$/m, 'version: "other"'))
    const ruled = await run('rules', 'apply', at('judgement.yaml'))
    expect(ruled, ruled.output).toMatchObject({ code: 0 })
    const rules = (await asked('rules')) as { version: string; digest: string; history: object[] }
    expect(rules).toMatchObject({ version: 'other', by: 'token:operator' })
    expect(rules.history).toHaveLength(2)
    expect(engines.every((engine) => has(engine, `rules/${rules.digest}`))).toBe(true)

    // A grid with one more customer, of whom terminals tell at once.
    const larger = twoTowns()
    larger.usagePoints.push({ id: 'U9', device: 'X1' })
    larger.observers.push({ id: 'M9', class: 'meter', usagePoint: 'U9', via: 'C1' })
    writeFileSync(at('larger.json'), JSON.stringify(larger))
    const applied = await run('grid', 'apply', at('larger.json'))
    expect(applied, applied.output).toMatchObject({ code: 0 })
    expect(applied.output).toContain('in force, 7 customers')
    const { inForce } = (await asked('grid')) as { inForce: { digest: string } }
    const others = [sensing, ...engines, ...gateways]
    await until(() => others.every((one) => has(one, `grids/${inForce.digest}.json`)))
    await tell('', 'powerOff', 'M9')
    const id = await openAt('F1')
    await until(async () => (await desk.get(`/api/v1/incidents/${id}`)).metersAffected === 3)

    // Who starts with the grid of before finds what is in force, and does not bring the old one back.
    await startEngine('engine-3')
    for (const engine of engines.splice(0, engines.length - 1)) await engine.kill()
    await until(() => ownedBy(engines[0]!).size === 2)
    const { port } = new URL(records.url)
    await records.stop()
    records = await startServing({
      ...{ role: 'records', data: at('records'), grid, env, port: Number(port) },
    })
    await tell('', 'powerOn', 'M9')
    await until(() => !/predicted|confirmed/.test(desk.shown.get(id)?.outageKind ?? ''))
    expect(await asked('grid')).toMatchObject({ inForce })
    expect(await asked('rules')).toMatchObject({ digest: rules.digest, history: rules.history })
    expect(await desk.get('/api/v1/status')).toMatchObject({ customers: 7 })

    // A tie between the towns has feeders move first, which wait for what is restored to be closed.
    writeFileSync(at('joined.json'), JSON.stringify(bridged(larger)))
    const waits = await run('grid', 'apply', at('joined.json'))
    expect(waits, waits.output).toMatchObject({ code: 0 })
    expect(waits.output).toMatch(
      /waits, 2 feeders .*F1-2 1 → 0.*open incidents hold them: incident/s,
    )
    expect(await asked('status')).toMatchObject({ gridWaiting: { moving: 2 } })
    const busy = await run('grid', 'apply', at('larger.json'))
    expect(busy).toMatchObject({ code: 78, output: expect.stringContaining('grid.waiting') })
    expect(await run('grid', 'apply', '--cancel')).toMatchObject({ code: 0 })
    expect(await asked('grid')).toMatchObject({ inForce, waiting: null })
  })

  test('consoles see outages while records is away, and all agree once it is back', {
    timeout: 300_000,
  }, async () => {
    onTestFailed(() => {
      for (const one of [records, ...engines, ...gateways]) console.log(one.output().slice(-3_000))
    })
    // The other town flickers all the time.
    let flickers = true
    const flickering = (async () => {
      for (let n = 0; flickers; n++) {
        await tell('-2', n % 2 === 0 ? 'powerOn' : 'powerOff')
        await sleep(500)
      }
    })()
    const opened = desk.openings
    await records.kill()

    // What happens is seen over the same sockets; what is asked is answered 503.
    await tell('', 'powerOff', 'M9')
    const id = await openAt('F1')
    await tell('', 'powerOn', 'M9')
    await until(() => !/predicted|confirmed/.test(desk.shown.get(id)?.outageKind ?? 'confirmed'))
    expect(desk.openings).toBe(opened)
    const asked = await desk.post('/api/v1/customers/search', { account: '8001' })
    expect(asked).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    const ready = await Promise.all(gateways.map(({ url }) => fetch(`${url}/readyz`)))
    expect(ready.map(({ status }) => status)).toEqual([200, 200])

    const { port } = new URL(records.url)
    records = await startServing({
      ...{ role: 'records', data: at('records'), grid, env, port: Number(port) },
    })
    flickers = false
    await flickering

    // Ledger, consoles that stayed and a gateway that comes now say the same.
    gateways.push(await startGateway('gateway-4'))
    const fresh = desk.beside(gateways.at(-1)!.url)
    const open = (shown: Iterable<ShownIncident>) =>
      [...shown]
        .filter(({ outageKind }) => /predicted|confirmed/.test(outageKind))
        .map((one) => `${one.id} ${one.revision}`)
        .sort()
    await until(async () => {
      const { incidents } = await desk.get('/api/v1/incidents?state=open&limit=200')
      const ledger = JSON.stringify(open(incidents))
      return [desk, fresh].every(
        (one) => one.isOpen && JSON.stringify(open(one.shown.values())) === ledger,
      )
    })
    expect((await desk.get(`/api/v1/incidents/${id}`)).revision).toBeGreaterThan(1)
    expect(await desk.post('/api/v1/customers/search', { account: '8001' })).toMatchObject({
      status: 200,
    })
    fresh.close()
    const metrics = await (await fetch(`${records.url}/metrics`)).text()
    expect(metrics).toContain('lastgasp_partitions_diverged 0')
  })

  test('an operator at a gateway has a scenario played, and ended', {
    timeout: 300_000,
  }, async () => {
    onTestFailed(() => console.log(records.output().slice(-3_000)))
    const headers = {
      authorization: `Bearer ${await records.token('operator')}`,
      'content-type': 'application/json',
    }
    const asked = async (path: string, body?: object) => {
      const init = body ? { method: 'POST', body: JSON.stringify(body), headers } : { headers }
      const answer = await fetch(`${gateways[0]!.url}/api/v1/simulator${path}`, init)
      const { bar, run, scenarios } = (await answer.json()) as SimulatorAnswer
      return { status: answer.status, bar, run, scenarios }
    }
    const before = await asked('')
    expect(before).toMatchObject({ status: 200, bar: null, run: null })
    const scenario = before.scenarios[0]!.name
    const begun = await asked('/run', { scenario, seed: '1', speed: 1 })
    expect(begun).toMatchObject({ status: 200, run: { scenario, state: 'running' } })
    // Its terminals are those of the grid in force, and reach the broker.
    await until(async () => ((await asked('')).run?.terminals ?? 0) > 0)
    expect(await asked('/stop', {})).toMatchObject({ status: 200, run: { state: 'stopped' } })
  })
})

interface SimulatorAnswer {
  readonly bar: string | null
  readonly scenarios: readonly { readonly name: string }[]
  readonly run: { readonly state: string; readonly terminals: number | null } | null
}

/** Frames that a gateway sent to consoles, by its own figures. */
async function framesOf({ url }: Server): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^lastgasp_live_frames_total (\d+)/m.exec(text)?.[1] ?? 0)
}
