import { expect, test } from 'vitest'
import { retryDelayMs } from '../../../dashboards/console/live/backoff.ts'
import { applyFrame, EMPTY_TOPIC } from '../../../dashboards/console/live/topic.ts'

const snapshot = {
  type: 'snapshot',
  topic: 't',
  cursor: 'c1',
  asOf: '2026-11-22T03:00:00.000Z',
  items: [{ id: 'a' }, { id: 'b' }],
} as const
const delta = { ...snapshot, type: 'delta', prev: 'c1', cursor: 'c2' } as const

test('a delta that follows is applied: whole objects replace, removed ones go', () => {
  const first = applyFrame(EMPTY_TOPIC, snapshot)!
  const item = { id: 'a', grade: 2 }
  const next = applyFrame(first, { ...delta, items: [item], removed: ['b'] })!
  expect([...next.items.values()]).toEqual([item])
  expect(next.cursor).toBe('c2')
  expect([...first.items.keys()]).toEqual(['a', 'b'])
})

test('a delta that does not follow is a gap, and so is one before any snapshot', () => {
  const first = applyFrame(EMPTY_TOPIC, snapshot)!
  expect(applyFrame(first, { ...delta, prev: 'c0' })).toBeNull()
  expect(applyFrame(EMPTY_TOPIC, delta)).toBeNull()
})

test('a snapshot replaces everything held', () => {
  const first = applyFrame(EMPTY_TOPIC, snapshot)!
  const next = applyFrame(first, { ...snapshot, cursor: 'c9', items: [{ id: 'z' }] })!
  expect([...next.items.keys()]).toEqual(['z'])
})

test('waits grow, are spread, and stay between the floor and the ceiling', () => {
  for (let attempt = 0; attempt < 40; attempt++)
    for (const random of [0, 0.5, 0.999_999]) {
      const delayMs = retryDelayMs(attempt, random)
      expect(delayMs).toBeGreaterThanOrEqual(300)
      expect(delayMs).toBeLessThanOrEqual(15_000)
    }
  expect(retryDelayMs(3, 0.9)).toBeGreaterThan(retryDelayMs(0, 0.9))
  expect(retryDelayMs(3, 0.9)).not.toBe(retryDelayMs(3, 0.1))
})
