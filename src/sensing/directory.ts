/**
 * Who may speak of whom, from the compiled grid: a terminal of itself, of observers that it
 * forwards for, and of the meters of its own transformer (CONTRACT §4). It decides standing only;
 * whether what is said is true is the engine's to judge.
 */
import { type CompiledGrid, TARGET_DEVICE, TARGET_USAGE_POINT } from '../grid/compiled.ts'
import { DEVICE_TYPES, OBSERVER_CLASSES } from '../grid/model.ts'
import type { TerminalDirectory } from './port.ts'

const TRANSFORMER = DEVICE_TYPES.indexOf('transformer')
const METER = OBSERVER_CLASSES.indexOf('meter')
const NONE = -1

export function createTerminalDirectory(grid: CompiledGrid): TerminalDirectory {
  const { devices, usagePoints, observers } = grid

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

  /** The nearest transformer at or above the observer; −1 for one on the medium-voltage network. */
  const transformerOf = (observer: number): number => {
    let device = deviceOf(observer)
    while (device >= 0 && devices.type[device] !== TRANSFORMER)
      device = devices.normalParent[device]!
    return device >= 0 ? device : NONE
  }

  /** A message is asked about meter by meter: whose it is need not be looked up each time. */
  let speaker = { id: '', observer: NONE }
  const terminalOf = (id: string): number => {
    if (speaker.id !== id) speaker = { id, observer: observers.ids.indexOf(id) }
    return speaker.observer
  }

  return {
    isTerminal: (id) => terminalOf(id) >= 0,
    isDevice: (id) => devices.ids.indexOf(id) >= 0,
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
  }
}
