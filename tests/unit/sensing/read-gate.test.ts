/** When sockets may be read: all wait at a shut gate, and as many are let in as shut it again. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { GATE_POLL_MS } from '../../../src/sensing/limits.ts'
import { ReadGate } from '../../../src/sensing/read-gate.ts'

let pending = 0
let held = 0
let gate: ReadGate
beforeEach(() => {
  vi.useFakeTimers()
  pending = 0
  held = 0
  gate = new ReadGate({ pending: () => pending, maxPending: 10, onHold: () => held++ })
})
afterEach(() => {
  gate.close()
  vi.useRealTimers()
})

test('those who wait come in turn, and nobody is told of a gate that is shut again', () => {
  pending = 11
  const told: number[] = []
  for (let socket = 0; socket < 5; socket++) {
    const resume = () => {
      told.push(socket)
      // Each reads so much that two of them fill what there is room for.
      if (gate.admits(resume)) pending += 6
    }
    expect(gate.admits(resume)).toBe(false)
  }
  expect(held).toBe(1)
  vi.advanceTimersByTime(10 * GATE_POLL_MS)
  expect(told).toEqual([])
  for (const expected of [
    [0, 1],
    [0, 1, 2, 3],
    [0, 1, 2, 3, 4],
  ]) {
    pending = 0
    vi.advanceTimersByTime(3 * GATE_POLL_MS)
    expect(told).toEqual(expected)
  }
  expect(vi.getTimerCount()).toBe(0)
})

test('who has gone is not told, and a closed gate tells nobody', () => {
  pending = 11
  const told: string[] = []
  const [gone, stays] = [() => told.push('gone'), () => told.push('stays')]
  gate.admits(gone)
  gate.admits(stays)
  gate.forget(gone)
  pending = 0
  vi.advanceTimersByTime(GATE_POLL_MS)
  expect(told).toEqual(['stays'])
  pending = 11
  gate.admits(stays)
  gate.close()
  pending = 0
  vi.advanceTimersByTime(10 * GATE_POLL_MS)
  expect(told).toEqual(['stays'])
})
