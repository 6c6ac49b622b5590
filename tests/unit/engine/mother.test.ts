/** What a mother (母单) takes over from her child, and what stays the child's. */
import { expect, it } from 'vitest'
import { newCase } from '../../../src/engine/incidents/case.ts'
import { putOnOrder } from '../../../src/engine/repair/acts.ts'
import { takeOver } from '../../../src/engine/repair/mother.ts'
import { stepDone } from '../../../src/engine/service/clocks.ts'

const NOW = 10_000
const made = (number: number) => newCase(number, { head: 0, observer: -1, phases: 7 }, 0, 0)

it('without a crew she takes the child’s, with how far it had got', () => {
  const [mother, child] = [made(1), made(2)]
  putOnOrder(child, 'C7', 1000)
  stepDone(child, 'depart', { at: 4000, enteredAt: 4000 })
  stepDone(child, 'report', { at: 5000, enteredAt: 6000 })
  Object.assign(child, { stage: 'causeFound', cause: 'A18', etr: 90_000 })
  child.repair.causeBy = 'field'
  child.repair.causeSaid = { by: 'li', role: 'crew' }
  child.repair.etrs = [{ etr: 90_000, at: 5000, enteredAt: 6000, reasonCode: null }]
  child.urges = 2
  child.firstCallAt = 300
  takeOver(mother, child, NOW)
  expect(mother).toMatchObject({ crew: 'C7', stage: 'causeFound', urges: 2, firstCallAt: 300 })
  expect(mother.done).toEqual({ accept: 4000, depart: 4000, arrive: 5000, report: 5000 })
  // The cause is found and the time given: the mother says which.
  expect(mother).toMatchObject({ cause: 'A18', etr: 90_000 })
  expect(mother.repair).toMatchObject({ causeBy: 'field', causeSaid: { by: 'li' } })
  expect(mother.repair.etrs).toEqual(child.repair.etrs)
  expect(mother.repair.entered.arrive).toBe(6000)
  expect(mother.repair.crews).toEqual([{ crew: 'C7', from: 1000, to: null }])
  putOnOrder(mother, 'C8', 9000)
  expect(child.repair.crews).toEqual([{ crew: 'C7', from: 1000, to: null }])
  // That the crew had arrived was supposed: its own word still counts.
  stepDone(mother, 'arrive', { at: 4500, enteredAt: 9500 })
  expect(mother.done.arrive).toBe(4500)
})

it('what was said of her own work stands', () => {
  const [mother, child] = [made(1), made(2)]
  putOnOrder(child, 'C7', 1000)
  Object.assign(mother, { cause: 'B21', etr: 70_000 })
  Object.assign(child, { cause: 'A18', etr: 90_000 })
  takeOver(mother, child, NOW)
  expect(mother).toMatchObject({ crew: 'C7', cause: 'B21', etr: 70_000 })
})

it('a time of the child’s that has passed is not what she expects', () => {
  const [mother, child] = [made(1), made(2)]
  putOnOrder(child, 'C7', 1000)
  Object.assign(child, { etr: NOW, cause: 'A18' })
  child.repair.etrs = [{ etr: NOW, at: 5000, enteredAt: 6000, reasonCode: null }]
  takeOver(mother, child, NOW)
  expect(mother).toMatchObject({ crew: 'C7', cause: 'A18', etr: null, repair: { etrs: [] } })
})

it('with a crew of her own she keeps it, and hears only of the urges', () => {
  const [mother, child] = [made(1), made(2)]
  putOnOrder(mother, 'C1', 500)
  putOnOrder(child, 'C7', 1000)
  child.urges = 1
  takeOver(mother, child, NOW)
  expect(mother).toMatchObject({ crew: 'C1', urges: 1, done: {} })
})
