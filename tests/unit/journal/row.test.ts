import { describe, expect, it } from 'vitest'
import type { Fact } from '../../../src/facts/facts.ts'
import { decodeRow, encodeRow, pickFromRow } from '../../../src/journal/row.ts'

const facts: Fact[] = [1, 2, 3, 4].map((at) => ({ type: 'tick', at }))
const quarantined: Fact = {
  type: 'quarantined',
  receivedAt: 5,
  reason: 'malformed',
  topic: 'a/b',
  detail: 'not JSON',
  raw: '第一行\n第二行 "\u2028"',
}
const lines = [...facts, quarantined].map((fact) => JSON.stringify(fact))

describe('a journal row', () => {
  it('gives back the facts with their positions', () => {
    const decoded = decodeRow(encodeRow(7, lines))
    expect(decoded.map(({ position }) => position)).toEqual([7, 8, 9, 10, 11])
    expect(decoded.map(({ fact }) => fact)).toEqual([...facts, quarantined])
  })

  it('gives single facts without the others', () => {
    const row = encodeRow(7, lines)
    expect(pickFromRow(row, [7, 9, 11])).toEqual(
      decodeRow(row).filter(({ position }) => position % 2 === 1),
    )
  })

  it('names the row when any bit, the place or the count is another', () => {
    const row = encodeRow(7, lines)
    for (let bit = 0; bit < row.facts.length * 8; bit += 37) {
      const facts = row.facts.slice()
      facts[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => decodeRow({ ...row, facts })).toThrow(/position 7 .*checksum/)
    }
    expect(() => decodeRow({ ...row, first: 8 })).toThrow(/checksum/)
    expect(() => decodeRow({ ...row, count: 4 })).toThrow(/checksum/)
    expect(() => pickFromRow({ ...row, facts: row.facts.slice(1) }, [8])).toThrow(
      expect.objectContaining({ code: 'journal.corrupt' }),
    )
  })
})
