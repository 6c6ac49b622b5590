/** What the single-line diagram of a feeder needs of the engine; `app` passes it in. */
import type { DeviceType } from '../grid/model.ts'

/** A device in the diagram of its feeder. */
export interface DiagramDevice {
  readonly id: string
  readonly type: DeviceType
  readonly name: string
  readonly parent: string | null
  readonly open: boolean
  readonly normallyOpen: boolean
  readonly customers: number
  readonly probability: number | null
  readonly dead: number | null
}

/** An open tie (联络开关) at the edge of the drawing: where it stands, and what feeds its other side. */
export interface DiagramTie {
  readonly id: string
  readonly name: string
  /** The device of the drawing that feeds the side that lies in it. */
  readonly parent: string
  /** Feeder of the other side; null where that has no source. */
  readonly feeder: string | null
}

export interface FeederDiagram {
  readonly devices: readonly DiagramDevice[]
  readonly ties: readonly DiagramTie[]
}
