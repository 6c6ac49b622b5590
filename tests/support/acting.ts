/**
 * Acts on a live incident as a client does. The engine revises an incident by itself, so the revision
 * that was looked at a moment ago may be an old one when the deed arrives, on a slow machine most of all.
 */
import { randomUUID } from 'node:crypto'

export interface Looked {
  readonly id: string
  readonly revision: number
}

interface Answer {
  readonly status: number
}

/** As often the engine must have revised it between the look and the deed: that is no chance any more. */
const MOST_LOOKS = 50

/** Does it under a key of its own, and asks again under the same where the answer is not known yet (202). */
export async function answerOf<T extends Answer>(deed: (key: string) => Promise<T>): Promise<T> {
  const key = randomUUID()
  for (;;) {
    const answer = await deed(key)
    if (answer.status !== 202) return answer
  }
}

/**
 * Looks, does the deed upon what was seen, and looks again where that has another revision by then (409);
 * each look has its own key. Answers with the last answer, and with what was seen before it.
 */
export async function actOn<S extends Looked, T extends Answer>(
  look: () => Promise<S>,
  deed: (seen: S, key: string) => Promise<T>,
): Promise<{ readonly seen: S; readonly answer: T }> {
  for (let looks = 1; ; looks++) {
    const seen = await look()
    const answer = await answerOf((key) => deed(seen, key))
    if (answer.status !== 409 || looks === MOST_LOOKS) return { seen, answer }
  }
}
