/** What is shown ends, and with it everything that was kept for it. */
import { expect, test } from 'vitest'
import { Picture } from '../../../src/live/picture.ts'
import { batch, incident, incidentChange } from '../../support/changes.ts'
import { terminalGrid } from '../../support/terminal-grid.ts'

const grid = terminalGrid()
const area = (id: string) =>
  ({ type: 'area', at: 0, incident: id, revision: 1, dark: ['X1'], restored: [] }) as never

test('an area that arrives after its incident has left is not kept', () => {
  const picture = new Picture(() => grid)
  picture.start([], [])
  picture.follow(batch(1, incidentChange(incident('I1', 1), 1000), area('I1')))
  picture.turn(1000)
  expect(picture.area('I1')).toBeDefined()
  picture.follow(batch(2, incidentChange(incident('I1', 2, { outcome: 'withdrawn' }), 2000)))
  picture.turn(2000)
  picture.follow(batch(3, area('I1')))
  picture.turn(3000)
  expect(picture.area('I1')).toBeUndefined()
})

test('an area of the ledger whose incident is not shown any more is not kept', () => {
  const picture = new Picture(() => grid)
  picture.start([], [['I0', { dark: ['X1'], restored: [] }]])
  picture.turn(0)
  expect(picture.area('I0')).toBeUndefined()
})
