/** How long to wait before the next attempt to connect. */

/** First ceiling: a restart of the server is usually over within a second or two. */
const FIRST_CEILING_MS = 1_000
/** Highest ceiling: nobody should look at a dead screen longer than this once the server is back. */
const LAST_CEILING_MS = 15_000
/** Floor, so that a server that refuses at once is not hammered. */
const FLOOR_MS = 300

/**
 * Full jitter: anywhere below a ceiling that doubles, so that a hall full of desks does not come
 * back in the same moment. `attempt` counts from 0, `random` is in [0, 1).
 */
export function retryDelayMs(attempt: number, random: number): number {
  const ceiling = Math.min(LAST_CEILING_MS, FIRST_CEILING_MS * 2 ** Math.min(attempt, 10))
  return Math.round(FLOOR_MS + (ceiling - FLOOR_MS) * random)
}
