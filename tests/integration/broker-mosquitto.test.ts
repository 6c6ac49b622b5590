/** Mosquitto with the configuration we ship: certificates, access rules, passwords, restarts. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, connectAsync, type MqttClient } from 'mqtt'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openSqliteJournal } from '../../src/journal/sqlite.ts'
import { checkBroker } from '../../src/sensing/subscriber.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { type BrokerFixture, brokerSettings, openBrokerFixture } from '../support/broker-fixture.ts'
import { openBrokerTap } from '../support/broker-tap.ts'
import { type Authority, certificateAuthority } from '../support/certificates.ts'
import { type Mosquitto, startMosquitto } from '../support/mosquitto.ts'
import { NOW } from '../support/sensing-fixture.ts'
import { accepts, freePort, isInstalled } from '../support/server-process.ts'
import { until } from '../support/until.ts'

const missing = !isInstalled('mosquitto') && process.env.CI !== 'true'
const off = (id: string) => JSON.stringify({ id, kind: 'powerOff', at: null })

let open: BrokerFixture | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})

describe.skipIf(missing)('the shipped configuration (needs mosquitto installed)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lastgasp-mosquitto-'))
  let authority: Authority
  let mosquitto: Mosquitto
  let terminalsPort: number

  beforeAll(async () => {
    authority = certificateAuthority()
    const certs = join(folder, 'certs')
    mkdirSync(certs)
    mkdirSync(join(folder, 'data'))
    cpSync('config/brokers', join(folder, 'config'), { recursive: true })
    cpSync(authority.caFile, join(certs, 'ca.pem'))
    const { certFile, keyFile } = authority.issue('broker')
    cpSync(certFile, join(certs, 'broker.pem'))
    cpSync(keyFile, join(certs, 'broker.key'))
    const passwords = join(folder, 'config/passwords')
    writeFileSync(passwords, '')
    const hash = ['-b', passwords, 'lastgasp', 'right']
    execFileSync('mosquitto_passwd', hash, { stdio: 'pipe' })
    // The service that stands there as an example.
    const service = ['-b', passwords, 'dispatch', 'right']
    execFileSync('mosquitto_passwd', service, { stdio: 'pipe' })
    const rights = join(folder, 'config/lastgasp.acl')
    const examples = readFileSync(rights, 'utf8').replaceAll(/^# (user|topic)/gm, '$1')
    writeFileSync(rights, examples)
    terminalsPort = await freePort()
    const shipped = readFileSync('config/brokers/mosquitto.conf', 'utf8')
    mosquitto = await startMosquitto({
      whole: (port) =>
        shipped
          .replaceAll('/mosquitto/', `${folder}/`)
          .replace('listener 8883', `listener ${terminalsPort} 127.0.0.1`)
          .replace('listener 1883', `listener ${port} 127.0.0.1`),
    })
    await until(() => accepts(terminalsPort))
  })
  afterAll(async () => {
    await mosquitto?.stop()
    authority?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  const account = { username: 'lastgasp', password: 'right' }

  async function terminal(name: string): Promise<MqttClient> {
    const { certFile, keyFile } = authority.issue(name)
    return connectAsync(`mqtts://127.0.0.1:${terminalsPort}`, {
      protocolVersion: 5,
      ca: readFileSync(authority.caFile),
      cert: readFileSync(certFile),
      key: readFileSync(keyFile),
      reconnectPeriod: 0,
    })
  }

  test('binds each terminal to its own topics', async () => {
    open = openBrokerFixture(brokerSettings(mosquitto.url, account))
    const fixture = open
    await fixture.ready()
    for (const topic of ['lastgasp/v1/T2/event', 'lastgasp/v1/crews/C1/position']) {
      // A refusal, the end of the connection, or both.
      const liar = await terminal('T1')
      await new Promise((resolve) => {
        liar.once('close', () => resolve(undefined))
        liar.publish(topic, off('forged'), { qos: 1 }, resolve)
      })
      await liar.endAsync(true)
    }
    const t1 = await terminal('T1')
    await t1.publishAsync('lastgasp/v1/T1/event', off('own'), { qos: 1 })
    await t1.subscribeAsync('lastgasp/v1/T1/call', { qos: 1 })
    const heard = new Promise((resolve) => t1.once('message', (_topic, text) => resolve(`${text}`)))
    const call = { call: 'c-1', targets: ['M1'], by: '2026-11-22T03:01:30.000Z' }
    await fixture.subscriber.publishCall('T1', call)
    expect(JSON.parse((await heard) as string)).toEqual(call)
    await until(() => fixture.sink.facts.length > 0)
    expect(fixture.sink.facts).toMatchObject([{ terminal: 'T1', messageId: 'own' }])
    await t1.endAsync(true)
  })

  test('a service hears notices and says none; a terminal does neither', async () => {
    open = openBrokerFixture(brokerSettings(mosquitto.url, account))
    const fixture = open
    await fixture.ready()
    const topic = 'lastgasp/v1/notices/1501/gridManager'
    const dispatch = (clientId: string) => {
      const service = { protocolVersion: 5, username: 'dispatch', password: 'right' } as const
      return { ...service, reconnectPeriod: 0, clientId }
    }
    const service = await connectAsync(mosquitto.url, dispatch('dispatch'))
    const heard: string[] = []
    service.on('message', (at, payload) => heard.push(`${at} ${payload}`))
    await service.subscribeAsync('lastgasp/v1/notices/#', { qos: 1 })
    const t1 = await terminal('T1')
    t1.on('message', (at) => heard.push(`terminal heard ${at}`))
    // Mosquitto grants what it then never sends.
    await t1.subscribeAsync('lastgasp/v1/notices/#', { qos: 1 }).catch(() => {})
    for (const liar of [
      await terminal('T2'),
      await connectAsync(mosquitto.url, dispatch('liar')),
    ]) {
      // A refusal, the end of the connection, or both.
      await new Promise((resolve) => {
        liar.once('close', () => resolve(undefined))
        liar.publish(topic, 'forged', { qos: 1 }, resolve)
      })
      await liar.endAsync(true)
    }
    const notice = { receiver: 'any', topics: [topic], notAfter: NOW + 60_000 }
    await fixture.subscriber.publishNotice({ ...notice, payload: 'ours' })
    await until(() => heard.length > 0)
    await service.unsubscribeAsync('lastgasp/v1/notices/#')
    // Nobody subscribes: the broker has taken it all the same.
    await fixture.subscriber.publishNotice({ ...notice, payload: 'nobody’s' })
    expect(heard).toEqual([`${topic} ours`])
    await service.endAsync(true)
    await t1.endAsync(true)
  })

  test('a wrong password is said in words that help', async () => {
    const wrong = brokerSettings(mosquitto.url, { ...account, password: 'wrong' })
    const advice = 'check mqtt.username'
    expect(await checkBroker(wrong)).toContain(advice)
    open = openBrokerFixture(wrong)
    await until(() => open!.subscriber.problem !== 'not connected yet')
    expect(open.subscriber.problem).toContain(advice)
    expect(await checkBroker(brokerSettings(mosquitto.url, account))).toBeUndefined()
  })

  test('by TLS we trust only whom we are told to, and show our own certificate', async () => {
    const url = `mqtts://127.0.0.1:${terminalsPort}`
    const { caFile } = authority
    expect(await checkBroker(brokerSettings(url))).toContain('check mqtt.caFile')
    // Mosquitto ends the connection of who shows none.
    expect(await checkBroker(brokerSettings(url, { caFile }))).toBeTypeOf('string')
    const own = authority.issue('lastgasp')
    expect(await checkBroker(brokerSettings(url, { caFile, ...own }))).toBeUndefined()
    const other = certificateAuthority()
    const foreign = brokerSettings(url, { caFile: other.caFile, ...own })
    expect(await checkBroker(foreign)).toContain('check mqtt.caFile')
    other.remove()
  })
})

/**
 * Keeps what the broker has not taken and sends it again: not acknowledged, or acknowledged with
 * the remark that nobody subscribes, as Mosquitto does until we are back after its restart.
 */
class StubbornTerminal {
  readonly acknowledged = new Set<string>()
  sent = 0
  readonly #client: MqttClient
  readonly #underWay = new Map<number, string>()

  constructor(url: string) {
    this.#client = connect(url, { protocolVersion: 5, reconnectPeriod: 50 })
    this.#client.on('error', () => {})
    this.#client.on('packetsend', (packet) => {
      if (packet.cmd !== 'publish') return
      const { id } = JSON.parse(String(packet.payload)) as { id: string }
      this.#underWay.set(packet.messageId!, id)
    })
    this.#client.on('packetreceive', (packet) => {
      if (packet.cmd !== 'puback') return
      const id = this.#underWay.get(packet.messageId!)!
      if (packet.reasonCode === 0) this.acknowledged.add(id)
      else setTimeout(() => this.#publish(id), 20)
    })
  }

  send(): void {
    this.#publish(`m-${this.sent++}`)
  }

  end(): Promise<void> {
    return this.#client.endAsync(true)
  }

  #publish(id: string): void {
    this.#client.publish('lastgasp/v1/T1/event', off(id), { qos: 1 }, () => {})
  }
}

/** Restarts in each of the two ways. */
const RESTARTS = 10

describe.skipIf(missing)('twenty restarts of the broker (needs mosquitto installed)', () => {
  test('lose nothing that was delivered, and none of the subscriptions', {
    timeout: 300_000,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lastgasp-restarts-'))
    const mosquitto = await startMosquitto({
      lines: (data) => [
        ...['allow_anonymous true', 'max_queued_messages 0', 'max_inflight_messages 0'],
        ...['persistence true', `persistence_location ${data}/`],
      ],
    })
    const committed = new Set<string>()
    const journal = await openSqliteJournal({
      path: join(folder, 'journal.db'),
      telemetry: createTelemetry({ level: 'silent', processMetrics: false }),
    })
    journal.onCommitted((facts) => {
      for (const { fact } of facts)
        if (fact.type === 'report' && fact.messageId) committed.add(fact.messageId)
    })
    const early: string[] = []
    const tap = await openBrokerTap(mosquitto.port, (payload) => {
      const { id } = JSON.parse(payload) as { id: string }
      if (!committed.has(id)) early.push(id)
    })
    const settings = brokerSettings(`mqtt://127.0.0.1:${tap.port}`, { sessionSeconds: 3600 })
    open = openBrokerFixture(settings, { sink: journal })
    const fixture = open
    await fixture.ready()

    const terminal = new StubbornTerminal(mosquitto.url)
    const timer = setInterval(() => terminal.send(), 5)
    const restart = async (signal: 'SIGTERM' | 'SIGKILL') => {
      const before = terminal.sent
      await until(() => terminal.sent >= before + 40)
      await mosquitto.restart(signal)
      await fixture.ready()
      // Not deaf: something sent after the restart arrives.
      const after = terminal.sent
      await until(() => [...committed].some((id) => Number(id.slice(2)) >= after))
    }

    for (let count = 0; count < RESTARTS; count++) await restart('SIGTERM')
    // An orderly stop keeps sessions and queues: not one message is missing.
    const soFar = Array.from({ length: terminal.sent }, (_, number) => `m-${number}`)
    await until(() => soFar.every((id) => terminal.acknowledged.has(id) && committed.has(id)))

    // A crash loses what the broker held. What it delivered and we acknowledged is ours for good.
    for (let count = 0; count < RESTARTS; count++) await restart('SIGKILL')
    clearInterval(timer)
    const delivered = new Set(
      tap.delivered.map((payload) => (JSON.parse(payload) as { id: string }).id),
    )
    await until(() => [...delivered].every((id) => committed.has(id)))
    expect(early).toEqual([])
    // What the broker lost at a crash is not counted upon: all of before, and something after each.
    expect(committed.size).toBeGreaterThanOrEqual(RESTARTS * 40 + RESTARTS)

    await terminal.end()
    await fixture.close()
    open = undefined
    await tap.close()
    await mosquitto.stop()
    await journal.close()
    rmSync(folder, { recursive: true, force: true })
  })
})
