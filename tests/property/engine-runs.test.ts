/**
 * Random stories played to the engine: whatever is lost, late, doubled, false or wrongly dated, what
 * must always be true is (`EngineInvariants`, after every fact); whoever was heard is in an incident
 * until supply is back; nothing is confirmed that never was out; and in the end nothing stays open.
 */
import { describe, expect, it } from 'vitest'
import { EngineLab, shippedRules } from '../support/engine-lab.ts'
import { gridOf } from '../support/story-grids.ts'
import { StoryRun } from '../support/story-run.ts'

const SEEDS = Number(process.env.LASTGASP_SEEDS ?? 240)
const FIRST_SEED = Number(process.env.LASTGASP_SEED ?? 1)

/** A second a seed: thirty times what they take on an idle machine. */
const PATIENCE_MS = Math.max(60_000, SEEDS * 1000)

describe('random stories', () => {
  it(
    `hold what must always be true, ${SEEDS} seeds from ${FIRST_SEED}`,
    () => {
      const rules = shippedRules()
      const failures: string[] = []
      for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
        const run = new StoryRun(seed, new EngineLab(gridOf(seed), rules))
        try {
          run.play()
          const left = run.lab.open().map(({ id, device }) => `${id} at ${device.id}`)
          expect(left, 'open in the end').toEqual([])
        } catch (error) {
          failures.push(`seed ${seed}: ${(error as Error).message.split('\n')[0]}`)
        }
      }
      expect(failures).toEqual([])
    },
    PATIENCE_MS,
  )
})
