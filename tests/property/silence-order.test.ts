/**
 * Since when silence counts does not hang on the order in which reports arrive between two ticks
 * (DESIGN §1.4), nor on a restart there: the last of the old offs may leave before or after the first
 * of the new ones comes.
 */
import { describe, expect, it } from 'vitest'
import type { InstantMs } from '../../src/facts/time.ts'
import { EngineLab } from '../support/engine-lab.ts'
import { throughHeap } from '../support/through-heap.ts'
import { numbers, tinyGrid } from '../support/tiny-grid.ts'

const SEEDS = Number(process.env.LASTGASP_SEEDS ?? 12)
const FIRST_SEED = Number(process.env.LASTGASP_SEED ?? 1)
const seeds = Array.from({ length: SEEDS }, (_, n) => FIRST_SEED + n)
const ROUNDS = 12
const SECOND_MS = 1000

interface Word {
  readonly meter: string
  readonly kind: 'powerOff' | 'powerOn'
  /** Seconds before it is received; below zero by a clock that runs ahead. */
  readonly ago: number
  readonly counted: boolean
}

/** What arrives between two ticks, once from each meter, and the seconds until the next. */
interface Round {
  readonly words: readonly Word[]
  readonly seconds: number
}

function drawn(seed: number) {
  const random = numbers(seed)
  const meters = 2 + Math.floor(random() * 8)
  const grid = tinyGrid(random, { devices: 2 + Math.floor(random() * 5), meters })
  const ids = grid.observers.filter((o) => o.class === 'meter').map(({ id }) => id)
  const rounds = Array.from({ length: ROUNDS }, (): Round => {
    const words = ids
      .filter(() => random() < 0.3)
      .map((meter): Word => {
        const kind = random() < 0.6 ? 'powerOff' : 'powerOn'
        return { meter, kind, ago: Math.floor(random() * 50) - 10, counted: random() < 0.6 }
      })
    return { words, seconds: 1 + Math.floor(random() * 90) }
  })
  return { grid, rounds }
}

/** Since when silence counts below each head after each round. */
function heardFrom(
  { grid, rounds }: ReturnType<typeof drawn>,
  inOrder: (words: readonly Word[]) => readonly Word[],
  restarted = false,
): (InstantMs | null)[][] {
  const lab = new EngineLab(grid)
  return rounds.map(({ words, seconds }, round) => {
    inOrder(words).forEach(({ meter, kind, ago, counted }, i) => {
      const counters = counted ? { boot: 1, seq: round + 1 } : {}
      lab.say(meter, kind, { at: lab.now - ago * SECOND_MS, ...counters })
      if (restarted && i === 0) lab.restart(throughHeap)
    })
    lab.tick()
    const { sums } = lab.engine.world!.belief
    const heard = Array.from({ length: sums.heads }, (_, head) => sums.heardFrom(head))
    lab.now += seconds * SECOND_MS
    lab.tick()
    return heard.map((at) => (Number.isFinite(at) ? at : null))
  })
}

describe('since when silence counts', () => {
  it.each(seeds)('is the same in whatever order words arrive, seed %i', (seed) => {
    const story = drawn(seed)
    const played = heardFrom(story, (words) => words)
    expect(heardFrom(story, (words) => words.toReversed())).toEqual(played)
    expect(heardFrom(story, (words) => [...words.slice(1), ...words.slice(0, 1)])).toEqual(played)
  })

  it.each(seeds)('is the same where the program starts anew in between, seed %i', (seed) => {
    const story = drawn(seed)
    expect(heardFrom(story, (words) => words, true)).toEqual(heardFrom(story, (words) => words))
  })

  it('is not before the earliest outage that still lasts', () => {
    const random = numbers(1)
    const grid = tinyGrid(random, { devices: 1, meters: 2 })
    const [first, second] = grid.observers.filter((o) => o.class === 'meter').map(({ id }) => id)
    const lab = new EngineLab(grid)
    lab.say(first!, 'powerOff')
    lab.pass(600)
    lab.say(second!, 'powerOff')
    const later = lab.now
    lab.say(first!, 'powerOn')
    lab.tick()
    expect(lab.engine.world!.belief.sums.heardFrom(0)).toBe(later)
  })
})
