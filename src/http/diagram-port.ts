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
