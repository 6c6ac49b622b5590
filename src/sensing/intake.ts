/**
 * The way of one message into the journal: decode, append, and only then say that it may be
 * acknowledged. While the journal is full it shuts the gate and tries again; any other failure is
 * the caller's signal to close the connection without acknowledging. Never acknowledges by itself.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Fact } from '../facts/facts.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { decodeMessage, type ReceivedMessage } from './json-codec.ts'
import type { ListenerLimits } from './limits.ts'
import type { FactSink, TerminalDirectory } from './port.ts'
import type { ReadGate } from './read-gate.ts'

/** The message is not in the journal and must not be acknowledged. The cause tells why. */
export class NotDurable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'NotDurable'
  }
}

export interface IntakeOptions {
  readonly sink: FactSink
  readonly gate: ReadGate
  readonly directory: TerminalDirectory
  readonly telemetry: Telemetry
  readonly limits: ListenerLimits
}

export class Intake {
  readonly #options: IntakeOptions
  /** Messages whose facts are not all durable yet, and who waits until there are none. */
  #underWay = 0
  #drained = () => {}
  #directory: TerminalDirectory
  readonly #stop = new AbortController()

  constructor(options: IntakeOptions) {
    this.#options = options
    this.#directory = options.directory
  }

  /** Terminals are listened to from here on: the count of what they say stands at nothing, and not nowhere. */
  begin(): void {
    this.#options.telemetry.emit('sensing.accepted', { kind: 'report', count: 0 })
  }

  useDirectory(directory: TerminalDirectory): void {
    this.#directory = directory
  }

  /**
   * Resolves once every fact of the message is durable. Rejects with `NotDurable` where one cannot
   * be: the journal is failing, or it is full and `wanted` says that nobody waits for the
   * acknowledgement any more.
   */
  take(message: ReceivedMessage, wanted: () => boolean): Promise<void> {
    return this.keep(decodeMessage(message, this.#directory), wanted)
  }

  /** The same for facts that are decoded already. */
  async keep(facts: readonly Fact[], wanted: () => boolean): Promise<void> {
    this.#underWay++
    try {
      // Nearly every message is one fact, and a storm brings thousands of them a second.
      if (facts.length === 1) await this.#append(facts[0]!, wanted)
      else await Promise.all(facts.map((fact) => this.#append(fact, wanted)))
    } finally {
      if (--this.#underWay === 0) this.#drained()
    }
    for (const fact of facts) this.#count(fact)
  }

  /** Stops trying again, and waits for the appends under way. */
  async drain(): Promise<void> {
    this.#stop.abort()
    // What was read before the gate shut may still begin while others end.
    while (this.#underWay > 0)
      await new Promise<void>((resolve) => {
        this.#drained = resolve
      })
  }

  async #append(fact: Fact, wanted: () => boolean): Promise<void> {
    if (await this.#tryAppend(fact)) return
    const { gate, limits } = this.#options
    gate.full()
    try {
      let delayMs = limits.fullRetryMinMs
      do {
        await this.#pause(delayMs)
        if (!wanted()) throw new NotDurable('nobody waits for this message any more')
        delayMs = Math.min(2 * delayMs, limits.fullRetryMaxMs)
      } while (!(await this.#tryAppend(fact)))
    } finally {
      gate.room()
    }
  }

  /** True once durable, false where the journal has no room or is away. */
  async #tryAppend(fact: Fact): Promise<boolean> {
    try {
      await this.#options.sink.append(fact)
      return true
    } catch (cause) {
      const { code } = (cause ?? {}) as { code?: unknown }
      if (code === 'journal.full' || code === 'journal.unreachable') return false
      throw new NotDurable('the journal takes nothing', { cause })
    }
  }

  async #pause(delayMs: number): Promise<void> {
    try {
      await pause(delayMs, undefined, { signal: this.#stop.signal })
    } catch (cause) {
      throw new NotDurable('stopped while the journal was full', { cause })
    }
  }

  #count(fact: Fact): void {
    if (fact.type === 'quarantined')
      this.#options.telemetry.emit('sensing.quarantined', { reason: fact.reason })
    else this.#options.telemetry.emit('sensing.accepted', { kind: fact.type })
  }
}
