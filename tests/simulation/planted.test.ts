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
  const onsHeard: typeof real.onsHeard = (...args) => {
    const heard = real.onsHeard(...args)
    if (planted.bug !== 'one on counts as two') return heard
    return { ...heard, at: heard.at.flatMap((at) => [at, at]) }
  }
  return { ...real, outageSources, onsHeard }
})

vi.mock('../../src/journal/ticks.ts', async (original) => {
  const { planted } = await import('./planted.ts')
  const real = await original<typeof import('../../src/journal/ticks.ts')>()
  const createTicker: typeof real.createTicker = (options) =>
    real.createTicker(
      planted.bug === 'the ticker forgets the last tick' ? { ...options, last: 0 } : options,
    )
  return { ...real, createTicker }
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

vi.mock('../../src/engine/incidents/life.ts', async (original) => {
  const { planted } = await import('./planted.ts')
  const real = await original<typeof import('../../src/engine/incidents/life.ts')>()
  const restoreCase: typeof real.restoreCase = (world, incident, publisher) => {
    if (planted.bug !== 'a short interruption is not momentary')
      return real.restoreCase(world, incident, publisher)
    const { darkFrom } = incident
    incident.darkFrom = 0
    real.restoreCase(world, incident, publisher)
    incident.darkFrom = darkFrom
  }
  return { ...real, restoreCase }
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
  'one on counts as two': 21,
  'the ticker forgets the last tick': 7,
  'the next number is lost in a restart': 35,
  'a short interruption is not momentary': 18,
  'a tie is ignored': 1,
}

const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
const rules = shippedRules()

it.each(Object.keys(BUGS))(
  'is caught: %s',
  async (name) => {
    const remove = BUGS[name]!()
    try {
      let caught: string | undefined
      let seed = CAUGHT_BY[name] ?? 1
      for (const end = seed + WITHIN_SEEDS; seed < end; seed++) {
        caught = (await playSeed(seed, rules, telemetry)).failures[0]
        if (caught) break
      }
      console.log(`${name}: seed ${seed}: ${caught?.split('\n')[0]}`)
      expect(caught, `none of ${WITHIN_SEEDS} seeds catches it`).toBeDefined()
    } finally {
      remove()
    }
  },
  PATIENCE_MS,
)
