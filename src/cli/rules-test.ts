/** `lastgasp rules test`: a scenario under new rules beside the rules in force, on virtual time. */
import { readGridFile } from '../../simulators/grid-file.ts'
import { loadScenario, type Scenario } from '../../simulators/scenario.ts'
import { UsageError } from '../config/errors.ts'
import type { Incident } from '../engine/changes.ts'
import type { Rules } from '../engine/rules.ts'
import { compileGrid } from '../grid/compile.ts'
import { drawnGrid } from '../grid/drawing.ts'
import type { Grid } from '../grid/model.ts'
import type { RuleTrial, TriedIncident } from '../http/rules-port.ts'
import { describe } from './comparison.ts'
import { judging, type Rehearsal, rehearse, rulesFor } from './rehearsal.ts'

export interface RulesTestOptions {
  readonly grid?: string
  readonly seed: string
  readonly json?: boolean
}

/** The network a scenario is played on: the one drawn in it, or a grid file. */
async function gridOf(scenario: Scenario, file: string | undefined): Promise<Grid> {
  if (file !== undefined) return readGridFile(file)
  if (scenario.network !== undefined) return drawnGrid(scenario.network)
  throw new UsageError('this scenario has no network of its own: give --grid FILE')
}

/** Plays the scenario under both sets of rules and prints what differs; true where all holds. */
export async function testRules(
  scenarioName: string,
  rules: Rules,
  inForce: Rules,
  options: RulesTestOptions,
): Promise<boolean> {
  const scenario = loadScenario(scenarioName)
  const grid = await gridOf(scenario, options.grid)
  const compiled = compileGrid(grid, 'rehearsal')
  const play = (under: Rules) =>
    rehearse(scenario, grid, options.seed, judging(compiled, rulesFor(scenario, under)))
  const tried = await play(rules)
  const now = await play(inForce)
  const holds = tried.outcomes.every(({ problem }) => problem === '')
  if (options.json) {
    const { facts } = tried
    const ended = { tried: tried.incidents.map(brief), inForce: now.incidents.map(brief) }
    console.log(JSON.stringify({ scenario: scenarioName, facts, ...ended } satisfies RuleTrial))
    return holds
  }
  console.log(
    `${scenario.name.en} (${scenario.name.zh}), seed ${options.seed}, ${tried.facts} facts`,
  )
  console.log(`\nunder version ${rules.version}:`)
  for (const incident of tried.incidents) console.log(`  ${describe(incident)}`)
  printDifference(tried, now, inForce.version)
  if (tried.outcomes.length === 0) console.log('\nThe scenario expects nothing.')
  else console.log('\nexpected:')
  for (const { what, problem } of tried.outcomes)
    console.log(problem === '' ? `  holds  ${what}` : `  FAILS  ${what}: ${problem}`)
  return holds
}

function brief(incident: Incident): TriedIncident {
  const { id, kind, outageKind, outcome, level, grade, device, originalMetersAffected } = incident
  const { id: at, name } = device
  return {
    ...{ id, kind, outageKind, outcome, level, grade },
    ...{ device: { id: at, name }, customers: originalMetersAffected },
  }
}

function printDifference(tried: Rehearsal, now: Rehearsal, version: string): void {
  const lines = (incidents: readonly Incident[]) => incidents.map(describe)
  const before = lines(now.incidents)
  const after = lines(tried.incidents)
  const gone = before.filter((line) => !after.includes(line))
  const come = after.filter((line) => !before.includes(line))
  if (gone.length + come.length === 0) {
    console.log(`\nThe rules in force (version ${version}) judge the same.`)
    return
  }
  console.log(`\nagainst the rules in force (version ${version}):`)
  for (const line of gone) console.log(`  - ${line}`)
  for (const line of come) console.log(`  + ${line}`)
}
