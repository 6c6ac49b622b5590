/**
 * What sensing offers and what it needs, as interfaces. The listener stands behind `Listener`, so
 * that another one can replace it; journal and grid are handed in by `app`.
 */
import type { Fact } from '../facts/facts.ts'
import type { CallMessage } from '../facts/wire.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { ListenerLimits } from './limits.ts'

/** Where facts become durable. The journal fits. */
export interface FactSink {
  /**
   * Resolves once the fact is durable. Rejects with an error whose `code` is `journal.full` (worth
   * another try later) or anything else (not worth one).
   */
  append(fact: Fact): Promise<number>
  /** Appends asked for and not yet durable. */
  readonly pending: number
}

/** May this terminal speak of that meter, and do we know the meter at all? */
export type Standing = 'known' | 'unknownMeter' | 'foreignMeter'

/** Who may speak, and of whom (CONTRACT §4). Built from a grid, replaced when a grid is applied. */
export interface TerminalDirectory {
  isTerminal(id: string): boolean
  isDevice(id: string): boolean
  /** Of an unknown terminal every known meter is foreign. */
  standingOf(terminal: string, meter: string): Standing
}

export interface Listener {
  /** The port really bound (of interest where 0 was asked for). */
  readonly port: number
  /** Open sockets, signed in or not. */
  readonly connections: number
  /**
   * Sends a call-read to a connected terminal that subscribed to its call topic. Resolves when it
   * is written to the socket; an answer, if any, arrives as a reading. Rejects with a
   * `SensingError` `sensing.notConnected` where nobody listens for it.
   */
  publishCall(terminal: string, message: CallMessage): Promise<void>
  /** From now on this directory answers; messages being decoded finish with the old one. */
  useDirectory(directory: TerminalDirectory): void
  /** Stops reading, waits for the appends under way and their acknowledgements, disconnects all. */
  close(): Promise<void>
}

export interface ListenerOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly sink: FactSink
  readonly directory: TerminalDirectory
  readonly telemetry: Telemetry
  /** Password that every terminal and crew must give. Only a loopback host does without. */
  readonly secret?: string
  readonly limits?: Partial<ListenerLimits>
  /** Milliseconds since 1970; stamps `receivedAt` and feeds the accept rate. */
  readonly now: () => number
}

export type SensingErrorCode =
  /** A host that others can reach needs a secret. */
  | 'sensing.secretRequired'
  /** Address in use, not ours, or not permitted; the cause tells. */
  | 'sensing.cannotListen'
  /** No connected terminal of that id is subscribed to its call topic. */
  | 'sensing.notConnected'

export class SensingError extends Error {
  readonly code: SensingErrorCode
  constructor(code: SensingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SensingError'
    this.code = code
  }
}
