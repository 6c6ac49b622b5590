/** What a judgement keeps while it lasts says what a look from nothing says, and is gone after it. */
import { expect, it } from 'vitest'
import { posterior } from '../../../src/engine/inference/posterior.ts'
import { judgeTree } from '../../../src/engine/inference/verdict.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab } from '../../support/engine-lab.ts'
import { numbers } from '../../support/tiny-grid.ts'

const AREAS = ['X', 'Y', 'V', 'W']
const GRID = drawnGrid(
  [
    'B breaker',
    '  F fuse',
    ...AREAS.flatMap((x) => [
      `    ${x} transformer`,
      ...[1, 2, 3].map((m) => `      ${x}${m} meter`),
    ]),
  ].join('\n'),
)

it.each([1, 2, 3, 4, 5, 6])('offs and ons in any order, seed %i', (seed) => {
  const random = numbers(seed)
  const lab = new EngineLab(GRID)
  const { belief, network } = lab.engine.world!
  const root = network.rootOf(network.head[lab.grid.devices.ids.indexOf('B')]!)
  let judged = 0
  for (let step = 0; step < 40; step++) {
    const meter = `o-${AREAS[Math.floor(random() * 4)]}${1 + Math.floor(random() * 3)}`
    lab.say(meter, random() < 0.7 ? 'powerOff' : 'powerOn')
    lab.pass(1 + Math.floor(random() * 20))
    const verdicts = judgeTree(belief, root, false)
    expect(belief.judging).toBeUndefined()
    const anew = posterior(belief, root)
    for (const { head, observer, probability, dead } of verdicts) {
      const one = anew.find((p) => p.head === head && p.observer === observer)
      if (!one) continue
      judged++
      expect({ probability, dead }).toEqual({ probability: one.probability, dead: one.dead })
    }
  }
  expect(judged).toBeGreaterThan(20)
})
