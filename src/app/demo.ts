/**
 * The demonstration: a generated county, kept in the data folder, and simulated terminals as a
 * child process that speaks real MQTT to the listener and ends with this one.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
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

export interface DemoTerminals {
  readonly brokerUrl: string
  readonly gridPath: string
  readonly seed: number
  readonly secret: string | null
}

/** Starts the simulated terminals. They stop when their standard input closes. */
export function startDemoTerminals({
  brokerUrl,
  gridPath,
  seed,
  secret,
}: DemoTerminals): ChildProcess {
  const main = fileURLToPath(new URL('../../simulators/main.js', import.meta.url))
  const args = ['--broker', brokerUrl, '--grid', gridPath, '--seed', String(seed)]
  return spawn(process.execPath, [main, ...args], {
    stdio: ['pipe', 'ignore', 'inherit'],
    env: { ...process.env, ...(secret ? { LASTGASP_TERMINAL_SECRET: secret } : {}) },
  })
}
