/** What answers would tell, against enumeration of all that may be open and all that may be said. */
import { describe, expect, it } from 'vitest'
import { type Doubt, Information } from '../../../../src/engine/callreads/information.ts'
import { numbers } from '../../../support/tiny-grid.ts'

const SEEDS = Array.from({ length: 60 }, (_, i) => i + 1)
const REPLY = 0.9

interface Drawn {
  readonly doubts: Doubt[]
  /** P(open | live above) of each. */
  readonly open: number[]
}

function drawDoubts(random: () => number, count: number): Drawn {
  const open: number[] = []
  const live: number[] = []
  const doubts: Doubt[] = []
  for (let i = 0; i < count; i++) {
    const above = i === 0 ? -1 : Math.floor(random() * i)
    open.push(random() * random())
    live.push((above < 0 ? 1 : live[above]!) * (1 - open[i]!))
    doubts.push({ above, dead: 1 - live[i]! })
  }
  return { doubts, open }
}

/** I(what is open; answers) of asking below each of `asked`, by enumeration. */
function told({ doubts, open }: Drawn, asked: readonly number[]): number {
  const outcomes = new Map<number, number>()
  let noise = 0
  const isLive = (pattern: number, at: number): boolean =>
    (pattern & (1 << at)) === 0 && (doubts[at]!.above < 0 || isLive(pattern, doubts[at]!.above))
  for (let pattern = 0; pattern < 1 << doubts.length; pattern++) {
    let p = 1
    for (let i = 0; i < doubts.length; i++) p *= pattern & (1 << i) ? open[i]! : 1 - open[i]!
    for (let answers = 0; answers < 1 << asked.length; answers++) {
      let given = 1
      asked.forEach((at, k) => {
        const says = (answers & (1 << k)) !== 0
        const reply = isLive(pattern, at) ? REPLY : 0
        given *= says ? reply : 1 - reply
      })
      if (given === 0) continue
      outcomes.set(answers, (outcomes.get(answers) ?? 0) + p * given)
      noise -= p * given * Math.log(given)
    }
  }
  let entropy = 0
  for (const p of outcomes.values()) if (p > 0) entropy -= p * Math.log(p)
  return entropy - noise
}

function gainOf(drawn: Drawn, asked: readonly number[]): number {
  const information = new Information(drawn.doubts)
  return asked.reduce((sum, at) => sum + information.ask(at, REPLY), 0)
}

describe('information of call-reads', () => {
  it.each(SEEDS)('is that of enumeration, seed %i', (seed) => {
    const random = numbers(seed)
    const drawn = drawDoubts(random, 2 + Math.floor(random() * 4))
    const asked = Array.from({ length: 1 + Math.floor(random() * 4) }, () =>
      Math.floor(random() * drawn.doubts.length),
    )
    expect(gainOf(drawn, asked)).toBeCloseTo(told(drawn, asked), 6)
  })

  it.each(SEEDS)('the gain foretold is the gain had, and falls, seed %i', (seed) => {
    const random = numbers(seed)
    const { doubts } = drawDoubts(random, 5)
    const information = new Information(doubts)
    const before = doubts.map((_, at) => information.gain(at, REPLY))
    expect(information.ask(0, REPLY)).toBe(before[0])
    doubts.forEach((_, at) => {
      expect(information.gain(at, REPLY)).toBeLessThanOrEqual(before[at]! + 1e-9)
    })
  })

  it('asking one by one finds the best pair or hardly less', () => {
    let best = 0
    for (const seed of SEEDS) {
      const drawn = drawDoubts(numbers(seed), 5)
      const places = drawn.doubts.map((_, at) => at)
      const information = new Information(drawn.doubts)
      const pick = () =>
        places.reduce((a, b) => (information.gain(b, REPLY) > information.gain(a, REPLY) ? b : a))
      let greedy = 0
      for (let k = 0; k < 2; k++) greedy += information.ask(pick(), REPLY)
      const pairs = places.flatMap((a) => places.filter((b) => b >= a).map((b) => [a, b]))
      const most = Math.max(...pairs.map((pair) => told(drawn, pair)))
      expect(greedy, `seed ${seed}`).toBeGreaterThan(0.9 * most)
      if (greedy > most - 1e-6) best++
    }
    expect(best).toBeGreaterThan(0.75 * SEEDS.length)
  })

  it('nothing is told where everything is known', () => {
    const information = new Information([
      { above: -1, dead: 0 },
      { above: 0, dead: 0.999_999 },
    ])
    expect(information.gain(0, REPLY)).toBeLessThan(1e-6)
    expect(information.gain(1, REPLY)).toBeLessThan(1e-4)
  })
})
