import { describe, expect, it } from 'vitest'
import { cutToMessages, MeterBatch } from '../../../simulators/batch.ts'
import { MAX_METERS_PER_MESSAGE, MAX_PAYLOAD_BYTES } from '../../../src/facts/wire.ts'

describe('a concentrator’s batch', () => {
  it('puts together what says the same of the same moment and fault', () => {
    const batch = new MeterBatch()
    const off = { kind: 'powerOff', atMs: 10, phases: 0, tally: undefined } as const
    batch.add(1, off, 'f1')
    batch.add(2, off, 'f1')
    batch.add(3, { ...off, atMs: 20 }, 'f1')
    batch.add(4, { ...off, kind: 'powerOn' }, 'f1')
    batch.add(5, off, 'f2')
    expect(batch.isEmpty).toBe(false)
    expect(batch.take().map(({ meters }) => meters)).toEqual([[1, 2], [3], [4], [5]])
    expect(batch.isEmpty).toBe(true)
  })

  it('cuts lists to the number of meters and the bytes that one message may have', () => {
    const short = Array.from({ length: 1_201 }, (_, index) => `m${index}`)
    expect(cutToMessages(short).map((list) => list.length)).toEqual([
      MAX_METERS_PER_MESSAGE,
      MAX_METERS_PER_MESSAGE,
      201,
    ])
    const long = Array.from({ length: 500 }, (_, index) => `${index}`.padStart(64, 'x'))
    const lists = cutToMessages(long)
    expect(lists.flat()).toEqual(long)
    for (const list of lists)
      expect(JSON.stringify(list).length).toBeLessThan(MAX_PAYLOAD_BYTES - 400)
    expect(cutToMessages([])).toEqual([])
  })
})
