/** A device as it is told of. */
import type { DeviceId } from '../facts/ids.ts'
import type { DeviceType } from '../grid/model.ts'

export interface DeviceRef {
  /** A device's id, or the usage point's id where `type` is an implicit `service`. */
  readonly id: DeviceId
  /** A `substation` stands above all devices of its feeders. */
  readonly type: DeviceType | 'substation'
  readonly name: string
}
