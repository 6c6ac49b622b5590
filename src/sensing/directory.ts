/**
 * Who may speak of whom, from the compiled grid: a terminal of itself, of observers that it
 * forwards for, of the meters of its own transformer (CONTRACT §4), and of the switches about it. It
 * decides standing only; whether what is said is true is the engine's to judge.
 */
import { type CompiledGrid, TARGET_DEVICE, TARGET_USAGE_POINT } from '../grid/compiled.ts'
import { DEVICE_TYPES, OBSERVER_CLASSES } from '../grid/model.ts'
import type { TerminalDirectory } from './port.ts'

const TRANSFORMER = DEVICE_TYPES.indexOf('transformer')
const METER = OBSERVER_CLASSES.indexOf('meter')
const SCADA = OBSERVER_CLASSES.indexOf('scada')
const NONE = -1

export function createTerminalDirectory(grid: CompiledGrid): TerminalDirectory {
  const { devices, usagePoints, observers, nodes } = grid

  const deviceOf = (observer: number): number => {
    const target = observers.target[observer]!
    switch (observers.targetKind[observer]) {
      case TARGET_DEVICE:
        return target
      case TARGET_USAGE_POINT:
        return usagePoints.device[target]!
      default:
        return NONE
    }
  }

  /** The nearest transformer at or above the device; −1 for one of the medium-voltage network. */
  const transformerAt = (from: number): number => {
    let device = from
    while (device >= 0 && devices.type[device] !== TRANSFORMER)
      device = devices.normalParent[device]!
    return device >= 0 ? device : NONE
  }
  const transformerOf = (observer: number) => transformerAt(deviceOf(observer))

  const shareNode = (a: number, b: number): boolean => {
    const ends = (device: number) => [
      nodes.zone[devices.from[device]!]!,
      nodes.zone[devices.to[device]!]!,
    ]
    return ends(a).some((zone) => ends(b).includes(zone))
  }

  /** A message is asked about meter by meter: whose it is need not be looked up each time. */
  let speaker = { id: '', observer: NONE }
  const terminalOf = (id: string): number => {
    if (speaker.id !== id) speaker = { id, observer: observers.ids.indexOf(id) }
    return speaker.observer
  }

  return {
    isTerminal: (id) => terminalOf(id) >= 0,
    standingOf(terminalId, meterId) {
      const meter = observers.ids.indexOf(meterId)
      if (meter < 0) return 'unknownMeter'
      const terminal = terminalOf(terminalId)
      // An unknown terminal must not meet the −1 of "nobody forwards for it" below.
      if (terminal < 0) return 'foreignMeter'
      if (terminal === meter || observers.via[meter] === terminal) return 'known'
      if (observers.class[meter] !== METER) return 'foreignMeter'
      const area = transformerOf(terminal)
      return area !== NONE && transformerOf(meter) === area ? 'known' : 'foreignMeter'
    },
    deviceStandingOf(terminalId, deviceId) {
      const device = devices.ids.indexOf(deviceId)
      if (device < 0) return 'unknownDevice'
      const terminal = terminalOf(terminalId)
      if (terminal < 0) return 'foreignDevice'
      // What stands at a node or a meter is about whatever feeds it now, as the engine knows.
      if (observers.class[terminal] === SCADA || observers.targetKind[terminal] !== TARGET_DEVICE)
        return 'known'
      const own = observers.target[terminal]!
      if (device === own || shareNode(device, own)) return 'known'
      // So is the low-voltage side: whose area a part of it is changes with switching.
      const isAbout = devices.type[own] === TRANSFORMER && devices.type[device] !== TRANSFORMER
      return isAbout && transformerAt(device) !== NONE ? 'known' : 'foreignDevice'
    },
  }
}
