/**
 * An engine on virtual time with everything behind it that tells customers: ledger, customers, walks,
 * courier, and a receiver that stands for a gateway. What is told is read at the receiver.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Informing, startInforming } from '../../src/app/informing.ts'
import { startTelling, type Telling } from '../../src/app/telling/telling.ts'
import { oneWorld } from '../../src/app/worlds.ts'
import type { InformingRules } from '../../src/engine/rules.ts'
import type { Channel } from '../../src/facts/channels.ts'
import type { Customer } from '../../src/records/customers/customer.ts'
import { customerFiles } from '../../src/records/customers/import.ts'
import { phoneKey } from '../../src/records/customers/phones.ts'
import { CustomerStore } from '../../src/records/customers/store.ts'
import type { Subscription } from '../../src/records/informing/subscriptions.ts'
import { openRecords, type SqliteRecords } from '../../src/records/sqlite.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { batch } from './changes.ts'
import type { EngineLab } from './engine-lab.ts'
import { shippedRules } from './engine-lab.ts'
import { until } from './until.ts'
import { webhookReceiver } from './webhook-receiver.ts'

/** A message as a gateway gets it. */
export interface Heard {
  readonly id: string
  readonly account: string
  readonly to?: string
  readonly language: string
  readonly template: string
  readonly text: string
  readonly channel: Channel
}

export class TellingStage {
  readonly dir = mkdtempSync(join(tmpdir(), 'lastgasp-telling-'))
  readonly lab: EngineLab
  readonly rules: InformingRules
  readonly receivers: Awaited<ReturnType<typeof webhookReceiver>>[] = []
  records!: SqliteRecords
  telling: Telling | undefined
  informing!: Informing
  #filed: number
  #position = 0

  constructor(lab: EngineLab, rules: Partial<InformingRules> = {}) {
    this.lab = lab
    // The grid and the rules are in force already.
    this.#filed = lab.changes.length
    this.rules = { ...shippedRules().service.informing, ...rules }
  }

  /** Opens the ledger and begins to tell, as the program does when it starts. */
  async start(): Promise<void> {
    const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
    const recordsPath = join(this.dir, 'records.db')
    this.records = await openRecords({ path: recordsPath, telemetry })
    this.#position = this.records.state.position
    const common = {
      records: this.records,
      telemetry,
      configDir: 'config',
      utcOffsetMinutes: () => 480,
      now: () => this.lab.now,
      onFailure: (error: unknown) => {
        throw error
      },
    }
    const told = await startTelling({
      ...common,
      recordsPath,
      customersPath: customerFiles(this.dir).path,
      worlds: oneWorld(() => this.lab.engine.world),
      rules: () => this.rules,
      onWritten: () => this.informing?.wake(),
    })
    this.telling = told
    this.informing = await startInforming({
      ...common,
      allowPrivate: true,
      grid: () => this.lab.grid,
      bodyOf: (parcel) => told.bodyOf(parcel),
    })
    this.records.onCommitted((batches) => {
      this.telling?.follow(batches)
      this.informing.follow(batches)
    })
  }

  async stop(): Promise<void> {
    await this.informing.close()
    await this.telling?.close()
    await this.records.close()
  }

  async remove(): Promise<void> {
    await this.stop()
    for (const { close } of this.receivers) await close()
    rmSync(this.dir, { recursive: true, force: true })
  }

  /** Puts customers in, one at each usage point unless told otherwise. */
  customers(over: (point: string) => Partial<Customer> = () => ({})): void {
    const { path, keyPath } = customerFiles(this.dir)
    const store = new CustomerStore(path, phoneKey(keyPath))
    const { ids } = this.lab.grid.usagePoints
    const people = Array.from({ length: ids.count }, (_, point) => {
      const usagePoint = ids.idOf(point)
      return {
        account: `A-${usagePoint}`,
        ...{ meter: '', usagePoint, name: '王芳', phones: [`12${String(point).padStart(9, '0')}`] },
        ...{ town: '', village: '', estate: '' },
        ...{ address: '翠安路1号', unit: 'U', gridManager: '', important: null },
        ...{ sensitivities: [], language: 'zh' as const, preferences: [] },
        ...over(usagePoint),
      } satisfies Customer
    })
    for (let at = 0; at < people.length; at += 20_000) store.put(people.slice(at, at + 20_000))
    store.finish()
    store.close()
  }

  subscribe(one: Partial<Subscription>): Promise<void> {
    const subscription: Subscription = {
      ...{ id: `su_${Math.random()}`, account: null, area: null, channel: 'app', language: null },
      ...{ atNight: false, source: 'agent', createdAt: 0, by: 'x', until: null, endedAt: null },
      ...one,
    }
    return this.records.changeInforming({ do: 'subscribe', subscription })
  }

  /** A receiver that carries channels. */
  async gateway(...channels: Channel[]) {
    const receiver = await webhookReceiver()
    this.receivers.push(receiver)
    await this.informing.webhooks.add({
      ...{ name: 'gateway', url: receiver.url, form: 'standard', language: 'zh', topics: [] },
      ...{ channels, unit: null, by: 'op' },
    })
    return Object.assign(receiver, { heard: () => heardAt(receiver.received) })
  }

  /** Files what the engine has said since, as one batch. */
  async file(): Promise<void> {
    const changes = this.lab.changes.slice(this.#filed)
    this.#filed = this.lab.changes.length
    if (changes.length === 0) return
    this.#position++
    const one = { ...batch(this.#position, ...changes), at: this.lab.now }
    await this.records.commit([one], this.#position, `d${this.#position}`)
  }

  /** Time passes second by second as the engine's; every second what changed is filed. */
  async pass(seconds: number): Promise<void> {
    for (let s = 0; s < seconds; s++) {
      this.lab.pass(1)
      await this.file()
    }
    await this.quiet()
  }

  /** Nothing is due and nothing waits. */
  async quiet(): Promise<void> {
    await until(() => {
      const walk = this.records.informing.nextWalk()
      const idle = !walk || walk.dueAt > this.lab.now
      return idle && this.informing.webhooks.list().every(({ waiting }) => waiting === 0)
    })
  }
}

/** Messages in the order in which they came, one that came again under its id once. */
export function heardAt(received: readonly { readonly body: string }[]): Heard[] {
  const heard = new Map<string, Heard>()
  for (const { body } of received) {
    const { type, data } = JSON.parse(body)
    if (type !== 'customer.messages') continue
    for (const message of data.messages)
      if (!heard.has(message.id)) heard.set(message.id, { ...message, channel: data.channel })
  }
  return [...heard.values()]
}
