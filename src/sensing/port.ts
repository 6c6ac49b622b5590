/**
 * What sensing offers and what it needs, as interfaces. Terminals come by the embedded listener or
 * through an outside broker, behind the same `Sensing`; journal and grid are handed in by `app`.
 */
import type { Fact } from '../facts/facts.ts'
import type { CallMessage } from '../facts/wire.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { ListenerLimits } from './limits.ts'

/** Where facts become durable. The journal fits. */
export interface FactSink {
  /**
   * Resolves once the fact is durable. Rejects with an error whose `code` is `journal.full` or
   * `journal.unreachable` (worth another try later) or anything else (not worth one).
   */
  append(fact: Fact): Promise<number>
  /** Appends asked for and not yet durable. */
  readonly pending: number
}

/** May this terminal speak of that meter, and do we know the meter at all? */
export type Standing = 'known' | 'unknownMeter' | 'foreignMeter'

/** The same of a switch. */
type DeviceStanding = 'known' | 'unknownDevice' | 'foreignDevice'

/** Who may speak, and of whom (CONTRACT §4). Built from a grid, replaced when a grid is applied. */
export interface TerminalDirectory {
  isTerminal(id: string): boolean
  /** Absent: nobody keeps a register of crews, and all are believed. */
  isCrew?(id: string): boolean
  /** Of an unknown terminal every known meter is foreign. */
  standingOf(terminal: string, meter: string): Standing
  /** SCADA may speak of every device, others of those where they stand and of their transformer's area. */
  deviceStandingOf(terminal: string, device: string): DeviceStanding
}

/** A notice to a service by topic. */
export interface TopicNotice {
  /** Id of the receiver it is for. */
  readonly receiver: string
  readonly topics: readonly string[]
  readonly payload: string
  /** From then on it is stale. */
  readonly notAfter: number
}

/** Programs of the utility that may hear notices at the embedded listener. */
export interface ServiceAccounts {
  /** Passwords of a service, any of which it may give; `undefined` where there is none of that id. */
  secretsOf(id: string): readonly string[] | undefined
}

/** The way to the terminals, whichever it is. */
export interface Sensing {
  /**
   * Sends a call-read to a terminal that listens on its call topic. Resolves when it is written to
   * the terminal's socket, or when the outside broker has taken it; an answer, if any, arrives as a
   * reading. Rejects with a `SensingError` `sensing.notConnected` where nobody listens for it.
   */
  publishCall(terminal: string, message: CallMessage): Promise<void>
  /** Whether a notice for this receiver could be taken now. */
  hearsNotices(receiver: string): boolean
  /**
   * Sends a notice. Resolves when the service has acknowledged it, or the outside broker has taken
   * it. Rejects with `sensing.notConnected` where nobody is there to take it, or it is lost on the way.
   */
  publishNotice(notice: TopicNotice): Promise<void>
  /** From now on this directory answers; messages being decoded finish with the old one. */
  useDirectory(directory: TerminalDirectory): void
  /** Takes nothing more, waits for the appends under way and their acknowledgements, disconnects. */
  close(): Promise<void>
}

/** The embedded listener. */
export interface Listener extends Sensing {
  /** The port really bound (of interest where 0 was asked for). */
  readonly port: number
  /** Open sockets, signed in or not. */
  readonly connections: number
}

/** Connections to an outside broker. */
export interface Subscriber extends Sensing {
  /** Connections that are up and subscribed. */
  readonly connections: number
  /** What keeps a connection from being so, in words for an operator; `undefined`: nothing. */
  readonly problem: string | undefined
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
  /** Absent: nobody hears notices here. */
  readonly services?: ServiceAccounts
  readonly limits?: Partial<ListenerLimits>
  /** Milliseconds since 1970; stamps `receivedAt` and feeds the accept rate. */
  readonly now: () => number
}

/** Where the outside broker is and who we are to it; the section `mqtt` of the settings. */
export interface BrokerSettings {
  /** `mqtt://host:port`, or `mqtts://` for TLS. */
  readonly url: string
  readonly username: string | null
  readonly password: string | null
  /** Sessions are kept under this name and a number; each program at one broker needs its own. */
  readonly clientId: string
  readonly connections: number
  /** Messages one connection may be sent before it acknowledges. */
  readonly receiveMaximum: number
  /** How long the broker is asked to keep what arrives while we are away. */
  readonly sessionSeconds: number
  /** PEM files: whom to trust, and our own certificate with its key. */
  readonly caFile: string | null
  readonly certFile: string | null
  readonly keyFile: string | null
}

export interface SubscriberOptions {
  /** Sends call-reads and takes nothing in. */
  readonly sendsOnly?: boolean
  readonly settings: BrokerSettings
  readonly sink: FactSink
  readonly directory: TerminalDirectory
  readonly telemetry: Telemetry
  readonly limits?: Partial<ListenerLimits>
  /** Milliseconds since 1970; stamps `receivedAt`. */
  readonly now: () => number
  /** 0 to 1, the jitter of waits. */
  readonly random?: () => number
}

export type SensingErrorCode =
  /** A host that others can reach needs a secret. */
  | 'sensing.secretRequired'
  /** Address in use, not ours, or not permitted; the cause tells. */
  | 'sensing.cannotListen'
  /** Nobody connected is subscribed to the topic, or the broker is away. */
  | 'sensing.notConnected'
  /** A certificate or key cannot be read. */
  | 'sensing.badCertificate'

export class SensingError extends Error {
  readonly code: SensingErrorCode
  constructor(code: SensingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SensingError'
    this.code = code
  }
}
