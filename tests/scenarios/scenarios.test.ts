/**
 * The golden scenarios (`*.yaml` beside this file): each is played on virtual time under the shipped
 * rules, what must always be true is checked after every fact, and what it expects must hold. The
 * same files run as `simulate` and `rules test`.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadScenario } from '../../simulators/scenario.ts'
import { reborn, rehearse, rulesFor } from '../../src/cli/rehearsal.ts'
import { drawnGrid } from '../../src/grid/drawing.ts'
import { EngineLab, shippedRules } from '../support/engine-lab.ts'

const FILES = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.yaml'))
  .sort()

const MANY_FEEDERS = 100

/** Several times what the largest takes on an idle machine. */
const PATIENCE_MS = 240_000

test.each(FILES)('%s', { timeout: PATIENCE_MS }, async (name) => {
  const scenario = loadScenario(join(import.meta.dirname, name))
  const grid = drawnGrid(scenario.network!)
  // What must always be true is counted anew after each fact: of three hundred feeders that takes minutes.
  const invariants = grid.feeders.length < MANY_FEEDERS
  const lab = new EngineLab(grid, rulesFor(scenario, shippedRules()), { invariants })
  const { outcomes } = await rehearse(scenario, grid, '1', {
    get engine() {
      return lab.engine
    },
    feed: (fact) => lab.feed(fact),
    restart: () => lab.restart(reborn),
  })
  expect(outcomes.length).toBeGreaterThan(0)
  expect(outcomes.filter(({ problem }) => problem !== '')).toEqual([])
})
