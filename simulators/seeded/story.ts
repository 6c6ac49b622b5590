/** One seed's story: the network, what happens to it, and what is said of it. */
import { generateGrid } from '../../src/grid/generate/generate.ts'
import type { Grid } from '../../src/grid/model.ts'
import { buildNetwork } from '../network.ts'
import { createRandom, type Random } from '../random.ts'
import type { Messages } from './arrival.ts'
import { drawNetwork } from './drawn-network.ts'
import { drawHappenings } from './happenings.ts'
import { tellMessages } from './messages.ts'
import { drawTroubles, type Troubles } from './troubles.ts'
import { Truth } from './truth.ts'

export interface Story {
  readonly seed: number
  readonly grid: Grid
  readonly troubles: Troubles
  readonly truth: Truth
  readonly messages: Messages
  /** For whoever plays it: crashes, crews, pace. */
  readonly random: Random
}

/** Generated counties that seeds share: making one takes longer than playing a story on it. */
const COUNTIES = 8

export function storyOf(seed: number): Story {
  const random = createRandom(`simulation ${seed}`)
  const troubles = drawTroubles(random.fork('troubles'))
  const grid = troubles.county
    ? countyOf(seed % COUNTIES)
    : drawNetwork(random.fork('network'), troubles.switching)
  const network = buildNetwork(grid)
  const truth = new Truth(network, drawHappenings(network, troubles, random.fork('happenings')))
  const messages = tellMessages(truth, troubles, random.fork('messages'))
  return { seed, grid, troubles, truth, messages, random: random.fork('play') }
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
