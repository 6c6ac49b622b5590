/** Meters, terminals, units, places and ids of an imported grid. */
import { describe, expect, it } from 'vitest'
import { isId } from '../../../src/facts/ids.ts'
import { checkGrid } from '../../../src/grid/check.ts'
import { importOpenDss } from '../../../src/grid/opendss/importer.ts'
import { parseUnits } from '../../../src/grid/opendss/units.ts'
import { circuit, house, importFiles, importText } from './opendss-fixture.ts'

describe('meters', () => {
  it('gives each load a usage point with a meter of its own', () => {
    const { grid } = importText(house('h', 'm.3'))
    expect(grid.usagePoints).toEqual([{ id: 'UP-h', device: 'th', phases: 'C' }])
    expect(grid.observers).toEqual([{ id: 'M-h', class: 'meter', phases: 'C', usagePoint: 'UP-h' }])
  })

  it('counts the customers a load stands for', () => {
    const { grid, report } = importText(`${house('h', 'm.1')}
New Load.many phases=1 bus1=xh.1 numcust=3
New Load.lamp phases=1 bus1=xh.1 numcust=0`)
    const ids = grid.usagePoints.map(({ id }) => id)
    expect(ids).toEqual(['UP-h', 'UP-many', 'UP-many.2', 'UP-many.3'])
    expect(report.skipped).toContainEqual({ what: 'load without customers', count: 1 })
  })

  it('invents meters only where somebody is supplied', () => {
    const { grid, report } = importText(
      `${house('h', 'm.2')}
New Transformer.unused phases=1 windings=2 buses=[m.1 g.1] kvs=[7.2 0.24] kvas=[25 25]`,
      { metersPerTransformer: 3 },
    )
    expect(grid.usagePoints.map(({ id, device, phases }) => [id, device, phases])).toEqual([
      ['UP-h', 'th', 'B'],
      ['UP-th.S2', 'th', 'B'],
      ['UP-th.S3', 'th', 'B'],
    ])
    expect(report.counts).toMatchObject({ loads: 1, usagePoints: 3, syntheticMeters: 2 })
  })

  it('adds terminals when asked', () => {
    const { grid } = importText(`New Line.s bus1=m bus2=n switch=y\n${house('h', 'n.1')}`, {
      terminals: true,
    })
    expect(grid.observers).toEqual([
      { id: 'FTU-FB-c', class: 'ftu', device: 'FB-c', phases: 'ABC' },
      { id: 'C-th', class: 'concentrator', device: 'th', phases: 'A' },
      { id: 'M-h', class: 'meter', phases: 'A', usagePoint: 'UP-h', via: 'C-th' },
    ])
    expect(checkGrid(grid).filter(({ severity }) => severity === 'error')).toEqual([])
  })
})

describe('places', () => {
  const body = `New Line.a bus1=m bus2=n\n${house('h', 'n.1')}\n${house('i', 'n.1')}`
  const placed = (file: string, text: string, command: string) => {
    const files = { 'main.dss': circuit(`${body}\n${command} ${file}`), [file]: text }
    return importFiles(files)
  }
  const at = (grid: ReturnType<typeof placed>['grid'], id: string) =>
    grid.nodes.find((node) => node.id === id)!

  it('lays planar feet around one point of the steppe, whatever separates them', () => {
    const { grid, report } = placed(
      'xy.dat',
      'm 1000 5000\nn,\t3000,\t5000\nelse, 1, 2\n',
      'Buscoords',
    )
    expect(at(grid, 'm').lat).toBe(40.8)
    // 2,000 feet are 609.6 m.
    expect(at(grid, 'm').lon).toBeCloseTo(111.7 - 304.8 / 84_390, 6)
    expect(at(grid, 'n').lon).toBeCloseTo(111.7 + 304.8 / 84_390, 6)
    expect(report.counts).toMatchObject({ placedBuses: 2, inheritedPlaces: 3 })
  })

  it('reads latitude before longitude, and takes them as they are', () => {
    const { grid } = placed('ll.csv', 'm,46.6965308,-119.0696656', 'LatLongCoords')
    expect(at(grid, 'm')).toEqual({ id: 'm', lat: 46.6965308, lon: -119.0696656 })
  })

  it('places buses without coordinates beside the bus above, each somewhere else, always the same', () => {
    const { grid } = placed('ll.csv', 'n,40,111', 'LatLongCoords')
    const places = grid.nodes.map(({ lon, lat }) => `${lon},${lat}`)
    expect(new Set(places).size).toBe(5)
    for (const { lon, lat } of grid.nodes) {
      expect(Math.abs(lon! - 111) + Math.abs(lat! - 40)).toBeLessThan(0.001)
    }
    expect(placed('ll.csv', 'n,40,111', 'LatLongCoords').grid.nodes).toEqual(grid.nodes)
  })

  it('leaves a feeder without coordinates without any', () => {
    expect(importText(body).grid.nodes[0]).toEqual({ id: 'src' })
  })

  it.each([
    ['m, 1', 'Buscoords'],
    ['m, 1, east', 'Buscoords'],
    ['m, 111, 40', 'LatLongCoords'],
  ])('names file and line of what is no coordinate: %s', (row, command) => {
    expect(() => placed('c.csv', `src, 1, 2\n${row}`, command)).toThrow(/^c\.csv:2: /)
  })
})

describe('ids', () => {
  it('makes valid, distinct ids of any names and says so', () => {
    const long = 'x'.repeat(80)
    const { grid, report } = importText(`New Line.a#1 bus1=m bus2=n_#
New Line.a_1 bus1=n_# bus2=${long}1
New Line.b bus1=n_# bus2=${long}2
New "Line.a b" bus1=n_# bus2=o
${house(`${long}h`, 'o.1')}`)
    const lists = [grid.nodes, grid.devices, grid.lines, grid.usagePoints, grid.observers]
    for (const list of lists) {
      const ids = list.map(({ id }) => id)
      expect(ids.filter((id) => !isId(id))).toEqual([])
      expect(new Set(ids).size).toBe(ids.length)
    }
    expect(grid.lines.map(({ id }) => id)).toEqual(expect.arrayContaining(['a_1', 'a_1-2', 'a_b']))
    expect(report.warnings.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^\d+ names were changed to become ids$/),
    )
  })

  it('gives the same grid for the same source', () => {
    const body = house('h', 'm.1')
    expect(JSON.stringify(importText(body).grid)).toBe(JSON.stringify(importText(body).grid))
  })
})

describe('units', () => {
  const mapping = {
    units: [
      { id: 'U0', name: '赛罕供电公司' },
      { id: 'U1', name: '城关供电所', parent: 'U0' },
    ],
    substations: { c: { unit: 'U0', name: '城关变电站' } },
    feeders: { c: { unit: 'U1', name: '城关一线' }, ghost: { unit: 'U1' } },
  }

  it('are one, named after the circuit, unless a file says otherwise', () => {
    const plain = importText(house('h', 'm.1'))
    expect(plain.grid.units).toEqual([{ id: 'c', name: 'c' }])
    const { grid, report } = importText(house('h', 'm.1'), { units: parseUnits('u.yaml', mapping) })
    expect(grid.units).toEqual(mapping.units)
    expect(grid.substations).toEqual([{ id: 'c', name: '城关变电站', unit: 'U0' }])
    expect(grid.feeders[0]).toMatchObject({ name: '城关一线', unit: 'U1' })
    expect(report.warnings.map(({ text }) => text)).toContain(
      'the units file names ghost, which the source does not have',
    )
  })

  it('belong to the first unit where nothing is said', () => {
    const units = parseUnits('u.yaml', { units: mapping.units })
    expect(importText(house('h', 'm.1'), { units }).grid.feeders[0]!.unit).toBe('U0')
  })

  it.each([
    [null, 'expected a mapping'],
    [{ units: [] }, '"units" is not a list'],
    [{ units: [{ id: 'a' }] }, 'needs an id and a name'],
    [{ units: [{ id: 'a', name: 'b', parent: 'z' }] }, 'parent z is not in "units"'],
    [{ ...mapping, feeders: { c: { unit: 'z' } } }, 'feeders: c: unit z is not in "units"'],
    [{ ...mapping, feeders: { c: 'U1' } }, 'feeders: c is not a mapping'],
    [{ ...mapping, subs: {} }, 'unknown key "subs"'],
  ])('refuse %j', (content, said) => {
    expect(() => parseUnits('u.yaml', content)).toThrow(said)
  })
})

it('never reads outside the functions it is given', () => {
  const read: string[] = []
  const readText = (path: string) => {
    read.push(path)
    return path === 'main.dss' ? circuit(house('h', 'm.1')) : undefined
  }
  importOpenDss({ path: 'main.dss', readText, list: () => ['main.dss'] })
  expect(read).toEqual(['main.dss'])
})
