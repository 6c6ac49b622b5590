/**
 * After the whole run: nothing that any program of the tests said, was asked for or wrote may hold
 * anything personal of its own customers. A find fails the run.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GATHERED, judgeGathered, readGathered } from './personal-data.ts'

let folder: string

export function setup(): void {
  folder = mkdtempSync(join(tmpdir(), 'lastgasp-gathered-'))
  process.env[GATHERED] = folder
}

export function teardown(): void {
  const gathered = readGathered(folder)
  rmSync(folder, { recursive: true, force: true })
  if (gathered.length === 0) return
  const known = gathered.filter(({ customers }) => customers > 0).length
  const texts = gathered.reduce((sum, one) => sum + one.texts, 0)
  console.log(
    `searched for personal data: ${gathered.length} programs, ${known} with customers, ${texts} logs, metrics, addresses and files`,
  )
  try {
    judgeGathered(gathered)
  } catch (error) {
    // What a teardown throws is only printed.
    process.exitCode = 1
    throw error
  }
}
