/**
 * The demonstration: a generated county, kept in the data folder, and its made-up customers.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateGridLines } from '../grid/generate/generate.ts'
import { writeGridFile } from './grid-files.ts'

/** The demonstration county of this size and seed; generated once. */
export async function demoCounty(dir: string, customers: number, seed: number): Promise<string> {
  const path = join(dir, `demo-${customers}-${seed}.jsonl.gz`)
  if (!existsSync(path)) {
    mkdirSync(dir, { recursive: true })
    await writeGridFile(path, generateGridLines({ customers, seed }))
  }
  return path
}

export interface DemoCustomers {
  /** Data folder. */
  readonly dir: string
  readonly gridPath: string
  readonly seed: number
}

/**
 * Makes up the county's customers and reads them in, as an operator would, in child processes beside
 * the server. Resolves when they can be looked up; rejects where a verb failed.
 */
export async function importDemoCustomers({ dir, gridPath, seed }: DemoCustomers): Promise<void> {
  const file = join(dir, 'demo-customers.csv')
  const words = ['customers', 'generate', '--grid', gridPath, '--seed', String(seed), '--out', file]
  await verb(words)
  await verb(['customers', 'import', file, '--data', dir])
  rmSync(file)
}

function verb(args: readonly string[]): Promise<void> {
  const main = fileURLToPath(new URL('../main.js', import.meta.url))
  return new Promise((resolve, reject) => {
    // The server's settings are for the server; these verbs are told all they need.
    const child = spawn(process.execPath, [main, ...args], {
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    child.on('error', reject)
    child.on('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${args.slice(0, 2).join(' ')} ended with ${code}`))
    })
  })
}
