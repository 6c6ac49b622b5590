/** Opaque page cursors: the last row's key, versioned by the list it belongs to. */
import { RecordsError } from './errors.ts'

export function encodeCursor(list: string, key: number): string {
  return Buffer.from(`${list}:${key}`).toString('base64url')
}

/** The key of a cursor of this list; throws `records.badCursor` for any other text. */
export function decodeCursor(list: string, cursor: string): number {
  const [name, key] = Buffer.from(cursor, 'base64url').toString('utf8').split(':')
  const value = Number(key)
  if (name !== list || !key || !Number.isSafeInteger(value) || encodeCursor(list, value) !== cursor)
    throw new RecordsError('records.badCursor', `not a cursor of ${list}`)
  return value
}
