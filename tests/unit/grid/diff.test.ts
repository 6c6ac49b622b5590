import { expect, test } from 'vitest'
import { diffGrids, isEmptyDiff } from '../../../src/grid/diff.ts'
import { item, smallGrid } from './small-grid.ts'

test('a grid does not differ from itself, nor from itself in another order', () => {
  const shuffled = smallGrid()
  shuffled.nodes.reverse()
  shuffled.devices.reverse()
  expect(isEmptyDiff(diffGrids(smallGrid(), shuffled))).toBe(true)
})

test('added, removed and changed objects are named by kind, changed ones with their fields', () => {
  const after = smallGrid()
  after.usagePoints.push({ id: 'U4', device: 'X1' })
  after.lines = after.lines.filter(({ id }) => id !== 'W3')
  Object.assign(item(after.devices, 'G1'), { normallyOpen: false, zone: 'rural' })
  item(after.lines, 'W1').path = [[111.006, 40.81]]
  const diff = diffGrids(smallGrid(), after)
  expect(isEmptyDiff(diff)).toBe(false)
  expect(diff.usagePoints).toEqual({ added: ['U4'], removed: [], changed: [] })
  expect(diff.lines).toEqual({
    added: [],
    removed: ['W3'],
    changed: [{ id: 'W1', fields: ['path'] }],
  })
  expect(diff.devices.changed).toEqual([{ id: 'G1', fields: ['normallyOpen', 'zone'] }])
  expect(diff.nodes).toEqual({ added: [], removed: [], changed: [] })
})
