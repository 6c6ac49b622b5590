/**
 * A grid with every field that CONTRACT §3 names, and the ids of its examples: terminal T0001 at a
 * transformer of unit 1501, with the meters M1 and M2 that it forwards. Of unit 1502 no example speaks.
 */
import type { Grid, GridDevice } from '../../src/grid/model.ts'

const device = (
  id: string,
  type: GridDevice['type'],
  from: string,
  to: string,
  more: Partial<GridDevice> = {},
): GridDevice => ({ id, type, name: `设备 ${id}`, from, to, ...more })

const NODES = [
  'bus',
  'a',
  'b',
  'c',
  'd',
  'e',
  'lv1',
  'branch',
  'box',
  'tap',
  'lv2',
  'bus2',
  'f',
  'lv3',
]

/** ```
 * bus ─B1─ a ─K1─ b ─R1─ c ─X1─ lv1 ─L1─ branch ─Z1─ box     U1, U2 (M1, M2 by T0001)
 *                 │      └─ d ─G1(open)─ f ─B2─ bus2
 *                 │                    lv3 ─X3─┘              U3 (T0003, T0004)
 *                 └─Q1─ e ─FU1(B)─ tap ─X2─ lv2               U9 (M9 by T0002)
 * ``` */
export const CONTRACT_GRID: Grid = {
  version: 1,
  units: [
    { id: '15', name: '供电公司', parent: null },
    { id: '1501', name: '供电所', parent: '15' },
    { id: '1502', name: '邻所', parent: '15' },
  ],
  substations: [{ id: 'SS1', name: '变电站', unit: '1501' }],
  feeders: [
    { id: 'F1', name: '一线', unit: '1501', substation: 'SS1', source: 'B1' },
    { id: 'F2', name: '二线', unit: '1502', substation: 'SS1', source: 'B2' },
  ],
  nodes: NODES.map((id, i) => ({ id, lon: 111.6 + i / 1000, lat: 40.8 })),
  devices: [
    device('B1', 'breaker', 'bus', 'a', { ganged: true, zone: 'urban' }),
    device('K1', 'switch', 'a', 'b', { phases: 'ABC' }),
    device('R1', 'recloser', 'b', 'c'),
    device('Q1', 'sectionaliser', 'b', 'e', { zone: 'rural' }),
    device('X1', 'transformer', 'c', 'lv1', {
      ownership: 'public',
      kva: 400,
      connection: 'Dyn11',
    }),
    device('L1', 'lvBranch', 'lv1', 'branch'),
    device('Z1', 'meterBox', 'branch', 'box'),
    device('FU1', 'fuse', 'e', 'tap', { phases: 'B' }),
    device('X2', 'transformer', 'tap', 'lv2', {
      phases: 'B',
      ownership: 'dedicated',
      kva: 50,
      connection: 'single',
    }),
    device('B2', 'breaker', 'bus2', 'f', { zone: 'remote' }),
    device('G1', 'switch', 'd', 'f', { normallyOpen: true }),
    device('X3', 'transformer', 'f', 'lv3', { kva: 200 }),
  ],
  lines: [{ id: 'W1', from: 'c', to: 'd', phases: 'ABC', path: [[111.6035, 40.801]] }],
  usagePoints: [
    { id: 'U1', device: 'Z1', phases: 'A', class: 'residential' },
    { id: 'U2', device: 'Z1', phases: 'ABC', important: 'second', sensitive: ['lifeSupport'] },
    { id: 'U9', device: 'X2', phases: 'B' },
    { id: 'U3', device: 'X3' },
  ],
  observers: [
    { id: 'T0001', class: 'concentrator', device: 'X1' },
    { id: 'T0002', class: 'ttu', node: 'lv2', phases: 'B' },
    { id: 'T0003', class: 'ttu', device: 'X3' },
    { id: 'T0004', class: 'concentrator', device: 'X3' },
    { id: 'S0001', class: 'ftu', device: 'K1' },
    { id: 'M1', class: 'meter', usagePoint: 'U1', phases: 'A', via: 'T0001' },
    { id: 'M2', class: 'meter', usagePoint: 'U2', phases: 'ABC', via: 'T0001' },
    { id: 'M9', class: 'meter', usagePoint: 'U9', phases: 'B', via: 'T0002' },
  ],
}
