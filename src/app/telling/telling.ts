/**
 * Tells customers: walks over the audience of each incident with news, beside everything else, and puts
 * the messages into words and addresses when they are sent. Nobody waits for it.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { workerUrl } from '../../config/worker.ts'
import { startThread } from '../../config/worker-thread.ts'
import type { ChangeBatch } from '../../engine/changes.ts'
import type { InformingRules } from '../../engine/rules.ts'
import { formatInstant, type InstantMs } from '../../facts/time.ts'
import { unitsBelow } from '../../grid/unit-tree.ts'
import type { Parcel } from '../../notify/port.ts'
import { RecordsError, type RecordsErrorCode } from '../../records/errors.ts'
import type { SqliteRecords } from '../../records/sqlite.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { Worlds } from '../worlds.ts'
import type { Carrier, TellingAnswer, TellingRequest, TellingSettings } from './desk.ts'
import { planSubject, Walker } from './walk.ts'

/** With nothing to do it looks this often: for what is due, and for new receivers. */
const IDLE_MS = 1000
/** Customers are being read in for the first time: their index is not made yet. */
const LOADING_MS = 5000
/** Announced outages are looked through this often. */
const PLANS_EVERY_MS = 60_000
const HOUR_MS = 3_600_000

export interface TellingParts extends TellingSettings {
  readonly records: Pick<SqliteRecords, 'informing' | 'outbox' | 'incident' | 'changeInforming'>
  readonly telemetry: Telemetry
  readonly worlds: Worlds
  rules(): InformingRules
  utcOffsetMinutes(): number
  now(): InstantMs
  /** Messages lie in the outbox. */
  onWritten(): void
  /** The ledger cannot be written any more. */
  onFailure(error: unknown): void
}

export interface Telling {
  /** Something was filed. */
  follow(batches: readonly ChangeBatch[]): void
  /** The body of a parcel at the moment it is sent; undefined where it has nothing left to say. */
  bodyOf(parcel: Parcel): Promise<string | undefined>
  close(): Promise<void>
}

/** Type of the parcels that carry messages to customers. */
const CUSTOMER_PARCEL = 'customer.messages'

export async function startTelling(parts: TellingParts): Promise<Telling> {
  const { recordsPath, customersPath, configDir, records, now } = parts
  const thread = await startThread<TellingRequest, TellingAnswer, RecordsErrorCode>({
    url: workerUrl(import.meta.url, './desk.ts'),
    settings: { recordsPath, customersPath, configDir } satisfies TellingSettings,
    failure: (code, message) => new RecordsError(code, message),
    stopped: (cause) =>
      new RecordsError('records.failing', 'the desk that tells customers stopped', { cause }),
  })
  const ask = (request: TellingRequest) => thread.send(request)
  const loop = new TellingLoop(parts, ask)
  loop.start()
  return {
    follow(batches) {
      if (batches.some(({ changes }) => changes.some(({ type }) => type === 'incident')))
        loop.wake()
    },
    async bodyOf(parcel) {
      if (parcel.type !== CUSTOMER_PARCEL) return parcel.body
      await records.changeInforming({ do: 'take', parcel: parcel.id, at: now() })
      return customerBody(parcel, records.informing.triedIn(parcel.id), ask)
    },
    async close() {
      await loop.stop()
      await thread.close({ kind: 'close' })
    },
  }
}

/** Only here, and only for a receiver that carries the channel, numbers come to the messages. */
async function customerBody(
  { order, at }: Parcel,
  tried: ReturnType<SqliteRecords['informing']['triedIn']>,
  ask: (request: TellingRequest) => Promise<TellingAnswer>,
): Promise<string | undefined> {
  const channel = tried[0]?.channel
  if (channel === undefined) return undefined
  const accounts = tried.map(({ account }) => account)
  const { numbers = {} } = channel === 'sms' ? await ask({ kind: 'numbers', accounts }) : {}
  const messages = tried.flatMap(({ id, account, language, template, text, notAfter }) => {
    const to = numbers[account]
    if (channel === 'sms' && to === undefined) return []
    const address = to === undefined ? { account } : { account, to }
    return [{ id, ...address, language, template, text, notAfter: formatInstant(notAfter) }]
  })
  if (messages.length === 0) return undefined
  const data = { channel, subject: order.replace(/\/\d+$/, ''), messages }
  return JSON.stringify({ type: CUSTOMER_PARCEL, timestamp: formatInstant(at), data })
}

/** Takes one slice after another while something is due. */
class TellingLoop {
  readonly #parts: TellingParts
  readonly #ask: (request: TellingRequest) => Promise<TellingAnswer>
  readonly #walker: Walker
  #running: Promise<void> | undefined
  #stopped = false
  #wake = () => {}
  #release = () => {}
  /** Where the ledger waits for space, stopping does not wait with it. */
  readonly #released = new Promise<number>((resolve) => {
    this.#release = () => resolve(0)
  })
  #plansAt: InstantMs = 0

  constructor(parts: TellingParts, ask: (request: TellingRequest) => Promise<TellingAnswer>) {
    this.#parts = parts
    this.#ask = ask
    const { records } = parts
    this.#walker = new Walker({
      ...{ records, ask, worlds: parts.worlds, carriers: () => this.#carriers() },
      moment: () => {
        const utcOffsetMinutes = parts.utcOffsetMinutes()
        return { now: parts.now(), rules: parts.rules(), utcOffsetMinutes }
      },
    })
  }

  start(): void {
    this.#running = this.#run().catch((error) => {
      if (!this.#stopped) this.#parts.onFailure(error)
    })
  }

  wake(): void {
    this.#wake()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#release()
    this.#wake()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const turn = this.#turn().catch((error) => {
        if (this.#stopped) return 0
        if ((error as RecordsError).code !== 'records.loading') throw error
        return LOADING_MS
      })
      const waitMs = await Promise.race([turn, this.#released])
      if (waitMs > 0) await this.#sleep(waitMs)
      // Between two slices everything else has its turn.
      else await nextTurn()
    }
  }

  /** One slice, if one is due; else how long to wait. */
  async #turn(): Promise<number> {
    const { records, now, telemetry } = this.#parts
    const carried = this.#carriers().length > 0
    if (carried) await this.#announceDue()
    const walk = records.informing.nextWalk()
    if (!walk || walk.dueAt > now()) return IDLE_MS
    // Where nobody carries messages a notice says all the same where customers are, and how many asked to be told.
    if (!carried && !(await this.#ask({ kind: 'any' })).any) return IDLE_MS
    const count = await this.#walker.step(walk)
    if (count > 0) {
      telemetry.emit('inform.written', { count })
      this.#parts.onWritten()
    }
    return 0
  }

  /** Announced outages whose customers are to be told from now on. */
  async #announceDue(): Promise<void> {
    const { worlds, now, rules, records } = this.#parts
    const at = now()
    if (at < this.#plansAt) return
    this.#plansAt = at + PLANS_EVERY_MS
    for (const plan of worlds.all()[0]?.plans.byId.values() ?? []) {
      const isPublic = plan.kind === 'planned' || plan.kind === 'rationing'
      const isNear = plan.from > at && plan.from - rules().plannedHours * HOUR_MS <= at
      if (isPublic && isNear)
        await records.changeInforming({ do: 'announced', subject: planSubject(plan), at })
    }
  }

  #carriers(): readonly Carrier[] {
    const grid = this.#parts.worlds.all()[0]?.grid
    return this.#parts.records.outbox
      .endpoints()
      .filter(({ channels, disabledAt }) => channels.length > 0 && disabledAt === null)
      .map(({ id, channels, unit }) => {
        return {
          id,
          channels,
          units: unit === null || !grid ? null : [...unitsBelow(grid, [unit])],
        }
      })
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
