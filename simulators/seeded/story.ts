/** One seed's story: the network, what happens to it, and what is said of it. */
import type { Fact } from '../../src/facts/facts.ts'
import type { InstantMs } from '../../src/facts/time.ts'
import { generateGrid } from '../../src/grid/generate/generate.ts'
import type { Grid } from '../../src/grid/model.ts'
import { buildNetwork } from '../network.ts'
import { createRandom, type Random } from '../random.ts'
import type { Arrival, Messages } from './arrival.ts'
import { tellControl, withControl } from './control-room.ts'
import { drawNetwork } from './drawn-network.ts'
import { equip } from './equipment.ts'
import { drawGridChange } from './grid-change.ts'
import { drawHappenings, type Happenings, START } from './happenings.ts'
import { tellMessages } from './messages.ts'
import { drawTroubles, EDITION, type Troubles } from './troubles.ts'
import { Truth } from './truth.ts'

export interface Story {
  readonly seed: number
  /** All that ever stands in the network. */
  readonly grid: Grid
  /** The grid files the program is given, by digest; it starts with the first. */
  readonly grids: ReadonlyMap<string, Grid>
  readonly troubles: Troubles
  readonly truth: Truth
  readonly messages: Messages
  /** For whoever plays it: crashes, crews, pace. */
  readonly random: Random
}

/** Digests of the grids and rules that hold from the start, and of those that follow. */
export const FIRST_GRID = 'grid'
export const FIRST_RULES = 'rules'
const NEXT_GRID = 'grid-2'
const NEXT_RULES = 'rules-2'

/** Generated counties that seeds share: making one takes longer than playing a story on it. */
const COUNTIES = 8
const MINUTE = 60_000

/** The story of a seed, as it was in an edition of the world. */
export function storyOf(seed: number, edition = EDITION): Story {
  const random = createRandom(`simulation ${seed}`)
  const troubles = drawTroubles(random.fork('troubles'), edition)
  const drawn = troubles.county
    ? countyOf(seed % COUNTIES)
    : drawNetwork(random.fork('network'), troubles.switching)
  const grid = equip(drawn, troubles, random.fork('equipment'))
  const network = buildNetwork(grid, troubles.voltages)
  const first = drawHappenings(network, troubles, random.fork('happenings'))
  const control = random.fork('control')
  const second = troubles.control ? withControl(network, first, control) : first
  const change = troubles.gridChange
    ? drawGridChange(network, second, random.fork('grid change'))
    : undefined
  const happenings = change?.happenings ?? second
  const entered: Arrival[] = tellControl(network, happenings, control.fork('words'))
  const grids = new Map([[FIRST_GRID, change?.before ?? grid]])
  if (change) {
    grids.set(NEXT_GRID, change.after)
    entered.push(applied('gridApplied', NEXT_GRID, change.at))
  }
  if (troubles.rulesChange) entered.push(...changesOfRules(happenings, random.fork('rules change')))
  const truth = new Truth(network, happenings)
  const messages = tellMessages(truth, troubles, random.fork('messages'), entered)
  return { seed, grid, grids, troubles, truth, messages, random: random.fork('play') }
}

function applied(
  type: 'gridApplied' | 'rulesApplied',
  digest: string,
  arrivesAt: InstantMs,
): Arrival {
  const fact = { type, receivedAt: arrivesAt, digest, by: 'someone' } satisfies Fact
  return { arrivesAt, fact }
}

/** Other rules, and some time later, perhaps, those of the start again. */
function changesOfRules({ over }: Happenings, random: Random): Arrival[] {
  const at = START + MINUTE / 2 + random.below(Math.max(MINUTE, (over - START) / 2))
  const again = at + MINUTE / 4 + random.below(10 * MINUTE)
  const first = applied('rulesApplied', NEXT_RULES, at)
  return random.chance(0.4) ? [first, applied('rulesApplied', FIRST_RULES, again)] : [first]
}

const counties = new Map<number, Grid>()

function countyOf(seed: number): Grid {
  let county = counties.get(seed)
  if (!county) {
    county = generateGrid({ customers: 250 + seed * 90, seed })
    counties.set(seed, county)
  }
  return county
}
