/** What call-reads without an answer add to the sums, kept along one path, equals sums made anew. */
import { describe, expect, it } from 'vitest'
import { Belief } from '../../../../src/engine/inference/belief.ts'
import { refresh } from '../../../../src/engine/inference/explain.ts'
import { NONE } from '../../../../src/engine/inference/network.ts'
import { drawnGrid } from '../../../support/drawn-grid.ts'
import { EngineLab } from '../../../support/engine-lab.ts'
import { numbers } from '../../../support/tiny-grid.ts'

const DRAWING = [
  ...['B breaker', '  F fuse', '    X transformer', '      m1 meter', '      m2 meter'],
  ...['    Y transformer', '      m3 meter', '      m4 meter', '      m5 meter'],
].join('\n')
const METERS = ['o-m1', 'o-m2', 'o-m3', 'o-m4', 'o-m5']
const NAT = 1_000_000

/** All that is summed up, looked at now. */
function sumsOf(belief: Belief, root: number): number[] {
  refresh(belief, root)
  const { network, sums } = belief
  const heads = [...network.head.keys()].filter((head) => network.head[head] === head)
  return heads.flatMap((head) => [sums.spoken(head), sums.best(head), sums.closedBest(head)])
}

/** The same registers and questions, summed up from nothing. */
function rebuilt({ network, registers, model, now, sums, unanswered }: Belief): Belief {
  const fresh = new Belief(network, registers, model)
  fresh.now = now
  for (let head = 0; head < sums.heads; head++)
    fresh.recallHeard(head, sums.firstHeard(head), sums.lastHeard(head))
  for (const [observer, cost] of unanswered) fresh.leaveUnanswered(observer, cost)
  return fresh
}

describe('call-reads without an answer', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'in any order leave the sums that a fresh look makes, seed %i',
    (seed) => {
      const random = numbers(seed)
      const lab = new EngineLab(drawnGrid(DRAWING))
      lab.pass(5)
      for (const meter of METERS) if (random() < 0.5) lab.say(meter, 'powerOff')
      lab.pass(60)
      const { belief, grid, network } = lab.engine.world!
      const root = [...network.head.keys()].find(
        (head) => network.head[head] === head && network.above[head] === NONE,
      )!
      const before = sumsOf(belief, root)
      const observers = METERS.map((meter) => grid.observers.ids.indexOf(meter))
      for (let i = 0; i < 12; i++) {
        const observer = observers[Math.floor(random() * observers.length)]!
        belief.leaveUnanswered(observer, Math.floor(random() * 4) * NAT)
        expect(sumsOf(belief, root)).toEqual(sumsOf(rebuilt(belief), root))
      }
      for (const observer of observers) belief.leaveUnanswered(observer, 0)
      expect(belief.unanswered.size).toBe(0)
      expect(sumsOf(belief, root)).toEqual(before)
    },
  )
})
