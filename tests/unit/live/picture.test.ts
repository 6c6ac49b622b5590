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

test('a picture that replaces another shows nothing of it that is not in the new one', () => {
  const picture = new Picture(() => grid)
  picture.start([incident('I1', 1), incident('I2', 1)], [['I2', { dark: ['X1'], restored: [] }]])
  picture.turn(0)
  picture.replace([incident('I2', 2)], [['I2', { dark: ['X2'], restored: [] }]])
  const { incidents } = picture.turn(1000)
  expect(incidents.get('I1')?.now).toEqual(['incident:I1'])
  expect(incidents.get('I2')?.now).toContain('incidents')
  expect([...picture.incidentsIn('incidents')].map(({ id }) => id)).toEqual(['I2'])
  expect(picture.area('I2')).toEqual({ dark: ['X2'], restored: [] })
  // It may come back.
  picture.replace([incident('I1', 3), incident('I2', 2)], [])
  picture.turn(2000)
  expect([...picture.incidentsIn('incidents')].map(({ id }) => id).sort()).toEqual(['I1', 'I2'])
})
