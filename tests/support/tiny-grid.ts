/** Random small radial grids for property tests, and a source of numbers from a seed. */
import type { Grid, GridDevice } from '../../src/grid/model.ts'

/** A small deterministic generator (mulberry32), for tests only. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface TinyOptions {
  readonly devices: number
  readonly meters: number
  /** Put concentrators at transformers that have two or more meters. */
  readonly concentrators?: boolean
}

/** A feeder breaker with a random tree of devices below it and meters spread over them. */
export function tinyGrid(
  random: () => number,
  { devices, meters, concentrators }: TinyOptions,
): Grid {
  const list: GridDevice[] = [
    { id: 'B', type: 'breaker', name: 'head', from: 'n-source', to: 'n0' },
  ]
  for (let i = 1; i < devices; i++) {
    const above = Math.floor(random() * i)
    const type = i < devices / 2 ? 'fuse' : 'transformer'
    list.push({ id: `D${i}`, type, name: `D${i}`, from: `n${above}`, to: `n${i}` })
  }
  const grid: Grid = {
    version: 1,
    units: [{ id: 'U', name: 'unit', parent: null }],
    substations: [{ id: 'S', name: 'substation', unit: 'U' }],
    feeders: [{ id: 'F', name: 'feeder', unit: 'U', substation: 'S', source: 'B' }],
    nodes: ['n-source', ...list.map((_, i) => `n${i}`)].map((id) => ({ id })),
    devices: list,
    lines: [],
    usagePoints: [],
    observers: [],
  }
  const at = new Map<string, string[]>()
  for (let m = 0; m < meters; m++) {
    const device = list[Math.floor(random() * devices)]!.id
    grid.usagePoints.push({ id: `UP${m}`, device })
    at.set(device, [...(at.get(device) ?? []), `UP${m}`])
  }
  for (const [device, points] of at) {
    const forwards = concentrators && device.startsWith('D') && points.length >= 2
    if (forwards) grid.observers.push({ id: `C-${device}`, class: 'concentrator', device })
    for (const point of points)
      grid.observers.push({
        id: `M-${point}`,
        class: 'meter',
        usagePoint: point,
        ...(forwards ? { via: `C-${device}` } : {}),
      })
  }
  return grid
}
