/** What the single-line diagram of a feeder needs of the engine; `app` passes it in. */
import type { DeviceType } from '../grid/model.ts'

/** A device in the diagram of its feeder. */
export interface DiagramDevice {
  readonly id: string
  readonly type: DeviceType
  readonly name: string
  /** The device that feeds it, or fed it before it was cut off; null at the head. */
  readonly parent: string | null
  /** By what was told of it. */
  readonly open: boolean
  readonly normallyOpen: boolean
  /** Below it as it is fed now. */
  readonly customers: number
  /** P(open and nothing above open), shared by devices that no observer tells apart; null: no evidence. */
  readonly probability: number | null
  /** P(no supply right below it); null: no evidence. */
  readonly dead: number | null
  /** Feeder that feeds it at present where that is another (转供); null: its own, or none. */
  readonly fedFrom: string | null
  /** A closed tie: feeder to which the part that it feeds belongs normally; null: none, or this one. */
  readonly feedsPartOf: string | null
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
