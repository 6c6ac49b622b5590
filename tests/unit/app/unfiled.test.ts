/** Who asks a gateway about what it shows is not told that nobody knows it. */
import { expect, test } from 'vitest'
import { Unfiled } from '../../../src/app/roles/unfiled.ts'
import type { MirroredChange } from '../../../src/live/mirror.ts'

const change = (id: string, revision: number) =>
  ({ type: 'incident', incident: { id, revision } }) as MirroredChange

/** Whether asking waits, until the ledger has these. */
async function waitsFor(unfiled: Unfiled, id: string, ...filed: MirroredChange[]) {
  let done = false
  const asked = unfiled.filed(id).then(() => {
    done = true
  })
  await new Promise((resolve) => setTimeout(resolve, 60))
  const waited = !done
  unfiled.file(filed)
  await asked
  return waited
}

test('waits for the revision that is shown, and for nothing else', async () => {
  const unfiled = new Unfiled(() => 0)
  unfiled.show([change('I1', 1), change('I1', 2), change('I2', 1)])
  unfiled.file([change('I1', 1)])
  expect(await waitsFor(unfiled, 'I3')).toBe(false)
  expect(await waitsFor(unfiled, 'I1', change('I1', 2))).toBe(true)
  expect(await waitsFor(unfiled, 'I1')).toBe(false)
  unfiled.file([change('I2', 4)])
  expect(await waitsFor(unfiled, 'I2')).toBe(false)
  // The ledger may be told first.
  unfiled.file([change('I4', 1)])
  unfiled.show([change('I4', 1)])
  expect(await waitsFor(unfiled, 'I4')).toBe(false)
})

test('waits two seconds at most, and for a ledger that is away not at all', async () => {
  let now = 0
  const unfiled = new Unfiled(() => (now += 500))
  unfiled.show([change('I1', 1)])
  await unfiled.filed('I1')
  expect(now).toBeLessThan(6_000)
  now += 40_000
  unfiled.show([change('I2', 1)])
  const before = now
  await unfiled.filed('I1')
  expect(now - before).toBe(500)
})
