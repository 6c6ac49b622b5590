import { describe, expect, test } from 'vitest'
import { checkGrid } from '../../../src/grid/check.ts'
import type { Grid, GridProblem } from '../../../src/grid/model.ts'
import { MAX_PROBLEMS_PER_CODE } from '../../../src/grid/problems.ts'
import { item, smallGrid } from './small-grid.ts'

/** Problems of the small grid after `spoil`. */
function spoilt(spoil: (grid: Grid) => void): GridProblem[] {
  const grid = smallGrid()
  spoil(grid)
  return checkGrid(grid)
}

const said = (problems: readonly GridProblem[]) =>
  problems.map(({ code, place, message }) => `${code} | ${place} | ${message}`).join('\n')

describe('a sound grid', () => {
  test('has no problem', () => {
    expect(checkGrid(smallGrid())).toEqual([])
  })
})

describe('an error names its place', () => {
  const cases: [string, (grid: Grid) => void, string][] = [
    [
      'duplicate node',
      ({ nodes }) => nodes.push({ id: 'a' }),
      'grid.duplicateId | node a | id used twice',
    ],
    [
      'duplicate device',
      ({ devices }) => devices.push({ ...devices[1]! }),
      'grid.duplicateId | device K1 | id used twice',
    ],
    [
      'duplicate unit',
      ({ units }) => units.push({ id: '15', name: 'again' }),
      'grid.duplicateId | unit 15 | id used twice',
    ],
    [
      'duplicate observer',
      ({ observers }) => observers.push({ ...observers[1]! }),
      'grid.duplicateId | observer M1 | id used twice',
    ],
    [
      'unknown node',
      ({ devices }) => {
        item(devices, 'K1').to = 'n9'
      },
      'grid.unknownReference | device K1 | to: unknown node "n9"',
    ],
    [
      'unknown device',
      ({ usagePoints }) => {
        item(usagePoints, 'U1').device = 'X9'
      },
      'grid.unknownReference | usagePoint U1 | device: unknown device "X9"',
    ],
    [
      'unknown head',
      ({ feeders }) => {
        item(feeders, 'F2').source = 'B9'
      },
      'grid.unknownReference | feeder F2 | source: unknown device "B9"',
    ],
    [
      'unknown unit',
      ({ substations }) => {
        item(substations, 'SS1').unit = '99'
      },
      'grid.unknownReference | substation SS1 | unit: unknown unit "99"',
    ],
    [
      'unknown via',
      ({ observers }) => {
        item(observers, 'M2').via = 'C9'
      },
      'grid.unknownReference | observer M2 | via: unknown observer "C9"',
    ],
    [
      'via itself',
      ({ observers }) => {
        item(observers, 'M2').via = 'M2'
      },
      'grid.observerVia | observer M2 | via: names itself',
    ],
    [
      'bad id',
      ({ nodes }) => nodes.push({ id: 'a b' }),
      'grid.badId | node | id: "a b" is not an id (1 to 64 of A-Z a-z 0-9 . _ -)',
    ],
    [
      'place outside the world',
      ({ nodes }) => {
        item(nodes, 'c').lon = 181
      },
      'grid.badValue | node c | lon: 181 is not a number from -180 to 180',
    ],
    [
      'place that is no number',
      ({ nodes }) => {
        item(nodes, 'c').lat = Number.NaN
      },
      'grid.badValue | node c | lat: null is not a number from -90 to 90',
    ],
    [
      'no target',
      ({ observers }) => void delete item(observers, 'C1').device,
      'grid.observerTarget | observer C1 | names 0 of device, node and usagePoint; it must be one',
    ],
    [
      'two targets',
      ({ observers }) => {
        item(observers, 'C1').node = 'a'
      },
      'grid.observerTarget | observer C1 | names 2 of device, node and usagePoint; it must be one',
    ],
    [
      'phases of a customer',
      ({ usagePoints }) => {
        item(usagePoints, 'U3').phases = 'A'
      },
      'grid.phases | usagePoint U3 | phases A, which device T2 does not have',
    ],
    [
      'phases of a device',
      ({ devices }) => {
        item(devices, 'T2').phases = 'BC'
      },
      'grid.phases | device T2 | phases BC, but only B comes from above',
    ],
    [
      'shared head',
      ({ feeders }) => {
        item(feeders, 'F2').source = 'B1'
      },
      'grid.sharedSource | feeder F2 | source: device B1 is already the head of feeder F1',
    ],
    [
      'open head',
      ({ devices }) => {
        item(devices, 'B2').normallyOpen = true
      },
      'grid.feederOpen | feeder F2 | source: device B2 is normally open',
    ],
    [
      'customers on an open device',
      ({ devices }) => {
        item(devices, 'X1').normallyOpen = true
      },
      'grid.openSupply | device X1 | normally open, with 2 usage points on it',
    ],
    [
      'customers without a source',
      ({ lines }) => void lines.splice(1, 1),
      'grid.unsupplied | device X1 | 2 usage points that no source reaches',
    ],
    [
      'a device from a node to itself',
      ({ devices }) => {
        item(devices, 'G1').to = 'j'
      },
      'grid.selfLoop | device G1 | from and to are both "j"',
    ],
    [
      'a unit above itself',
      ({ units }) => {
        item(units, '15').parent = '1501'
      },
      'grid.unitCycle | unit 15 | parent: 15 → 1501 → 15',
    ],
    [
      'no feeder',
      (grid) => {
        grid.feeders = []
      },
      'grid.noFeeder | grid | feeders: none',
    ],
  ]
  test.each(cases)('%s', (_, spoil, expected) => {
    const problems = spoilt(spoil)
    expect(said(problems)).toContain(expected)
    expect(problems[0]!.severity).toBe('error')
  })
})

describe('loops', () => {
  test('a closed tie is named with the devices of its loop, and no others', () => {
    const problems = spoilt(({ devices }) => {
      item(devices, 'G1').normallyOpen = false
    })
    const loops = problems.filter(({ code }) => code === 'grid.cycle')
    expect(loops).toHaveLength(1)
    const names = loops[0]!.message.split(': ')[1]!.split(', ').sort()
    expect(names).toEqual(['B1', 'B2', 'G1', 'K1'])
  })

  test('a device that a line leads around is named', () => {
    const problems = spoilt(({ lines }) => void lines.push({ id: 'W9', from: 'b', to: 'c' }))
    expect(said(problems)).toContain('grid.cycle | device K1 | lines lead around it')
  })

  test('single-phase devices beside each other are no loop, only worth a look', () => {
    const problems = spoilt(({ devices }) => {
      devices.push({ id: 'F1A', type: 'fuse', name: 'A', from: 'b', to: 'g', phases: 'A' })
    })
    expect(problems.map(({ severity, code }) => [severity, code])).toEqual([
      ['warning', 'grid.parallelPhases'],
    ])
  })

  test('a loop of lines alone is one place, not a loop', () => {
    expect(spoilt(({ lines }) => void lines.push({ id: 'W9', from: 'a', to: 'b' }))).toEqual([])
  })
})

describe('a warning leaves the grid usable', () => {
  test('orphans and dead ends', () => {
    const problems = spoilt(({ nodes, devices }) => {
      nodes.push({ id: 'alone' }, { id: 'dead1' }, { id: 'dead2' })
      devices.push({ id: 'D', type: 'switch', name: '', from: 'dead1', to: 'dead2' })
    })
    expect(new Set(problems.map(({ severity }) => severity))).toEqual(new Set(['warning']))
    expect(said(problems)).toContain('grid.orphan | node alone | no line and no device at it')
    expect(said(problems)).toContain('grid.notEnergised | device D | no source reaches it')
    expect(said(problems)).toContain('grid.notEnergised | node dead1 | no source reaches it')
  })

  test('a device the wrong way round', () => {
    const problems = spoilt(({ devices }) => {
      const { from, to } = item(devices, 'K1')
      Object.assign(item(devices, 'K1'), { from: to, to: from })
    })
    expect(problems.map(({ code, place }) => [code, place])).toEqual([
      ['grid.reversed', 'device K1'],
    ])
  })
})

test('one mistake repeated is listed so often, then counted', () => {
  const problems = spoilt(({ nodes }) => {
    for (let i = 0; i < MAX_PROBLEMS_PER_CODE + 20; i++) nodes.push({ id: `alone${i}` })
  })
  expect(problems).toHaveLength(MAX_PROBLEMS_PER_CODE + 1)
  expect(problems.at(-1)!.message).toBe('and 20 more like this')
})
