/** Some hundreds of spoilt inputs against the built program; `npm run soak` plays a million. */
import { expect, test } from 'vitest'
import { benchFuzz } from '../../src/cli/bench/fuzz/fuzz.ts'
import { MAIN } from '../support/server.ts'

const SEED = Number(process.env.LASTGASP_FUZZ_SEED ?? 20_261_122)

test(`400 spoilt inputs are answered or refused, and nothing acknowledged is lost (seed ${SEED})`, async () => {
  console.log(`fuzz seed ${SEED}`)
  const result = await benchFuzz({ cases: 400, seed: SEED, json: true, program: [MAIN] })
  expect(result.details).toEqual([])
  expect(result).toMatchObject({ cases: 400, lost: 0, duplicated: 0, failures: 0, seeds: [SEED] })
  for (const count of Object.values(result.byKind)) expect(count).toBeGreaterThan(10)
  expect(result.probes).toBeGreaterThan(8)
  // Messages reached the journal, as facts or in quarantine.
  expect(result.facts).toBeGreaterThan(100)
})
