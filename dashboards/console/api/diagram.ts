/** One feeder as a single-line diagram. */
import type { DeviceId } from '../../../src/facts/ids.ts'
import type { DeviceType, ObserverClass } from '../../../src/grid/model.ts'
import { getJson } from './client.ts'
import type { Instant } from './payloads.ts'

export interface DiagramDevice {
  readonly id: DeviceId
  readonly type: DeviceType
  readonly name: string
  readonly parent: string | null
  readonly open: boolean
  readonly normallyOpen: boolean
  readonly customers: number
  readonly probability: number | null
  readonly dead: number | null
  /** Feeder that feeds it at present where that is another (转供). */
  readonly fedFrom: string | null
  /** Of a closed tie: feeder to which the part that it feeds belongs normally. */
  readonly feedsPartOf: string | null
}

/** A normally open switch at the edge of the drawing that stands open. */
export interface DiagramTie {
  readonly id: string
  readonly name: string
  readonly parent: string
  /** Of the far side; null where that has no source. */
  readonly feeder: string | null
}

export interface DiagramPayload {
  readonly asOf: Instant
  readonly feeder: string
  readonly devices: readonly DiagramDevice[]
  readonly ties: readonly DiagramTie[]
}

export function diagram(feeder: string, signal?: AbortSignal): Promise<DiagramPayload> {
  return getJson(`/api/v1/feeders/${encodeURIComponent(feeder)}/diagram`, signal)
}

/** Whom the next round of call-reads would ask about an incident. */
export interface NextReadsPayload {
  readonly state: 'asks' | 'waiting' | 'off' | 'over'
  readonly round: number
  readonly reads: readonly {
    readonly observer: string
    readonly class: ObserverClass
    readonly terminal: string
    readonly gainBits: number | null
  }[]
}

export const nextReads = (incident: string, signal?: AbortSignal): Promise<NextReadsPayload> =>
  getJson(`/api/v1/incidents/${encodeURIComponent(incident)}/next-reads`, signal)
