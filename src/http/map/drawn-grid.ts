/**
 * What of a compiled grid is drawn, in the form in which threads share it. Arrays that were read from
 * an image lie in memory that threads have in common and are handed over as they are; those that were
 * compiled in this process are copied, once.
 */
import type { CompiledGrid, DeviceColumns, NodeColumns } from '../../grid/compiled.ts'
import { PackedTexts } from '../../grid/texts.ts'

const DEVICE_COLUMNS = [
  ...(['type', 'from', 'to', 'normallyOpen', 'ownership'] as const),
  ...(['feeder', 'subtreeSize'] as const),
] as const

/** A compiled grid, or what of it another thread was given to draw. */
export interface DrawnGrid
  extends Pick<CompiledGrid, 'digest' | 'name' | 'units' | 'substations' | 'feeders' | 'lines'> {
  readonly nodes: Pick<NodeColumns, 'lon' | 'lat'>
  readonly devices: Pick<DeviceColumns, (typeof DEVICE_COLUMNS)[number] | 'nameOf'> & {
    readonly ids: Pick<DeviceColumns['ids'], 'count' | 'idOf'>
  }
  readonly usagePoints: Pick<CompiledGrid['usagePoints'], 'first'>
}

interface Texts {
  readonly count: number
  readonly bytes: Uint8Array
  readonly starts: Uint32Array
}

/** A drawn grid as plain values. */
export interface Drawing extends Omit<DrawnGrid, 'devices'> {
  readonly devices: Pick<DeviceColumns, (typeof DEVICE_COLUMNS)[number]>
  readonly ids: Texts
  readonly names: Texts
}

const textsOf = ({ count, bytes, starts }: PackedTexts): Texts => ({ count, bytes, starts })

/** What another thread needs of `grid`. */
export function drawingOf(grid: CompiledGrid): Drawing {
  const { digest, name, units, substations, feeders, lines, nodes, devices } = grid
  const columns = Object.fromEntries(DEVICE_COLUMNS.map((column) => [column, devices[column]]))
  return {
    ...{ digest, name, units, substations, feeders, lines },
    nodes: { lon: nodes.lon, lat: nodes.lat },
    devices: columns as Drawing['devices'],
    usagePoints: { first: grid.usagePoints.first },
    ids: textsOf(devices.ids.texts),
    names: textsOf(devices.names),
  }
}

/** The grid that another thread gave. */
export function drawnGrid({ ids, names, devices, ...rest }: Drawing): DrawnGrid {
  const idTexts = new PackedTexts(ids.count, ids.bytes, ids.starts)
  const nameTexts = new PackedTexts(names.count, names.bytes, names.starts)
  return {
    ...rest,
    devices: {
      ...devices,
      ids: { count: ids.count, idOf: (index) => idTexts.textOf(index) },
      nameOf: (index) => nameTexts.textOf(index),
    },
  }
}
