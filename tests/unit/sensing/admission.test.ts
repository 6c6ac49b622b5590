import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AcceptRate } from '../../../src/sensing/accept-rate.ts'
import { identityOf, isLoopback, passwordCheck, userNameOf } from '../../../src/sensing/identity.ts'
import { GATE_POLL_MS } from '../../../src/sensing/limits.ts'
import { ReadGate } from '../../../src/sensing/read-gate.ts'

describe('accept rate', () => {
  test('a burst, then so many a second, never more than the burst saved up', () => {
    const rate = new AcceptRate(10, 3, 1_000)
    const admitted = (times: number, at: number) =>
      Array.from({ length: times }, () => rate.admit(at)).filter(Boolean).length
    expect(admitted(5, 1_000)).toBe(3)
    expect(admitted(5, 1_100)).toBe(1)
    expect(admitted(5, 1_150)).toBe(0)
    expect(admitted(50, 60_000)).toBe(3)
  })

  test('a clock that is set back stops nothing for longer than a token takes', () => {
    const rate = new AcceptRate(10, 1, 1_000_000)
    expect(rate.admit(1_000_000)).toBe(true)
    expect(rate.admit(5_000)).toBe(false)
    expect(rate.admit(5_100)).toBe(true)
  })
})

describe('identities', () => {
  test.each([
    ['T0001', { kind: 'terminal', id: 'T0001' }],
    ['crew:c7', { kind: 'crew', id: 'c7' }],
    ['__proto__', { kind: 'terminal', id: '__proto__' }],
  ])('%s', (userName, identity) => {
    expect(identityOf(userName)).toEqual(identity)
    expect(userNameOf(identityOf(userName)!)).toBe(userName)
  })

  test.each([
    '',
    'crews',
    'crew:',
    'crew:a/b',
    'a/b',
    '+',
    '#',
    'T 1',
    'T1\0',
    'é',
    'x'.repeat(65),
  ])('%j is nobody', (userName) => {
    expect(identityOf(userName)).toBeUndefined()
  })

  test('a password must equal the secret; an empty or missing one is no way in', () => {
    const check = passwordCheck('s3cret')
    expect(check(Buffer.from('s3cret'))).toBe(true)
    for (const wrong of [undefined, Buffer.from(''), Buffer.from('s3cre'), Buffer.from('s3cret ')])
      expect(check(wrong)).toBe(false)
    expect(passwordCheck(undefined)(undefined)).toBe(true)
    expect(passwordCheck('')(Buffer.from('x'))).toBe(false)
  })

  test('loopback hosts', () => {
    expect(['127.0.0.1', '127.8.0.9', '::1', 'localhost'].map(isLoopback)).not.toContain(false)
    expect(
      ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', '1127.0.0.1', ''].map(isLoopback),
    ).not.toContain(true)
  })
})

describe('read gate', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  function gate() {
    const state = { pending: 0, holds: [] as string[] }
    const opened = new ReadGate({
      pending: () => state.pending,
      maxPending: 10,
      onHold: (reason) => state.holds.push(reason),
    })
    return { state, opened }
  }

  test('shuts above the limit and opens at half of it', () => {
    const { state, opened } = gate()
    const resume = vi.fn()
    state.pending = 10
    expect(opened.admits(resume)).toBe(true)
    state.pending = 11
    expect(opened.admits(resume)).toBe(false)
    expect(opened.admits(resume)).toBe(false)
    expect(state.holds).toEqual(['overload'])
    state.pending = 6
    vi.advanceTimersByTime(10 * GATE_POLL_MS)
    expect(resume).not.toHaveBeenCalled()
    state.pending = 5
    vi.advanceTimersByTime(GATE_POLL_MS)
    expect(resume).toHaveBeenCalledTimes(1)
    expect(opened.admits(resume)).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('stays shut while any append waits for room', () => {
    const { state, opened } = gate()
    const resume = vi.fn()
    opened.full()
    opened.full()
    expect(opened.admits(resume)).toBe(false)
    opened.room()
    vi.advanceTimersByTime(GATE_POLL_MS)
    expect(resume).not.toHaveBeenCalled()
    opened.room()
    vi.advanceTimersByTime(GATE_POLL_MS)
    expect(resume).toHaveBeenCalledTimes(1)
    expect(state.holds).toEqual(['journalFull'])
  })

  test('forgets who left, and never opens again once closed', () => {
    const { state, opened } = gate()
    const left = vi.fn()
    const waiting = vi.fn()
    state.pending = 11
    opened.admits(left)
    opened.forget(left)
    state.pending = 0
    vi.advanceTimersByTime(GATE_POLL_MS)
    expect(left).not.toHaveBeenCalled()
    opened.close()
    expect(opened.admits(waiting)).toBe(false)
    vi.advanceTimersByTime(10 * GATE_POLL_MS)
    expect(waiting).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })
})
