/** What the live hub needs of others, and what it is to them. */
import type { ChangeBatch, Incident } from '../engine/changes.ts'
import type { InstantMs } from '../facts/time.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { LiveTimings } from './limits.ts'
import type { Stirring } from './stirring.ts'

/** A WebSocket, as far as the hub uses one (`ws` fits; tests use a stand-in). */
export interface LiveSocket {
  /** Bytes handed over and not yet taken by the peer. */
  readonly bufferedAmount: number
  send(data: Buffer | string, options: { binary: boolean }, done?: (error?: Error) => void): void
  ping(): void
  close(code: number, reason: string): void
  terminate(): void
  on(event: 'message', listener: (data: unknown, isBinary: boolean) => void): unknown
  on(event: 'pong' | 'close', listener: () => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
}

export type LiveRight = 'incidents.read' | 'map.read' | 'status.read' | 'crews.read'

/** Who looks, and what that person may see. */
export interface Viewer {
  /** Viewers of one group see the same, so what they get is encoded once. */
  readonly group: string
  readonly evidence: boolean
  holds(right: LiveRight): boolean
  seesUnit(unit: string): boolean
  /** Asked again and again: false once the session ended or the rights changed. */
  stillValid(): boolean | Promise<boolean>
}

/** The network's figures of now, from whoever keeps them. */
export interface LiveStats {
  readonly customers: number
  readonly customersOut: number
  readonly transformersOut: number
  /** Open incidents, and of them by grade Ⅰ–Ⅳ. */
  readonly incidents: {
    readonly open: number
    readonly byGrade: Readonly<Record<1 | 2 | 3 | 4, number>>
  }
  readonly reportsPerMinute: number
  /** Storm mode: on whose word, since when and why. */
  readonly storm: {
    readonly on: boolean
    readonly by: 'rule' | 'person'
    readonly since: string | null
    readonly reason: string | null
  }
}

/** Transformers (台区) of an incident: which are dark, which came back. */
export interface IncidentArea {
  readonly dark: readonly string[]
  readonly restored: readonly string[]
}

export interface LiveHubDeps {
  readonly telemetry: Telemetry
  grid(): CompiledGrid
  now(): InstantMs
  /** What is open when the hub starts; those restored in the last half hour may be among them. */
  openIncidents(): readonly Incident[]
  /** The areas of those, where known; later ones arrive with the changes. */
  areas?(): Iterable<readonly [incident: string, area: IncidentArea]>
  /** Any incident, for those who follow one that ended. */
  incident(id: string): Incident | undefined
  stats(): LiveStats
  /** Crews that may be seen, by id; absent: there is no such topic. */
  crews?(seesUnit: (unit: string) => boolean): ReadonlyMap<string, object>
  /** What stirs now (异动), asked for a few times a second; absent: there is no such topic. */
  stirring?(): readonly Stirring[]
  readonly timings?: Partial<LiveTimings>
}

export interface LiveHub {
  /** Takes committed changes, in order. */
  follow(batches: readonly Pick<ChangeBatch, 'changes'>[]): void
  /** Shows these instead of all that was shown; what did not change is not sent again. */
  replace(
    incidents: readonly Incident[],
    areas: Iterable<readonly [incident: string, area: IncidentArea]>,
  ): void
  /** Serves a socket until it closes. False where there is no room for one more. */
  attach(socket: LiveSocket, viewer: Viewer): boolean
  /** Dark and restored transformers of an incident that is shown now. */
  area(incident: string): IncidentArea | undefined
  readonly sockets: number
  /** Closes every socket (1001) and stops the clocks. */
  close(): void
}
