import { describe, expect, test } from 'vitest'
import { compileGrid, GridError } from '../../../src/grid/compile.ts'
import { TARGET_USAGE_POINT } from '../../../src/grid/compiled.ts'
import { generateGrid } from '../../../src/grid/generate/generate.ts'
import { INSTITUTIONS } from '../../../src/grid/model.ts'
import { item, smallGrid } from './small-grid.ts'

const small = compileGrid(smallGrid(), 'digest')
const index = (id: string) => small.devices.ids.indexOf(id)

describe('a small grid', () => {
  test('hangs as it is drawn, the tie in nobody’s tree', () => {
    const parent = (id: string) => {
      const at = small.devices.normalParent[index(id)]!
      return at < 0 ? at : small.devices.ids.idOf(at)
    }
    expect(['B1', 'K1', 'T1', 'X1', 'F1', 'T2', 'B2', 'G1'].map(parent)).toEqual([
      -1,
      'B1',
      'K1',
      'T1',
      'B1',
      'F1',
      -1,
      -2,
    ])
    expect(small.devices.subtreeSize[index('B1')]).toBe(6)
    expect(small.devices.subtreeSize[index('G1')]).toBe(0)
    expect(small.feeders.map(({ partition }) => partition)).toEqual([0, 0])
  })

  test('what lies below a device is one range', () => {
    const from = index('K1')
    const below = Array.from({ length: small.devices.subtreeSize[from]! }, (_, i) =>
      small.devices.ids.idOf(from + i),
    )
    expect(below).toEqual(['K1', 'T1', 'X1'])
  })

  test('terminals come first, then meters in the order of their usage points', () => {
    const { observers, usagePoints } = small
    const ids = Array.from({ length: observers.ids.count }, (_, o) => observers.ids.idOf(o))
    expect(ids.slice(0, 2)).toEqual(['C1', 'V1'])
    expect(ids.slice(2).map((id) => id.slice(1))).toEqual(
      [0, 1, 2].map((point) => usagePoints.ids.idOf(point).slice(1)),
    )
    const m1 = observers.ids.indexOf('M1')
    expect(observers.ids.idOf(observers.via[m1]!)).toBe('C1')
    expect(usagePoints.ids.idOf(observers.target[m1]!)).toBe('U1')
  })
})

test('phases left out are those of the place', () => {
  const grid = smallGrid()
  grid.usagePoints.push({ id: 'U4', device: 'T2' })
  grid.observers.push(
    { id: 'C2', class: 'concentrator', device: 'T2' },
    { id: 'M4', class: 'meter', usagePoint: 'U4' },
  )
  const { observers, usagePoints } = compileGrid(grid, 'digest')
  const phasesOf = (id: string) => observers.phases[observers.ids.indexOf(id)]
  expect(['C1', 'C2', 'M1', 'M2', 'M4'].map(phasesOf)).toEqual([7, 2, 1, 7, 2])
  expect(usagePoints.phases[usagePoints.ids.indexOf('U4')]).toBe(2)
})

test('a generated grid: meters of each device are one range, in both directions', () => {
  const { devices, usagePoints, observers } = compileGrid(
    generateGrid({ customers: 2_000, seed: 3 }),
    'digest',
  )
  let seen = 0
  for (let d = 0; d < devices.ids.count; d++)
    for (let o = observers.firstMeter[d]!; o < observers.firstMeter[d + 1]!; o++, seen++) {
      expect(observers.targetKind[o]).toBe(TARGET_USAGE_POINT)
      expect(usagePoints.device[observers.target[o]!]).toBe(d)
    }
  expect(seen).toBe(2_000)
})

test('a closed device between two fed zones is named as a loop, a dark one as not energised', () => {
  const grid = smallGrid()
  item(grid.devices, 'G1').normallyOpen = false
  grid.nodes.push({ id: 'y' }, { id: 'z' })
  grid.devices.push({ id: 'Z', type: 'switch', name: 'alone', from: 'y', to: 'z' })
  // Depth first from B1 reaches what B2 feeds through G1, so B2 is the one met last.
  expect(compileGrid(grid, 'digest').notes).toEqual([
    { code: 'loop', device: 'B2' },
    { code: 'notEnergised', device: 'Z' },
  ])
})

test('feeders that neither a tie nor a substation joins are apart', () => {
  const grid = smallGrid()
  grid.substations.push({ id: 'SS2', name: 'other', unit: '1501' })
  item(grid.feeders, 'F2').substation = 'SS2'
  item(grid.devices, 'B2').from = 'k'
  grid.nodes.push({ id: 'k' })
  const tied = compileGrid(grid, 'digest')
  expect(tied.feeders.map(({ partition }) => partition)).toEqual([0, 0])
  grid.devices = grid.devices.filter(({ id }) => id !== 'G1')
  const apart = compileGrid(grid, 'digest')
  expect(apart.feeders.map(({ partition }) => partition)).toEqual([0, 1])
})

describe('refused, with its place', () => {
  test.each([
    ['an unknown node', 'grid.unknownReference', 'device K1'],
    ['a duplicate device', 'grid.duplicateId', 'device K1'],
    ['phases that are none', 'grid.badPhases', 'usagePoint U1'],
    ['a terminal nobody knows', 'grid.unknownReference', 'observer M1'],
  ])('%s', (what, code, place) => {
    const grid = smallGrid()
    if (what === 'an unknown node') item(grid.devices, 'K1').to = 'nowhere'
    if (what === 'a duplicate device') grid.devices.push(item(grid.devices, 'K1'))
    if (what === 'phases that are none') item(grid.usagePoints, 'U1').phases = 'X'
    if (what === 'a terminal nobody knows') item(grid.observers, 'M1').via = 'C9'
    try {
      compileGrid(grid, 'digest')
      throw new Error('nothing was refused')
    } catch (error) {
      expect(error).toBeInstanceOf(GridError)
      expect(error).toMatchObject({ code, place })
    }
  })
})

test('institutions are listed by their usage points, whatever the order of the file; other classes are not', () => {
  const grid = smallGrid()
  const classes = { U3: 'school', U1: 'hospital', U2: 'commercial' } as Record<string, string>
  for (const point of grid.usagePoints) point.class = classes[point.id]!
  for (const file of [grid.usagePoints, [...grid.usagePoints].reverse()]) {
    const { institutions, usagePoints } = compileGrid({ ...grid, usagePoints: file }, 'digest')
    expect([...institutions.point]).toEqual([...institutions.point].sort((a, b) => a - b))
    const named = [...institutions.point].map((point, i) => [
      usagePoints.ids.idOf(point),
      INSTITUTIONS[institutions.kind[i]!],
    ])
    expect(Object.fromEntries(named)).toEqual({ U1: 'hospital', U3: 'school' })
  }
})
