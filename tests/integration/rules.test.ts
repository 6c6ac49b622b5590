/** Other rules on a running program: a fact, kept by digest, judged by from there on, the same in a replay. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FROM_THE_START } from '../../src/app/judge.ts'
import { Library } from '../../src/app/library.ts'
import { Pipeline } from '../../src/app/pipeline.ts'
import { replay } from '../../src/app/replay.ts'
import { applyRules, applyRulesOfFolder, rulesInForce } from '../../src/app/rules.ts'
import type { Change } from '../../src/engine/changes.ts'
import type { Fact } from '../../src/facts/facts.ts'
import { openSqliteJournal } from '../../src/journal/sqlite.ts'
import { openRecords } from '../../src/records/sqlite.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { drawnGrid } from '../support/drawn-grid.ts'
import { START } from '../support/engine-lab.ts'

const SHIPPED = readFileSync('config/rules/judgement.yaml', 'utf8')
/** Under these rules two identities are enough at any probability. */
const EASY = SHIPPED.replace(/^version: .*$/m, 'version: "easy"').replace(
  /^confirm: .*$/m,
  'confirm: { probability: 0.01, sources: 1 }',
)

let dir = ''
let folder = ''
let close: () => Promise<void> = async () => {}
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-rules-'))
  folder = join(dir, 'shipped')
  cpSync('config/rules', folder, { recursive: true })
  writeFileSync(
    join(dir, 'grid.json'),
    JSON.stringify(
      drawnGrid(`
        B breaker
          X1 transformer
            m1 meter
            m2 meter
          X2 transformer
            m3 meter
            m4 meter
      `),
    ),
  )
})
afterEach(async () => {
  await close()
  close = async () => {}
  rmSync(dir, { recursive: true, force: true })
})

async function program() {
  const data = join(dir, 'data')
  const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
  const library = new Library(data)
  const records = await openRecords({ path: join(data, 'records.db'), telemetry })
  const journal = await openSqliteJournal({ path: join(data, 'journal.db'), telemetry })
  const pipeline = new Pipeline(journal, records, library, FROM_THE_START)
  close = async () => {
    await pipeline.recorded()
    await journal.close()
    await records.close()
    close = async () => {}
  }
  await pipeline.recover()
  pipeline.start()
  const folderParts = { library, journal, pipeline, records, now: () => START }
  const parts = rulesInForce(folderParts)
  await applyRulesOfFolder(folder, folderParts)
  const { digest } = await library.keepGrid(join(dir, 'grid.json'))
  if (pipeline.judge.gridDigest !== digest)
    await journal.append({ type: 'gridApplied', receivedAt: START, digest, by: 'start' })
  const changes: Change[] = []
  pipeline.onCommitted = (batches) => changes.push(...batches.flatMap((batch) => batch.changes))
  return { data, library, records, journal, pipeline, parts, changes }
}

const off = (meter: string, at: number): Fact => ({
  type: 'report',
  receivedAt: at,
  terminal: `o-${meter}` as never,
  kind: 'powerOff',
  at,
})

test('rules that a person puts in force judge from there on, and a replay uses those of the day', async () => {
  const { data, records, journal, pipeline, parts, changes } = await program()
  const lookAt = async (at: number) => {
    for (let s = 1; s <= 8; s++) await journal.append({ type: 'tick', at: at + s * 1000 })
    await pipeline.recorded()
    return changes.findLast((change) => change.type === 'incident')?.incident
  }
  await journal.append({ type: 'tick', at: START })
  await journal.append(off('m1', START))
  const predicted = await lookAt(START)
  expect(predicted).toMatchObject({ outageKind: 'predicted', ruleVersion: '2026.1' })
  await applyRules([{ name: 'judgement.yaml', text: EASY }], 'wang', parts)
  const confirmed = await lookAt(START + 60_000)
  expect(confirmed).toMatchObject({ outageKind: 'confirmed', ruleVersion: 'easy' })
  expect(confirmed!.id).toBe(predicted!.id)
  expect(records.applied('rules', 9).map(({ version, by }) => [version, by])).toEqual([
    ['easy', 'wang'],
    ['2026.1', 'start'],
  ])
  const { digest } = pipeline.judge
  await close()
  expect((await replay(data)).digest).toBe(digest)
})

test('what a person put in force outlives a restart, until the folder changes', async () => {
  const first = await program()
  await applyRules([{ name: 'judgement.yaml', text: EASY }], 'wang', first.parts)
  await close()
  const second = await program()
  expect(second.pipeline.judge.engine.world?.rules.version).toBe('easy')
  await close()
  const edited = SHIPPED.replace(/^version: .*$/m, 'version: "edited"')
  writeFileSync(join(folder, 'judgement.yaml'), edited)
  const third = await program()
  expect(third.pipeline.judge.engine.world?.rules.version).toBe('edited')
})

test('rules that cannot be used are refused and change nothing; the same again is no fact', async () => {
  const { pipeline, parts } = await program()
  const { position, rulesDigest } = pipeline.judge
  const broken = SHIPPED.replace(/^holdSeconds: .*$/m, 'holdSeconds: soon')
  await expect(
    applyRules([{ name: 'judgement.yaml', text: broken }], 'wang', parts),
  ).rejects.toThrow(/judgement\.yaml:\d+: holdSeconds: expected number, not "soon"/)
  await applyRules([{ name: 'judgement.yaml', text: SHIPPED }], 'wang', parts)
  expect(pipeline.judge).toMatchObject({ position, rulesDigest })
})
