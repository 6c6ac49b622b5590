import { describe, expect, test } from 'vitest'
import type { DiagramDevice } from '../../../dashboards/console/api/diagram.ts'
import { sumsOf } from '../../../dashboards/console/api/operations.ts'
import { layoutOf } from '../../../dashboards/console/diagram/layout.ts'
import { listOf } from '../../../dashboards/console/diagram/listOf.ts'
import { changedLines } from '../../../dashboards/console/operator/diff.ts'

const device = (id: string, parent: string | null, over: Partial<DiagramDevice> = {}) =>
  ({
    id,
    parent,
    type: 'switch',
    name: id,
    open: false,
    normallyOpen: false,
    customers: 10,
    probability: null,
    dead: null,
    fedFrom: null,
    feedsPartOf: null,
    ...over,
  }) as DiagramDevice

describe('the layout of a feeder', () => {
  test('the first child stands beside its parent, the others below', () => {
    const placed = layoutOf([
      device('B', null),
      device('S1', 'B'),
      device('S2', 'B'),
      device('F', 'S1'),
    ])
    expect(placed.map(({ device: { id }, column, row }) => [id, column, row])).toEqual([
      ['B', 0, 0],
      ['S1', 1, 0],
      ['F', 2, 0],
      ['S2', 1, 1],
    ])
  })

  test('transformers without evidence are counted; one that evidence points at is drawn', () => {
    const transformers = Array.from({ length: 6 }, (_, n) =>
      device(`T${n}`, 'B', { type: 'transformer', probability: n === 5 ? 0.4 : null, dead: 0.9 }),
    )
    const placed = layoutOf([device('B', null), ...transformers])
    expect(placed.map(({ device: { id } }) => id)).toEqual(['B', 'T5'])
    expect(placed[0]!.folded).toEqual({ count: 5, customers: 50, dead: 0.9 })
  })

  test('a device whose parent is of another feeder is a head of its own, below the others', () => {
    const placed = layoutOf([device('B', null), device('S', 'B'), device('X', 'elsewhere')])
    expect(placed.map(({ device: { id }, column, row }) => [id, column, row])).toEqual([
      ['B', 0, 0],
      ['S', 1, 0],
      ['X', 0, 2],
    ])
  })
})

test('what changed in a rule file is named by line', () => {
  expect(changedLines('a\nb\nc', 'a\nB\nc\nd')).toEqual([
    { sign: '-', line: 2, text: 'b' },
    { sign: '+', line: 2, text: 'B' },
    { sign: '+', line: 4, text: 'd' },
  ])
  expect(changedLines('same', 'same')).toEqual([])
})

test('samples of one name are added up, buckets are left out', () => {
  const sums = sumsOf(
    '# HELP x\nx_total{kind="a"} 2\nx_total{kind="b"} 3\ny_bucket{le="1"} 9\nz 1.5\n',
  )
  expect([...sums]).toEqual([
    ['x_total', 5],
    ['z', 1.5],
  ])
})

test('as a list each device stands below the one that feeds it, ties beside their device', () => {
  const tie = { id: 'T', name: '联络', parent: 'S1', feeder: null }
  const listed = listOf(
    [
      device('B', null),
      device('S1', 'B'),
      device('S2', 'B'),
      device('F', 'S1'),
      device('X', 'gone'),
    ],
    [tie],
  )
  expect(
    listed.map((one) => ['tie' in one ? one.tie.id : one.device.id, one.depth] as const),
  ).toEqual([
    ['B', 0],
    ['S1', 1],
    ['T', 2],
    ['F', 2],
    ['S2', 1],
    ['X', 0],
  ])
})
