/**
 * One SHA-256 over all changes since the first fact: each fact with changes adds its position and
 * its changes to the digest so far. Two runs with the same digest said the same, byte for byte.
 */
import { createHash } from 'node:crypto'

/** Before the first change. */
export const NO_CHANGES_DIGEST = '0'.repeat(64)

/** `json`: the changes of the fact at `position`, encoded. */
export function nextDigest(digest: string, position: number, json: string): string {
  return createHash('sha256').update(digest).update(`\n${position}\n`).update(json).digest('hex')
}
