/** Brokers that are slow, or away for a moment, are asked again before that is a failure. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { JournalError } from '../port.ts'

/** Brokers on a busy machine answer within this, and a restarted one is back, ms. */
const PATIENCE_MS = 60_000
const AGAIN_AFTER_MS = 500

/**
 * Does `what` again while the brokers do not answer it, for a minute; it must be harmless to repeat.
 * @throws JournalError and whatever else `what` throws
 */
export async function patiently<T>(what: () => Promise<T>): Promise<T> {
  const until = performance.now() + PATIENCE_MS
  for (;;)
    try {
      return await what()
    } catch (error) {
      const isAway = (error as JournalError).code === 'journal.unreachable'
      if (!isAway || performance.now() > until) throw error
      await sleep(AGAIN_AFTER_MS)
    }
}
