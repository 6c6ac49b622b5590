/**
 * What the engine makes of the same reports does not depend on how they came (DESIGN §1.4), nor on
 * whether it was stopped and started again between any two facts.
 */
import { describe, expect, it } from 'vitest'
import type { Change } from '../../src/engine/changes.ts'
import { Engine } from '../../src/engine/engine.ts'
import { readRegisters, readWorld, writeHeap } from '../../src/engine/state/heap.ts'
import { StatePages } from '../../src/engine/state/pages.ts'
import { succeed } from '../../src/engine/succession.ts'
import type { World } from '../../src/engine/world.ts'
import type { Fact, JournalledFact } from '../../src/facts/facts.ts'
import { EngineLab, shippedRules } from '../support/engine-lab.ts'
import { gridOf } from '../support/story-grids.ts'
import { StoryRun } from '../support/story-run.ts'
import { numbers } from '../support/tiny-grid.ts'

const SEEDS = Number(process.env.LASTGASP_SEEDS ?? 20)
const FIRST_SEED = Number(process.env.LASTGASP_SEED ?? 1)
const PAGE_BYTES = 4096
const SLOTS = 2

const rules = shippedRules()
const seeds = Array.from({ length: SEEDS }, (_, n) => FIRST_SEED + n)

/** The facts of a story as a journal, ticks and all, and what they changed. */
function journalOf(seed: number): { facts: JournalledFact[]; changes: Change[][] } {
  const lab = new EngineLab(gridOf(seed), rules)
  const facts: JournalledFact[] = []
  const changes: Change[][] = []
  const apply = lab.engine.apply.bind(lab.engine)
  lab.engine.apply = (journalled) => {
    facts.push(journalled)
    const caused = apply(journalled)
    changes.push(caused)
    return caused
  }
  new StoryRun(seed, lab).play()
  return { facts, changes }
}

function engineOf(seed: number, world?: World): Engine {
  const grid = gridOf(seed)
  return new Engine({ grid: () => grid, rules: () => rules }, world)
}

/** Up to the first fact of the story the lab has applied its rules, its grid and one tick. */
function begun(seed: number): Engine {
  return new EngineLab(gridOf(seed), rules).engine
}

/** Puts the world down as a snapshot would and takes it up again. */
function reborn(world: World): World {
  const pages = new StatePages(world.registers, PAGE_BYTES, SLOTS)
  const sections = new Map(pages.layout.map(({ name, bytes }) => [name, new Uint8Array(bytes)]))
  pages.begin(0, true)
  const heap = writeHeap(world)
  for (let some = pages.take(3); some.length > 0; some = pages.take(3))
    for (const { section, index, bytes } of some)
      sections.get(section)!.set(bytes, index * PAGE_BYTES)
  const registers = readRegisters(world.registers.state.length, (name) => sections.get(name)!)
  return readWorld(heap, registers, world.grid, world.rules)
}

/** Registers, and what is open and was interrupted, without numbers, revisions and causes. */
function stateOf(world: World, changes: readonly Change[]) {
  const registers = world.registers.sections().map(({ name, array }) => [name, [...array]])
  const open = [...world.cases.values()]
    .map(
      ({ head, observer, outageKind, darkFrom }) => `${head}/${observer} ${outageKind} ${darkFrom}`,
    )
    .sort()
  const segments = new Map<string, string>()
  for (const change of changes)
    if (change.type === 'segment') {
      const { id, device, from, to, void: taken, customers } = change.segment
      segments.set(id, `${device.id} ${from} ${to} ${taken} ${customers}`)
    }
  const interruptions = [...segments.values()].filter((text) => !text.includes(' true ')).sort()
  return { registers, open, interruptions }
}

/** True where order is known whatever the arrival: counted, or dated within the terminal's trust. */
function isOrdered({ fact }: JournalledFact): boolean {
  if (fact.type !== 'report') return false
  return fact.seq !== undefined || fact.at !== undefined
}

describe('the same reports', () => {
  it.each(seeds)(
    'in any order and doubled before a tick end in the same state, seed %i',
    (seed) => {
      const random = numbers(seed * 31)
      // Few ticks, so that whole outages come and go between two of them in any order.
      const facts = journalOf(seed).facts.filter(
        ({ fact }) => fact.type !== 'tick' || random() < 0.1,
      )
      const played = play(begun(seed), facts)
      const shuffled: JournalledFact[] = []
      let waiting: JournalledFact[] = []
      const flush = () => {
        for (let i = waiting.length - 1; i > 0; i--) {
          const j = Math.floor(random() * (i + 1))
          ;[waiting[i], waiting[j]] = [waiting[j]!, waiting[i]!]
        }
        shuffled.push(...waiting)
        waiting = []
      }
      for (const fact of facts) {
        if (isOrdered(fact)) {
          waiting.push(fact)
          while (random() < 0.3) waiting.push(fact)
        } else {
          flush()
          shuffled.push(fact)
        }
      }
      flush()
      const again = play(
        begun(seed),
        shuffled.map(({ fact }, i) => ({ position: i + 4, fact })),
      )
      expect(again).toEqual(played)
    },
  )

  it.each(seeds)('give the same changes twice, seed %i', (seed) => {
    const { facts, changes } = journalOf(seed)
    const engine = begun(seed)
    facts.forEach((journalled, i) => {
      expect(JSON.stringify(engine.apply(journalled))).toBe(JSON.stringify(changes[i]))
    })
  })

  it('in one message or one each are the same to everyone', () => {
    for (const seed of seeds) {
      const { facts } = journalOf(seed)
      const single = facts.flatMap(({ fact }) => split(fact))
      const joined = join(single)
      const numbered = (list: Fact[]) => list.map((fact, i) => ({ position: i + 4, fact }))
      expect(play(begun(seed), numbered(joined)), `seed ${seed}`).toEqual(
        play(begun(seed), numbered(single)),
      )
    }
  })
})

describe('an engine that is stopped and started', () => {
  it.each(seeds)('goes on as if it had not been, seed %i', (seed) => {
    const random = numbers(seed * 17)
    const { facts, changes } = journalOf(seed)
    let engine = begun(seed)
    facts.forEach((journalled, i) => {
      if (random() < 0.02) engine = engineOf(seed, reborn(engine.world!))
      expect(JSON.stringify(engine.apply(journalled)), `fact ${journalled.position}`).toBe(
        JSON.stringify(changes[i]),
      )
    })
  })

  it.each(seeds)('is not changed by the same grid and rules again, seed %i', (seed) => {
    const random = numbers(seed * 13)
    const { facts, changes } = journalOf(seed)
    let engine = begun(seed)
    facts.forEach((journalled, i) => {
      if (random() < 0.02) {
        const { world } = engine
        engine = engineOf(seed, succeed(world, world!.grid, world!.rules, journalled.position))
      }
      expect(JSON.stringify(engine.apply(journalled)), `fact ${journalled.position}`).toBe(
        JSON.stringify(changes[i]),
      )
    })
  })
})

function play(engine: Engine, facts: readonly JournalledFact[]) {
  const changes = facts.flatMap((fact) => engine.apply(fact))
  return stateOf(engine.world!, changes)
}

/** A report about several meters, as one report each. */
function split(fact: Fact): Fact[] {
  if (fact.type !== 'report' || !fact.meters || fact.meters.length < 2) return [fact]
  return fact.meters.map((meter) => ({ ...fact, meters: [meter] }))
}

/** Neighbouring reports that differ only in the meters they speak of, as one. */
function join(facts: readonly Fact[]): Fact[] {
  const joined: Fact[] = []
  for (const fact of facts) {
    const last = joined.at(-1)
    const alike =
      last?.type === 'report' &&
      fact.type === 'report' &&
      last.meters !== undefined &&
      fact.meters !== undefined &&
      last.at !== undefined &&
      last.seq === undefined &&
      JSON.stringify({ ...last, meters: [], receivedAt: 0 }) ===
        JSON.stringify({ ...fact, meters: [], receivedAt: 0 })
    if (alike) joined[joined.length - 1] = { ...last, meters: [...last.meters!, ...fact.meters!] }
    else joined.push(fact)
  }
  return joined
}
