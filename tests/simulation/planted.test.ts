/** Bugs planted into the program are caught by the simulation, each within a few seeds. */
import { expect, it, vi } from 'vitest'
import { playSeed } from '../../src/cli/bench/simulate/play.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { shippedRules } from '../support/engine-lab.ts'
import { BUGS } from './planted.ts'

vi.mock('../../src/engine/incidents/sources.ts', async (original) => {
  const { planted } = await import('./planted.ts')
  const real = await original<typeof import('../../src/engine/incidents/sources.ts')>()
  const outageSources: typeof real.outageSources = (...args) => {
    const found = real.outageSources(...args)
    return planted.bug === 'who has one source has two' && found === 1 ? 2 : found
  }
  return { ...real, outageSources }
})

vi.mock('../../src/engine/state/heap.ts', async (original) => {
  const { planted } = await import('./planted.ts')
  const real = await original<typeof import('../../src/engine/state/heap.ts')>()
  const readWorld: typeof real.readWorld = (...args) => {
    const world = real.readWorld(...args)
    if (planted.bug === 'the next number is lost in a restart') world.nextCase = 1
    return world
  }
  return { ...real, readWorld }
})

vi.mock('../../src/engine/switching/rehang.ts', async (original) => {
  const { planted } = await import('./planted.ts')
  const real = await original<typeof import('../../src/engine/switching/rehang.ts')>()
  const rehang: typeof real.rehang = (...args) => {
    if (planted.bug !== 'a tie is ignored') real.rehang(...args)
  }
  return { ...real, rehang }
})

/** Seeds that a bug may survive, from the one that last caught it. */
const WITHIN_SEEDS = 40
const PATIENCE_MS = 600_000

/** Where each bug is caught at once; a change of the world may move it some seeds on. */
const CAUGHT_BY: Readonly<Record<string, number>> = {
  'duplicates count twice': 5,
  'what is older is taken': 18,
  'intervals overlap': 17,
  'a revision is used twice': 3,
  'a merged number is lost': 18,
  'the next number is lost in a restart': 35,
  'a tie is ignored': 1,
}

const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
const rules = shippedRules()

const failureOf = async (seed: number) => (await playSeed(seed, rules, telemetry)).failures[0]

async function withBug(name: string, seed: number): Promise<string | undefined> {
  const remove = BUGS[name]!()
  try {
    return await failureOf(seed)
  } finally {
    remove()
  }
}

it.each(Object.keys(BUGS))(
  'is caught: %s',
  async (name) => {
    let caught: string | undefined
    let seed = CAUGHT_BY[name] ?? 1
    for (const end = seed + WITHIN_SEEDS; !caught && seed < end; seed++) {
      const failed = await withBug(name, seed)
      // What fails without the bug as well is not caught by it.
      if (failed && (await failureOf(seed)) === undefined) caught = `seed ${seed}: ${failed}`
    }
    console.log(`${name}: ${caught?.split('\n')[0]}`)
    expect(caught, `none of ${WITHIN_SEEDS} seeds catches it`).toBeDefined()
  },
  PATIENCE_MS,
)
