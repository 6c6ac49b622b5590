/** What a mother (母单) takes over from her child, and what stays the child's. */
import { expect, it } from 'vitest'
import { newCase } from '../../../src/engine/incidents/case.ts'
import { putOnOrder } from '../../../src/engine/repair/acts.ts'
import { takeOver } from '../../../src/engine/repair/mother.ts'
import { stepDone } from '../../../src/engine/service/clocks.ts'

const made = (number: number) => newCase(number, { head: 0, observer: -1, phases: 7 }, 0, 0)

it('without a crew she takes the child’s, with how far it had got', () => {
  const [mother, child] = [made(1), made(2)]
  putOnOrder(child, 'C7', 1000)
  stepDone(child, 'arrive', 5000, 6000)
  child.stage = 'arrived'
  child.urges = 2
  child.firstCallAt = 300
  takeOver(mother, child)
  expect(mother).toMatchObject({ crew: 'C7', stage: 'arrived', urges: 2, firstCallAt: 300 })
  expect(mother.done).toEqual({ accept: 5000, depart: 5000, arrive: 5000 })
  expect(mother.repair.entered.arrive).toBe(6000)
  expect(mother.repair.crews).toEqual([{ crew: 'C7', from: 1000, to: null }])
  putOnOrder(mother, 'C8', 9000)
  expect(child.repair.crews).toEqual([{ crew: 'C7', from: 1000, to: null }])
})

it('with a crew of her own she keeps it, and hears only of the urges', () => {
  const [mother, child] = [made(1), made(2)]
  putOnOrder(mother, 'C1', 500)
  putOnOrder(child, 'C7', 1000)
  child.urges = 1
  takeOver(mother, child)
  expect(mother).toMatchObject({ crew: 'C1', urges: 1, done: {} })
})
