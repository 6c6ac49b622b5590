import { expect, test } from 'vitest'
import { Calls, type OpenCall } from '../../../../src/engine/callreads/calls.ts'

function call(number: number, incident: number): OpenCall {
  const targets = [10 + number]
  return { number, incident, reason: 'verify', terminal: 1, targets, waiting: [...targets], by: 0 }
}

test('A case waits for an answer until the last of its calls has ended', () => {
  const calls = new Calls()
  const [first, second, others] = [call(1, 7), call(2, 7), call(3, 8)]
  for (const one of [first, second, others]) calls.begin(one)
  calls.end(first)
  expect(calls.waitsFor(7)).toBe(true)
  calls.end(second)
  expect(calls.waitsFor(7)).toBe(false)
  expect(calls.waitsFor(8)).toBe(true)
  calls.end(others)
  expect(calls.waitsFor(8)).toBe(false)
})
