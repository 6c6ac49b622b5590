/** State of an earlier engine, which knew less, is gone on from: nothing it judged is judged again. */
import { expect, it } from 'vitest'
import { Registers } from '../../../src/engine/evidence/registers.ts'
import { readOlderWorld, writeHeap } from '../../../src/engine/state/heap.ts'
import type { World } from '../../../src/engine/world.ts'
import { BRANCH, Desk } from '../../support/desk.ts'

/** What an engine of before crews, estimates and sampling by parts would have written. */
function asBefore(world: World): string {
  const heap = JSON.parse(writeHeap(world))
  for (const key of ['durations', 'citiesTold', 'care', 'returns', 'phaseSpoken']) delete heap[key]
  for (const key of ['moved', 'returned']) delete heap.switching[key]
  heap.switching.tookOver = [[1, 1]]
  expect(heap.feeders).not.toEqual([])
  for (const [, figures] of heap.feeders) delete figures.ratedVa
  for (const incident of heap.cases)
    for (const key of ['repair', 'firstCallAt', 'serviceLevel', 'serviceReasons', 'named'])
      delete incident[key]
  return JSON.stringify(heap)
}

it('an incident that an earlier engine opened goes on under its number, and ends', () => {
  const desk = new Desk(BRANCH)
  desk.do('confirm')
  const { id, revision, startedAt } = desk.incident
  desk.lab.restart((world) => {
    const registers = new Registers(world.grid.observers.ids.count)
    for (const [i, { array }] of world.registers.sections().entries())
      (registers.sections()[i]!.array as Uint8Array).set(array as Uint8Array)
    return readOlderWorld(asBefore(world), registers, world.grid, world.rules)
  })
  expect([...desk.lab.engine.world!.feeders.values()]).toMatchObject([{ ratedVa: 0 }])
  desk.do('dispatch', { crew: 'C8' as never })
  for (const meter of BRANCH) desk.lab.say(meter, 'powerOn')
  desk.lab.pass(600)
  expect(desk.lab.incidents()).toHaveLength(1)
  expect(desk.incident).toMatchObject({ id, startedAt, crew: 'C8', outageKind: 'restored' })
  expect(desk.incident.revision).toBeGreaterThan(revision)
})

it('the state of this very engine is read as it is', () => {
  const desk = new Desk(BRANCH)
  const { world } = desk.lab.engine
  const { grid, rules, registers } = world!
  const text = writeHeap(world!)
  expect(JSON.parse(writeHeap(readOlderWorld(text, registers, grid, rules)))).toEqual(
    JSON.parse(text),
  )
})

it('words on single phases that name no speaker are the usual speaker’s', () => {
  const desk = new Desk(BRANCH)
  const meter = BRANCH[0]!
  desk.lab.say(meter, 'phaseLoss', { phases: 1 })
  const { grid, rules, registers, phaseBook } = desk.lab.engine.world!
  const now = JSON.parse(writeHeap(desk.lab.engine.world!))
  expect(now.phaseBook).not.toEqual([])
  const before = structuredClone(now)
  for (const [, words] of before.phaseBook)
    for (const word of words) if (word) for (const key of ['speaker', 'marks']) delete word[key]
  const read = readOlderWorld(JSON.stringify(before), registers, grid, rules)
  const speakers = (book: typeof phaseBook) =>
    [...book.values()].map((words) => words.map((word) => word?.speaker ?? null))
  expect(speakers(read.phaseBook)).toEqual(speakers(phaseBook))
})
