/**
 * Phone numbers are found by a keyed hash (HMAC-SHA-256), so that the index, and every note of who
 * called, holds no number; the key is a file beside the ledger, readable by the program alone.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { plainPhone } from './customer.ts'

const KEY_BYTES = 32

/** The key at `path`, made at the first use. */
export function phoneKey(path: string): Buffer {
  if (!existsSync(path)) {
    try {
      writeFileSync(path, randomBytes(KEY_BYTES), { mode: 0o600, flag: 'wx' })
    } catch (error) {
      // Another process made it at the same moment.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  return readFileSync(path)
}

/** 52 bits, so that it is a number; whoever finds by it compares the number itself. */
export function phoneHash(key: Buffer, phone: string): number {
  const digest = createHmac('sha256', key).update(plainPhone(phone)).digest()
  return digest.readUIntBE(0, 6) * 16 + (digest[6]! >> 4)
}
