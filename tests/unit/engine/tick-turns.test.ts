/** A tick judges so many trees and no more; each has its turn, whatever goes on in the others. */
import { expect, test } from 'vitest'
import { readWorld, writeHeap } from '../../../src/engine/state/heap.ts'
import { drawnGrid } from '../../../src/grid/drawing.ts'
import { EngineLab, rulesWithoutCalls } from '../../support/engine-lab.ts'

const FEEDERS = 150
const A_TICK = 64

const GRID = drawnGrid(`
  B1..B${FEEDERS} breaker
    F fuse
      X1..X3 transformer
        m1..m2 meter
`)

/** Every verdict is an incident at once, so that what was judged can be counted. */
function lab(): EngineLab {
  const rules = rulesWithoutCalls()
  const { storm } = rules.judgement
  const during = { ...storm.during, holdSeconds: 0 }
  const judgement = { ...rules.judgement, holdSeconds: 0, storm: { ...storm, during } }
  return new EngineLab(GRID, { ...rules, judgement })
}

function darken(at: EngineLab, feeder: number, transformer: number) {
  for (const m of [1, 2]) at.say(`o-B${feeder}-X${transformer}-m${m}`, 'powerOff')
}

const all = Array.from({ length: FEEDERS }, (_, i) => i + 1)
const named = (at: EngineLab) =>
  new Set(at.open().flatMap(({ feeder }) => (feeder === null ? [] : [feeder]))).size

test('what a tick leaves is judged in the next ones, without one being forgotten', () => {
  const at = lab()
  for (const feeder of all) darken(at, feeder, 1)
  const judged = [1, 2, 3].map(() => {
    at.now += 250
    at.tick()
    return named(at)
  })
  expect(judged).toEqual([A_TICK, 2 * A_TICK, FEEDERS])
})

test('trees that have news with every tick do not keep the others from their turn', () => {
  const at = lab()
  for (const feeder of all) darken(at, feeder, 1)
  for (const transformer of [2, 3, 1]) {
    for (const feeder of all.slice(0, A_TICK)) darken(at, feeder, transformer)
    at.now += 250
    at.tick()
  }
  expect(named(at)).toBe(FEEDERS)
})

test('the turn begins anew where it ended with the last of the trees', () => {
  const at = lab()
  const twice = all.slice(0, 2 * A_TICK)
  // News of every tree before each tick: the second ends with the last tree, and none stands behind it.
  for (const transformer of [1, 2, 3]) {
    for (const feeder of twice) darken(at, feeder, transformer)
    at.now += 250
    at.tick()
  }
  at.now += 250
  at.tick()
  expect(at.engine.world?.news.size).toBe(0)
})

test('whose turn is next outlives a restart', () => {
  const [at, undisturbed] = [lab(), lab()]
  for (const one of [at, undisturbed]) {
    for (const feeder of all) darken(one, feeder, 1)
    one.now += 250
    one.tick()
  }
  at.restart((world) => readWorld(writeHeap(world), world.registers, world.grid, world.rules))
  for (const one of [at, undisturbed]) {
    for (const feeder of all.slice(0, A_TICK)) darken(one, feeder, 2)
    one.now += 250
    one.tick()
  }
  expect(at.incidents()).toEqual(undisturbed.incidents())
})
