/** Two transformer areas below one breaker, with the observers that the rules of speaking need. */
import { compileGrid } from '../../src/grid/compile.ts'
import type { CompiledGrid } from '../../src/grid/compiled.ts'
import type { Grid, GridDevice, GridObserver } from '../../src/grid/model.ts'

const device = (id: string, type: GridDevice['type'], from: string, to: string): GridDevice => ({
  id,
  type,
  name: id,
  from,
  to,
})

/** `extraTerminals` further terminals of their own stand at transformer X1. */
export function terminalGrid(extraTerminals: readonly string[] = []): CompiledGrid {
  const observers: GridObserver[] = [
    { id: 'T1', class: 'concentrator', device: 'X1' },
    { id: 'T2', class: 'ttu', device: 'X2' },
    { id: 'F1', class: 'ftu', device: 'B1' },
    { id: 'F2', class: 'ftu', device: 'B1', via: 'F1' },
    { id: 'M1', class: 'meter', usagePoint: 'U1', via: 'T1' },
    { id: 'M2', class: 'meter', usagePoint: 'U2', via: 'T1' },
    // Of the same area, but forwarded by nobody.
    { id: 'M3', class: 'meter', usagePoint: 'U3' },
    { id: 'M9', class: 'meter', usagePoint: 'U9', via: 'T2' },
    // Ids that a plain object would already have.
    { id: '__proto__', class: 'ttu', device: 'X1' },
    { id: 'constructor', class: 'meter', usagePoint: 'U1', via: '__proto__' },
    ...extraTerminals.map((id): GridObserver => ({ id, class: 'ttu', device: 'X1' })),
  ]
  const grid: Grid = {
    version: 1,
    units: [{ id: 'unit', name: 'unit' }],
    substations: [{ id: 'sub', name: 'sub', unit: 'unit' }],
    feeders: [{ id: 'F', name: 'F', unit: 'unit', substation: 'sub', source: 'B1' }],
    nodes: ['source', 'bus', 'lv1', 'box1', 'lv2'].map((id) => ({ id })),
    devices: [
      device('B1', 'breaker', 'source', 'bus'),
      device('X1', 'transformer', 'bus', 'lv1'),
      device('BOX1', 'meterBox', 'lv1', 'box1'),
      device('X2', 'transformer', 'bus', 'lv2'),
    ],
    lines: [],
    usagePoints: [
      { id: 'U1', device: 'BOX1' },
      { id: 'U2', device: 'BOX1' },
      { id: 'U3', device: 'X1' },
      { id: 'U9', device: 'X2' },
    ],
    observers,
  }
  return compileGrid(grid, '0'.repeat(64))
}
