/**
 * One SHA-256 over all changes since the first fact: each fact with changes adds its position and
 * its changes to the digest so far. Two runs with the same digest said the same, byte for byte.
 */
import { createHash } from 'node:crypto'
import type { Change } from '../engine/changes.ts'

/** Before the first change. */
export const NO_CHANGES_DIGEST = '0'.repeat(64)

export function nextDigest(digest: string, position: number, changes: readonly Change[]): string {
  return createHash('sha256')
    .update(digest)
    .update(`\n${position}\n`)
    .update(JSON.stringify(changes))
    .digest('hex')
}
