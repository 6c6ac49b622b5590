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
  const readWorld: typeof real.readWorld = (text, registers, grid, held) => {
    const forgets = planted.bug === 'other rules are forgotten in a restart'
    const world = real.readWorld(text, registers, grid, forgets ? rules : held)
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

vi.mock('../../src/engine/incidents/restore.ts', async (original) => {
  const { planted } = await import('./planted.ts')
  const real = await original<typeof import('../../src/engine/incidents/restore.ts')>()
  const bug = 'restored by one on'
  const noticeReturn: typeof real.noticeReturn = (world, incident) => {
    const { sources } = incident
    if (planted.bug === bug) incident.sources = Math.min(1, sources)
    real.noticeReturn(world, incident)
    incident.sources = sources
  }
  const waitsForSecondOn: typeof real.waitsForSecondOn = (...args) =>
    planted.bug !== bug && real.waitsForSecondOn(...args)
  return { ...real, noticeReturn, waitsForSecondOn }
})

vi.mock('../../src/engine/incidents/life.ts', async (original) => {
  const { planted, underRules } = await import('./planted.ts')
  const real = await original<typeof import('../../src/engine/incidents/life.ts')>()
  const restoreCase: typeof real.restoreCase = (world, ...args) => {
    if (planted.bug !== 'a momentary outage is told as a long one')
      return real.restoreCase(world, ...args)
    return underRules(world, { momentarySeconds: 0 }, () => real.restoreCase(world, ...args))
  }
  return { ...real, restoreCase }
})

vi.mock('../../src/journal/ticks.ts', async (original) => {
  const { planted } = await import('./planted.ts')
  const real = await original<typeof import('../../src/journal/ticks.ts')>()
  const createTicker: typeof real.createTicker = (options) => {
    const forgets = planted.bug === 'the ticker forgets what is due in a restart'
    if (!forgets || options.last === 0) return real.createTicker(options)
    return real.createTicker({ ...options, nextDeadline: () => undefined })
  }
  return { ...real, createTicker }
})

vi.mock('../../src/engine/evidence/indicators.ts', async (original) => {
  const { planted, underRules } = await import('./planted.ts')
  const real = await original<typeof import('../../src/engine/evidence/indicators.ts')>()
  const upsideDown = <Result>(world: Parameters<typeof real.lean>[0], run: () => Result) => {
    if (planted.bug !== 'a fault indicator is believed upside down') return run()
    const { below, above } = world.rules.judgement.faultIndicated
    return underRules(world, { faultIndicated: { below: 1 / below, above: 1 / above } }, run)
  }
  const admitIndication: typeof real.admitIndication = (world, ...args) =>
    upsideDown(world, () => real.admitIndication(world, ...args))
  const lean: typeof real.lean = (world, ...args) =>
    upsideDown(world, () => real.lean(world, ...args))
  const forgetIndications: typeof real.forgetIndications = (world) =>
    upsideDown(world, () => real.forgetIndications(world))
  return { ...real, admitIndication, lean, forgetIndications }
})

vi.mock('../../src/engine/succession.ts', async (original) => {
  const { planted } = await import('./planted.ts')
  const real = await original<typeof import('../../src/engine/succession.ts')>()
  const succeed: typeof real.succeed = (before, grid, ...args) => {
    const world = real.succeed(before, grid, ...args)
    const isNew = before !== undefined && before.grid !== grid
    const [first] = world.cases.keys()
    if (planted.bug === 'a new grid loses an incident' && isNew && first !== undefined)
      world.cases.delete(first)
    return world
  }
  return { ...real, succeed }
})

vi.mock('../../src/engine/switching/operate.ts', async (original) => {
  const { planted } = await import('./planted.ts')
  const real = await original<typeof import('../../src/engine/switching/operate.ts')>()
  const admitSwitching: typeof real.admitSwitching = (...args) => {
    if (planted.bug !== 'what the control room says is not heard') real.admitSwitching(...args)
  }
  return { ...real, admitSwitching }
})

vi.mock('../../src/engine/evidence/volts.ts', async (original) => {
  const { planted } = await import('./planted.ts')
  const real = await original<typeof import('../../src/engine/evidence/volts.ts')>()
  const measuredSupply: typeof real.measuredSupply = (...args) => {
    const found = real.measuredSupply(...args)
    return planted.bug === 'a voltage is no supply' && found?.off === false ? undefined : found
  }
  return { ...real, measuredSupply }
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
  'silence counts twice': 2,
  'a snapshot loses a page': 8,
  'a merged number is lost': 45,
  'the next number is lost in a restart': 35,
  'a tie is ignored': 1,
  'restored by one on': 90,
  'a momentary outage is told as a long one': 21,
  'the ticker forgets what is due in a restart': 9,
  'a fault indicator is believed upside down': 13,
  'a new grid loses an incident': 3,
  'what the control room says is not heard': 10,
  'a voltage is no supply': 30,
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
