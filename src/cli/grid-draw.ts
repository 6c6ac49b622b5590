/** `lastgasp grid draw`: the network drawn in a scenario, as a grid file to serve. */
import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { loadScenario, ScenarioError } from '../../simulators/scenario.ts'
import { UsageError } from '../config/errors.ts'
import { drawnGrid } from '../grid/drawing.ts'

function draw(name: string, { out }: { out: string }): void {
  let network: string | undefined
  try {
    network = loadScenario(name).network
  } catch (error) {
    throw error instanceof ScenarioError ? new UsageError(error.message, { cause: error }) : error
  }
  if (network === undefined) throw new UsageError(`${name}: has no network of its own`)
  const grid = drawnGrid(network)
  writeFileSync(out, JSON.stringify(grid))
  console.log(`${out}: ${grid.devices.length} devices, ${grid.usagePoints.length} usage points`)
}

export function registerGridDraw(grid: Command): void {
  grid
    .command('draw')
    .description('write the network that a scenario draws as a grid file')
    .argument('<scenario>', 'a scenario file with a network of its own')
    .requiredOption('--out <file>', 'where to write it, .json')
    .action(draw)
}
