import { describe, expect, it } from 'vitest'
import { decodeCursor, encodeCursor } from '../../../src/records/cursor.ts'

describe('a page cursor', () => {
  it('gives back its key', () => {
    for (const key of [0, 1, 4096, Number.MAX_SAFE_INTEGER])
      expect(decodeCursor('incidents', encodeCursor('incidents', key))).toBe(key)
  })

  it('of another list, or no cursor at all, is refused', () => {
    const made = encodeCursor('quarantine', 7)
    const texts = [
      made,
      `${made}A`,
      '',
      '7',
      'aW5jaWRlbnRzOg',
      'aW5jaWRlbnRzOjFlMw',
      '\u0000',
      '%%%',
    ]
    for (const text of texts)
      expect(() => decodeCursor('incidents', text), text).toThrow(
        expect.objectContaining({ code: 'records.badCursor' }),
      )
  })
})
