/** A feeder small enough to read, and the ways to spoil it. */
import type { Grid } from '../../../src/grid/model.ts'

/**
 * ```
 * S ─B1─ a ──── b ─K1─ c ──── d ─T1─ e ─X1─ f      (U1, U2)
 *               └─F1(B)─ g ─T2(B)─ h               (U3)
 * S ─B2─ i ──── j ─G1(open)─ d                     second feeder, tied
 * ```
 */
export function smallGrid(): Grid {
  return {
    version: 1,
    name: 'small',
    units: [
      { id: '15', name: 'utility', parent: null },
      { id: '1501', name: 'county', parent: '15' },
    ],
    substations: [{ id: 'SS1', name: 'substation', unit: '1501' }],
    feeders: [
      { id: 'F1', name: 'one', unit: '1501', substation: 'SS1', source: 'B1' },
      { id: 'F2', name: 'two', unit: '1501', substation: 'SS1', source: 'B2' },
    ],
    nodes: [...'Sabcdefghij'].map((id, i) => ({ id, lon: 111 + i / 100, lat: 40.8 })),
    devices: [
      { id: 'B1', type: 'breaker', name: 'head', from: 'S', to: 'a' },
      { id: 'K1', type: 'switch', name: 'section', from: 'b', to: 'c' },
      { id: 'T1', type: 'transformer', name: 'area', from: 'd', to: 'e', ownership: 'public' },
      { id: 'X1', type: 'meterBox', name: 'box', from: 'e', to: 'f' },
      { id: 'F1', type: 'fuse', name: 'lateral', from: 'b', to: 'g', phases: 'B' },
      { id: 'T2', type: 'transformer', name: 'pump', from: 'g', to: 'h', phases: 'B' },
      { id: 'B2', type: 'breaker', name: 'head two', from: 'S', to: 'i' },
      { id: 'G1', type: 'switch', name: 'tie', from: 'j', to: 'd', normallyOpen: true },
    ],
    lines: [
      { id: 'W1', from: 'a', to: 'b', path: [[111.005, 40.81]] },
      { id: 'W2', from: 'c', to: 'd' },
      { id: 'W3', from: 'i', to: 'j' },
    ],
    usagePoints: [
      { id: 'U1', device: 'X1', phases: 'A' },
      { id: 'U2', device: 'X1', sensitive: ['care'] },
      { id: 'U3', device: 'T2', phases: 'B', important: 'second', class: 'public' },
    ],
    observers: [
      { id: 'C1', class: 'concentrator', device: 'T1' },
      { id: 'M1', class: 'meter', usagePoint: 'U1', phases: 'A', via: 'C1' },
      { id: 'M2', class: 'meter', usagePoint: 'U2', via: 'C1' },
      { id: 'M3', class: 'meter', usagePoint: 'U3', phases: 'B' },
      { id: 'V1', class: 'ttu', node: 'h', phases: 'B' },
    ],
  }
}

/** The item of `list` with this id, to be changed in place. */
export function item<T extends { id: string }>(list: T[], id: string): T {
  const found = list.find((one) => one.id === id)
  if (!found) throw new Error(`no ${id}`)
  return found
}
