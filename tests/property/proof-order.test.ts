/**
 * A few words about one terminal and one of its meters, heard between two ticks after supply came back
 * above them, mean the same in whatever order they are heard (DESIGN §1.4).
 */
import { expect, it } from 'vitest'
import { MEASURED, REPORTED } from '../../src/engine/evidence/registers.ts'
import { saysDark } from '../../src/engine/evidence/statement.ts'
import { outageSources } from '../../src/engine/incidents/sources.ts'
import type { EventKind } from '../../src/facts/wire.ts'
import { drawnGrid } from '../support/drawn-grid.ts'
import { EngineLab } from '../support/engine-lab.ts'
import { THREE_AREAS } from '../support/three-areas.ts'
import { numbers } from '../support/tiny-grid.ts'

const SEEDS = Number(process.env.LASTGASP_SEEDS ?? 40)
const FIRST_SEED = Number(process.env.LASTGASP_SEED ?? 1)

/** A fuse over an area that is spoken of, and two whose concentrators vouch for outage and return. */
const GRID = drawnGrid(THREE_AREAS)

/** Seconds before the words are heard: the outage begins, supply comes back, all is heard. */
const DARK = 60
const BACK = 30

interface Word {
  readonly kind: EventKind
  readonly secondsAgo: number
  readonly seq: number
  readonly meters?: string[]
  readonly volts?: number[]
}

/** Off and on, reported and measured, each at a second of its own. */
function drawWords(random: () => number, counted: boolean): Word[] {
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)]!
  const count = 2 + Math.floor(random() * 3)
  const times = new Set<number>()
  while (times.size < count) times.add(1 + Math.floor(random() * (DARK + 10)))
  return [...times]
    .sort((a, b) => b - a)
    .map((secondsAgo, n) => {
      const kind: EventKind = pick([
        'powerOff',
        'powerOff',
        'powerOn',
        'voltage',
        'voltage',
        'voltage',
      ])
      return {
        kind,
        secondsAgo,
        seq: counted ? 8 + n : -1,
        ...(random() < 0.4 ? { meters: ['o-a1'] } : {}),
        ...(kind === 'voltage' ? { volts: random() < 0.6 ? [0, 0, 0] : [230, 231, 229] } : {}),
      }
    })
}

/** What stands after the words are heard in that order: the area was out before, or some of it. */
function heard(words: readonly Word[], spoken: boolean) {
  const story = new EngineLab(GRID)
  story.pass(20)
  const vouching = spoken ? ['C1', 'C2', 'C3'] : ['C2', 'C3']
  for (const identity of vouching) story.say(identity, 'areaOff')
  story.pass(DARK - BACK)
  for (const identity of ['C2', 'C3']) story.say(identity, 'areaOn')
  story.pass(BACK)
  for (const { kind, secondsAgo, seq, meters, volts } of words)
    story.say('C1', kind, {
      at: story.now - secondsAgo * 1000,
      ...(seq < 0 ? {} : { boot: 1, seq }),
      ...(meters ? { meters } : {}),
      ...(volts ? { volts } : {}),
    })
  const world = story.engine.world!
  const { registers, network, grid, belief } = world
  const observers = ['C1', 'o-a1', 'o-a2'].map((id) => {
    const o = grid.observers.ids.indexOf(id)
    return {
      id,
      state: registers.state[o],
      dark: saysDark(world, o),
      at: registers.atOf(o),
      marks: registers.marksOf(o) & (MEASURED | REPORTED),
      unanswered: belief.unansweredBy(o),
    }
  })
  const head = network.head[grid.devices.ids.indexOf('X1')]!
  const sources = outageSources(world, head, -1, 9)
  story.tick()
  return { observers, sources }
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((item, i) =>
    permutations(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]),
  )
}

it(`mean the same in every order, ${SEEDS} seeds from ${FIRST_SEED}`, () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
    const random = numbers(seed * 31)
    const spoken = random() < 0.5
    const words = drawWords(random, random() < 0.5)
    const first = heard(words, spoken)
    for (const order of permutations(words)) {
      const told = order.map(({ kind, secondsAgo, meters, volts }) =>
        [kind, secondsAgo, meters ? 'a1' : 'C1', volts?.[0] ?? ''].join(' '),
      )
      expect(heard(order, spoken), `seed ${seed}, spoken ${spoken}: ${told.join(', ')}`).toEqual(
        first,
      )
    }
  }
})
