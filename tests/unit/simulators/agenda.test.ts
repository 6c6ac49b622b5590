import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Agenda } from '../../../simulators/agenda.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the agenda', () => {
  it('runs in order of time, and of planning where times are equal', () => {
    const agenda = new Agenda(1)
    const ran: number[] = []
    for (const atMs of [50, 10, 30, 10, 90, 0, 30, 70]) agenda.at(atMs, () => ran.push(atMs))
    const order: string[] = []
    agenda.at(40, () => order.push('first'))
    agenda.at(40, () => order.push('second'))
    vi.advanceTimersByTime(100)
    expect(ran).toEqual([0, 10, 10, 30, 30, 50, 70, 90])
    expect(order).toEqual(['first', 'second'])
  })

  it('keeps the order of many random times', () => {
    const agenda = new Agenda(1)
    const ran: number[] = []
    for (let index = 0; index < 1_000; index++) {
      const atMs = (index * 7_919) % 997
      agenda.at(atMs, () => ran.push(atMs))
    }
    vi.advanceTimersByTime(1_000)
    expect(ran).toHaveLength(1_000)
    expect(ran).toEqual(ran.toSorted((a, b) => a - b))
  })

  it('passes faster than the wall, and dates things by the wall', () => {
    const agenda = new Agenda(10)
    let ranAt = 0
    agenda.at(60_000, () => {
      ranAt = Date.now()
    })
    vi.advanceTimersByTime(7_000)
    expect(ranAt).toBe(1_700_000_006_000)
    expect(agenda.wallAt(60_000)).toBe(1_700_000_006_000)
    expect(agenda.nowMs).toBe(70_000)
  })

  it('waits beyond the longest sleep, and runs nothing once stopped', () => {
    const agenda = new Agenda(1)
    let ran = 0
    agenda.at(3_600_000, () => {
      ran += 1
    })
    vi.advanceTimersByTime(3_599_999)
    expect(ran).toBe(0)
    vi.advanceTimersByTime(1)
    expect(ran).toBe(1)
    agenda.after(10, () => {
      ran += 1
    })
    agenda.stop()
    vi.advanceTimersByTime(1_000)
    expect(ran).toBe(1)
  })

  it('runs what is planned from within a run', () => {
    const agenda = new Agenda(1)
    const ran: string[] = []
    agenda.at(10, () => {
      ran.push('a')
      agenda.after(5, () => ran.push('b'))
    })
    vi.advanceTimersByTime(20)
    expect(ran).toEqual(['a', 'b'])
  })
})
