import { describe, expect, test } from 'vitest'
import { GrowingIds, PooledIds } from '../../../src/grid/id-table.ts'
import { PackedTexts, TextPool } from '../../../src/grid/texts.ts'
import { numbers } from '../../support/tiny-grid.ts'

function poolOf(texts: readonly string[]): TextPool {
  const pool = new TextPool()
  for (const text of texts) pool.add(text)
  return pool
}

const LISTS: Record<string, string[]> = {
  'numbers in sequence': Array.from({ length: 1000 }, (_, i) => `M${String(i).padStart(7, '0')}`),
  'names with shared characters': Array.from(
    { length: 40 },
    (_, i) => `回民变92${i % 3}线${i}号杆`,
  ),
  'one that begins the others': ['a', 'ab', 'abc', 'abcd'],
  'nothing shared, and an empty one': ['x', '', 'yy', '回'],
  'texts longer than one byte of length': ['é'.repeat(400), 'é'.repeat(401), 'z'.repeat(129)],
  'one alone': ['alone'],
  none: [],
}

describe('packed texts', () => {
  test.each(Object.entries(LISTS))('come back: %s', (_, texts) => {
    const packed = PackedTexts.of(poolOf(texts))
    expect(packed.count).toBe(texts.length)
    expect(texts.map((_text, i) => packed.textOf(i))).toEqual(texts)
  })

  test('come back in another order', () => {
    const texts = LISTS['numbers in sequence']!
    const order = Int32Array.from(texts, (_, i) => texts.length - 1 - i)
    const packed = PackedTexts.of(poolOf(texts), order)
    expect(texts.map((_, i) => packed.textOf(i))).toEqual([...texts].reverse())
  })

  test('take less than a third of ids in sequence', () => {
    const texts = LISTS['numbers in sequence']!
    expect(PackedTexts.of(poolOf(texts)).byteLength).toBeLessThan((texts.length * 12) / 3)
  })

  test('a text too long for its length field is refused', () => {
    expect(() => PackedTexts.of(poolOf(['z'.repeat(1 << 14)]))).toThrow(RangeError)
  })
})

describe('ids', () => {
  test('are found by what they are, and nothing else is', () => {
    const random = numbers(3)
    const letters = 'ab1-'
    const ids = new Set<string>()
    while (ids.size < 3000)
      ids.add(
        Array.from({ length: 1 + Math.floor(random() * 9) }, () =>
          letters.charAt(Math.floor(random() * letters.length)),
        ).join(''),
      )
    const known = [...ids].slice(0, 2000)
    const growing = new GrowingIds()
    for (const id of known) expect(growing.add(id)).toBe(growing.count - 1)
    expect(growing.add(known[7]!)).toBe(-1)
    const order = Int32Array.from(known, (_, i) => known.length - 1 - i)
    const pooled = PooledIds.of(growing.pool, order)
    known.forEach((id, i) => {
      expect(growing.indexOf(id)).toBe(i)
      expect(pooled.indexOf(id)).toBe(known.length - 1 - i)
      expect(pooled.idOf(known.length - 1 - i)).toBe(id)
    })
    for (const id of [...ids].slice(2000)) {
      expect(growing.indexOf(id)).toBe(-1)
      expect(pooled.indexOf(id)).toBe(-1)
    }
    expect(pooled.indexOf('')).toBe(-1)
    expect(pooled.indexOf('á')).toBe(-1)
  })
})
