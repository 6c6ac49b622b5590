/** What is worth a transaction of the ledger: changes, and where somebody asks, the position alone. */
import { expect, test } from 'vitest'
import { FROM_THE_START } from '../../../src/app/judge.ts'
import { Pipeline } from '../../../src/app/pipeline.ts'
import type { ChangeBatch } from '../../../src/engine/changes.ts'
import type { Fact, JournalledFact } from '../../../src/facts/facts.ts'

const QUARANTINED = {
  type: 'quarantined',
  receivedAt: 1,
  reason: 'malformed',
  topic: 't',
  detail: 'd',
  raw: 'r',
} as Fact
/** Of an engine that knows no grid, nothing follows from this. */
const REPORT = { type: 'report', receivedAt: 1, terminal: 't', kind: 'powerOff' } as never

function judging() {
  const commits: { readonly position: number; readonly changed: readonly number[] }[] = []
  let append: (facts: readonly JournalledFact[]) => void = () => {}
  const pipeline = new Pipeline(
    {
      async *read() {},
      onCommitted(listener) {
        append = listener
      },
    },
    {
      state: { position: 0, digest: FROM_THE_START.digest },
      async commit(batches: readonly ChangeBatch[], position: number) {
        commits.push({ position, changed: batches.map((batch) => batch.position) })
      },
      onCommitted() {},
      action: () => undefined,
    },
    {} as never,
    FROM_THE_START,
  )
  pipeline.start()
  let last = 0
  const take = (...facts: readonly Fact[]) =>
    append(facts.map((fact) => ({ position: ++last, fact })))
  return { pipeline, commits, take }
}

test('facts that change nothing are no commit of the ledger: their position goes with the next change', () => {
  const { commits, take } = judging()
  take(REPORT, REPORT)
  take(REPORT)
  expect(commits).toEqual([])
  take(REPORT, QUARANTINED, REPORT)
  expect(commits).toEqual([{ position: 6, changed: [5] }])
})

test('who waits for the ledger has it stand where the engine does, and once is enough', async () => {
  const { pipeline, commits, take } = judging()
  take(QUARANTINED)
  take(REPORT)
  await pipeline.recorded()
  await pipeline.recorded()
  expect(commits).toEqual([
    { position: 1, changed: [1] },
    { position: 2, changed: [] },
  ])
})
