import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeGridFile } from '../../../src/app/grid-files.ts'
import { benchEngine } from '../../../src/cli/bench/engine.ts'
import { smallGrid } from '../grid/small-grid.ts'

let folder: string
const temporary = process.env.TMPDIR

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lastgasp-bench-test-'))
  process.env.TMPDIR = folder
})
afterAll(async () => {
  if (temporary === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = temporary
  await rm(folder, { recursive: true })
})

const options = { meters: 2_000, seconds: 0.05, seed: 3 }

describe('bench engine', () => {
  test.each(['random', 'interleaved', 'sequential'] as const)('%s', async (order) => {
    const result = await benchEngine({ ...options, order })
    expect(result).toMatchObject({ meters: 2_000, order })
    expect(result.reports).toBeGreaterThan(0)
    expect(result.reportsPerSecond).toBeGreaterThan(0)
    expect(result.readyMs).toBeGreaterThan(0)
    expect(result.posteriorMsPerFeeder).toBeGreaterThan(0)
    expect(result.possibilitiesPerFeeder).toBeGreaterThan(1)
    // A register alone is 33 bytes; nobody would keep a thousand a meter.
    expect(result.bytesPerMeter).toBeGreaterThan(60)
    expect(result.bytesPerMeter).toBeLessThan(1_000)
    expect(result.bytesPerMeterWithMap).toBeGreaterThan(result.bytesPerMeter)
  })

  test('keeps the network it generated for the next run', () => {
    expect(existsSync(join(folder, 'lastgasp-bench'))).toBe(true)
  })

  test('measures a given grid', async () => {
    const grid = join(folder, 'small.json')
    await writeGridFile(grid, smallGrid())
    const result = await benchEngine({ ...options, order: 'sequential', grid })
    expect(result).toMatchObject({ meters: 3, devices: 8, feeders: 2 })
  })
})
