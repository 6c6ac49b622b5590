import { describe, expect, it } from 'vitest'
import {
  EPOCH_MS,
  OFF,
  ON,
  QUIET,
  Registers,
  TRANSITIONS_KEPT,
} from '../../../src/engine/evidence/registers.ts'
import { numbers } from '../../support/tiny-grid.ts'

const T = Date.UTC(2026, 10, 22, 3, 0, 0)

function said(off: boolean, at: number, boot?: number, seq?: number): Registers {
  const registers = new Registers(2)
  registers.write(0, off ? OFF : ON, off, at, 7, boot, seq)
  return registers
}

describe('order within a register', () => {
  it('is by boot and sequence number where both count, whatever the clocks say', () => {
    const registers = said(true, T, 3, 17)
    expect(registers.order(0, T - 60_000, false, 3, 18)).toBe('newer')
    expect(registers.order(0, T + 60_000, false, 3, 16)).toBe('older')
    expect(registers.order(0, T + 60_000, true, 3, 17)).toBe('duplicate')
    expect(registers.order(0, T - 60_000, false, 4, 0)).toBe('newer')
    expect(registers.order(0, T + 60_000, false, 2, 99)).toBe('older')
  })

  it('is by time where either does not count', () => {
    for (const registers of [said(true, T), said(true, T, 3, 17)]) {
      expect(registers.order(0, T + 1, false)).toBe('newer')
      expect(registers.order(0, T - 1, false)).toBe('older')
      expect(registers.order(0, T, true)).toBe('duplicate')
    }
    expect(said(true, T).order(0, T + 1, false, 1, 1)).toBe('newer')
  })

  it('puts the on after the off of the same instant, whichever arrives first', () => {
    expect(said(true, T).order(0, T, false)).toBe('newer')
    expect(said(false, T).order(0, T, true)).toBe('older')
  })

  it('takes the first statement of an observer, at any time since the epoch', () => {
    const registers = new Registers(1)
    expect(registers.order(0, EPOCH_MS + 2000, true)).toBe('newer')
    expect(registers.atOf(0)).toBe(0)
    expect(registers.state[0]).toBe(QUIET)
  })
})

describe('what a register holds', () => {
  it('keeps milliseconds and phases', () => {
    const registers = new Registers(1)
    registers.write(0, OFF, true, T + 123, 5)
    expect(registers.atOf(0)).toBe(T + 123)
    expect(registers.phasesOf(0)).toBe(5)
  })

  it('keeps the same four transitions whatever the order of arrival', () => {
    const random = numbers(11)
    const entries = [10, 20, 30, 40, 50, 60].map((s, i) => ({ at: T + s * 1000, off: i % 2 === 0 }))
    const kept = entries.slice(-TRANSITIONS_KEPT).reverse()
    for (let n = 0; n < 200; n++) {
      const registers = new Registers(1)
      const order = [...entries, ...entries.slice(0, 3)]
        .map((entry) => ({ entry, key: random() }))
        .sort((a, b) => a.key - b.key)
      for (const { entry } of order) registers.remember(0, entry.off, entry.at)
      expect(registers.transitions(0)).toEqual(kept)
    }
  })

  it('is told apart from its neighbour, and carried over whole', () => {
    const from = said(true, T, 3, 17)
    const to = new Registers(5)
    to.copyFrom(from, 0, 4)
    expect(to.state[4]).toBe(OFF)
    expect(to.atOf(4)).toBe(T)
    expect(to.transitions(4)).toEqual(from.transitions(0))
    expect(to.order(4, T + 5, true, 3, 17)).toBe('duplicate')
    expect(to.atOf(3)).toBe(0)
  })

  it('tells before each write which observer is written', () => {
    const registers = new Registers(3)
    const written: number[] = []
    registers.onWrite = (observer) => {
      written.push(observer)
    }
    registers.write(2, OFF, true, T, 7)
    registers.reinterpret(1, QUIET)
    expect(new Set(written)).toEqual(new Set([2, 1]))
  })
})

describe('a statement without counters', () => {
  it('is not outranked later by counters from before it', () => {
    const registers = new Registers(1)
    registers.write(0, OFF, true, 1_700_000_000_000, 7, 5, 10)
    registers.write(0, ON, false, 1_700_000_060_000, 7)
    expect(registers.order(0, 1_700_000_030_000, true, 5, 11)).toBe('older')
    expect(registers.order(0, 1_700_000_090_000, true, 5, 12)).toBe('newer')
  })
})

it('a copy of a counted report is known as one, though a reading came in between', () => {
  const registers = new Registers(1)
  const at = EPOCH_MS + 1_000_000
  registers.write(0, OFF, true, at, 7, 3, 17)
  registers.write(0, ON, false, at + 5000, 7)
  expect(registers.countersOf(0)).toEqual([undefined, undefined])
  expect(registers.atOf(0)).toBe(at + 5000)
  expect(registers.order(0, at + 9000, true, 3, 17)).toBe('older')
  expect(registers.order(0, at + 9000, true, 3, 18)).toBe('newer')
  expect(registers.order(0, at + 1000, true, 3, 18)).toBe('older')
  registers.write(0, OFF, true, at + 9000, 7, 3, 18)
  expect(registers.order(0, at + 20_000, true, 3, 18)).toBe('duplicate')
})
