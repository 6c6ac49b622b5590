import { describe, expect, it } from 'vitest'
import { levelOf } from '../../../simulators/level.ts'
import {
  buildNetwork,
  devicesAbove,
  devicesBelow,
  NetworkError,
} from '../../../simulators/network.ts'
import { World } from '../../../simulators/world.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'

const DRAWING = `
B1 breaker
  FTU1 ftu
  S1 switch
    L1 fuse A
      X1 transformer A
        C1 concentrator
        m1 meter A
        m2 meter A
    X2 transformer
      C2 concentrator
      a meter A
      b meter B
      abc meter
B2 breaker
  X3 transformer
    m9 meter
tie T1 S1 B2
`

function setUp() {
  const network = buildNetwork(drawnGrid(DRAWING))
  const world = new World(network)
  const device = (id: string) => ({ kind: 'device' as const, index: network.deviceIndex.get(id)! })
  const point = (id: string) => network.usagePointIndex.get(id)!
  const names = (points: readonly number[]) =>
    points.map((index) => network.grid.usagePoints[index]!.id).sort()
  const said = (effect: ReturnType<World['open']>) =>
    effect.changes
      .map(
        ({ observer, to, wide }) =>
          `${network.grid.observers[observer]!.id} ${to}${wide ? ' wide' : ''}`,
      )
      .sort()
  return { network, world, device, point, names, said }
}

describe('the network', () => {
  it('hangs each device below the one that feeds it', () => {
    const { network } = setUp()
    const ids = (indices: readonly number[]) => indices.map((i) => network.grid.devices[i]!.id)
    expect(ids(devicesAbove(network, network.deviceIndex.get('X1')!))).toEqual(['L1', 'S1', 'B1'])
    expect(ids(devicesBelow(network, network.deviceIndex.get('S1')!)).sort()).toEqual([
      'L1',
      'X1',
      'X2',
    ])
    expect(network.usagePointsBelow[network.deviceIndex.get('B1')!]).toBe(5)
    expect(network.parent[network.deviceIndex.get('T1')!]).toBe(-2)
  })

  it('names the level of each device', () => {
    const { network } = setUp()
    const level = (id: string) => levelOf(network, network.deviceIndex.get(id)!)
    expect(['B1', 'S1', 'L1', 'X1'].map(level)).toEqual([
      'feeder',
      'section',
      'branch',
      'transformer',
    ])
  })

  it('finds the root above a feeder head that is fed through a substation device', () => {
    const grid = drawnGrid('B1 breaker\n  X1 transformer\n    m1 meter')
    grid.nodes.push({ id: 'n-bus' })
    grid.devices.push({ id: 'MT', type: 'transformer', name: 'MT', from: 'n-bus', to: 'n-source' })
    const network = buildNetwork(grid)
    expect(levelOf(network, network.deviceIndex.get('MT')!)).toBe('substation')
    const world = new World(network)
    const effect = world.open({ kind: 'device', index: network.deviceIndex.get('MT')! })
    expect(effect.lost).toHaveLength(1)
  })

  it('names the place of a reference to nowhere', () => {
    const grid = drawnGrid('B1 breaker')
    grid.lines.push({ id: 'l9', from: 'n-B1', to: 'nowhere' })
    expect(() => buildNetwork(grid)).toThrow(new NetworkError('line l9: to: unknown "nowhere"'))
  })
})

describe('the world', () => {
  it('darkens what lies below an open device and nothing else', () => {
    const { world, device, names, said } = setUp()
    const effect = world.open(device('S1'))
    expect(names(effect.lost)).toEqual(['a', 'abc', 'b', 'm1', 'm2'])
    expect(said(effect)).toEqual([
      'C1 off wide',
      'C2 off wide',
      'o-a off wide',
      'o-abc off wide',
      'o-b off wide',
      'o-m1 off wide',
      'o-m2 off wide',
    ])
    const back = world.close(device('S1'))
    expect(names(back.regained)).toEqual(['a', 'abc', 'b', 'm1', 'm2'])
    expect(back.changes.every(({ to, from }) => to === 'on' && from === 'off')).toBe(true)
  })

  it('keeps dark what a second open device holds', () => {
    const { world, device, names } = setUp()
    world.open(device('X1'))
    expect(names(world.open(device('B1')).lost)).toEqual(['a', 'abc', 'b'])
    expect(names(world.close(device('B1')).regained)).toEqual(['a', 'abc', 'b'])
    expect(names(world.close(device('X1')).regained)).toEqual(['m1', 'm2'])
  })

  it('opens one phase: single-phase meters off, three-phase ones partial, the area is not wide', () => {
    const { world, device, said, names } = setUp()
    const effect = world.open(device('X2'), 1)
    expect(said(effect)).toEqual(['C2 partial', 'o-a off', 'o-abc partial'])
    expect(names(effect.lost)).toEqual(['a', 'abc'])
    expect(effect.changes.find(({ to }) => to === 'partial')!.missing).toBe(1)
  })

  it('cuts the service of one usage point', () => {
    const { world, point, said } = setUp()
    expect(said(world.open({ kind: 'usagePoint', index: point('m1') }))).toEqual(['o-m1 off'])
    expect(world.supplyOfUsagePoint(point('m1'))).toBe('off')
    expect(world.supplyOfUsagePoint(point('m2'))).toBe('on')
  })

  it('feeds an island through a tie that is closed', () => {
    const { world, device, names } = setUp()
    world.open(device('B1'))
    const effect = world.close(device('T1'))
    expect(names(effect.regained)).toEqual(['a', 'abc', 'b', 'm1', 'm2'])
    // The other feeder now carries both.
    expect(names(world.open(device('B2')).lost)).toEqual(['a', 'abc', 'b', 'm1', 'm2', 'm9'])
  })

  it('hears nothing from what is not supplied in the normal state', () => {
    const grid = drawnGrid('B1 breaker\n  X1 transformer\n    m1 meter\n    m2 meter')
    grid.nodes.push({ id: 'island' }, { id: 'island-lv' })
    grid.devices.push({
      id: 'XI',
      type: 'transformer',
      name: 'XI',
      from: 'island',
      to: 'island-lv',
    })
    grid.usagePoints.push({ id: 'mi', device: 'XI' })
    grid.observers.push({ id: 'o-mi', class: 'meter', usagePoint: 'mi' })
    const network = buildNetwork(grid)
    const world = new World(network)
    expect(world.supplyOfUsagePoint(2)).toBe('none')
    expect(world.open({ kind: 'device', index: 0 }).lost).toHaveLength(2)
  })
})
