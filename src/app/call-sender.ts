/**
 * Carries call-reads from the records to the terminals, each at most once: the cursor behind a call
 * is on disk before it is sent, so neither a restart nor a replay asks again. Where a terminal is
 * not connected it is tried until an answer would come too late.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { CallReadChange, ChangeBatch } from '../engine/changes.ts'
import { formatInstant, type InstantMs } from '../facts/time.ts'
import type { CallMessage } from '../facts/wire.ts'
import type { RecordsPort } from '../records/port.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'

/** Name of the cursor in the records. */
export const CALLS_CURSOR = 'calls'

/** Between two attempts: a terminal that reconnects is asked while it can still answer. */
const RETRY_MS = 1000

/** Batches without calls after which the cursor is kept, so that a start reads few of them. */
const KEEP_EVERY = 500

export interface CallSenderOptions {
  readonly records: Pick<RecordsPort, 'changesAfter' | 'cursor' | 'saveCursor' | 'state'>
  /** Hands a call to the terminal's connection; rejects with `sensing.notConnected` for none. */
  readonly publish: (terminal: string, message: CallMessage) => Promise<void>
  readonly telemetry: Telemetry
  readonly now: () => InstantMs
  readonly onFailure: (error: unknown) => void
}

export class CallSender {
  readonly #options: CallSenderOptions
  readonly #closing = new AbortController()
  readonly #underWay = new Set<Promise<void>>()
  #cursor: number
  #kept: number
  #sending: Promise<void> = Promise.resolve()

  constructor(options: CallSenderOptions) {
    this.#options = options
    this.#cursor = options.records.cursor(CALLS_CURSOR)
    this.#kept = this.#cursor
  }

  /** Sends what was committed and not sent before the program stopped. */
  start(): void {
    const { records } = this.#options
    this.#queue(async () => {
      for (;;) {
        const batches = records.changesAfter(this.#cursor, KEEP_EVERY)
        if (batches.length === 0) return
        await this.#take(batches)
      }
    })
  }

  /** Follows what the records have just committed. */
  follow(batches: readonly ChangeBatch[]): void {
    if (batches.length > 0) this.#queue(() => this.#take(batches))
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#sending
    await Promise.all(this.#underWay)
  }

  #queue(work: () => Promise<void>): void {
    this.#sending = this.#sending.then(work).catch((error) => {
      if (!this.#closing.signal.aborted) this.#options.onFailure(error)
    })
  }

  async #take(batches: readonly ChangeBatch[]): Promise<void> {
    const fresh = batches.filter(({ position }) => position > this.#cursor)
    const last = fresh.at(-1)
    if (!last || this.#closing.signal.aborted) return
    const calls = fresh
      .flatMap(({ changes }) => changes.filter((change) => change.type === 'callRead'))
      .filter(({ by }) => by > this.#options.now())
    this.#cursor = last.position
    if (calls.length > 0 || this.#cursor - this.#kept >= KEEP_EVERY) {
      await this.#options.records.saveCursor(CALLS_CURSOR, this.#cursor)
      this.#kept = this.#cursor
    }
    for (const call of calls) {
      const sent = this.#send(call)
      this.#underWay.add(sent)
      void sent.finally(() => this.#underWay.delete(sent))
    }
  }

  async #send({ call, terminal, targets, by }: CallReadChange): Promise<void> {
    const { publish, telemetry, now } = this.#options
    const message: CallMessage = { call, targets: [...targets], by: formatInstant(by) }
    for (;;) {
      try {
        await publish(terminal, message)
        telemetry.emit('calls.sent')
        return
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'sensing.notConnected') {
          this.#options.onFailure(error)
          return
        }
      }
      if (this.#closing.signal.aborted) return
      if (now() + RETRY_MS >= by) {
        telemetry.emit('calls.unreachable')
        return
      }
      await delay(RETRY_MS, undefined, { signal: this.#closing.signal }).catch(() => {})
    }
  }
}
