/**
 * Entries made in the field, kept on the phone until the server has them. Each has the key under
 * which it is sent, so that sending it twice does nothing twice, and the time it happened. References
 * and codes only: no name, no number, no address. Pure but for the store that is passed in.
 */
import type { Saying } from '../api/customers.ts'
import type { ActionRequest } from '../api/payloads.ts'

export interface FieldAction {
  readonly kind: 'action'
  readonly incident: string
  readonly request: ActionRequest & { readonly occurredAt: string }
}
export interface FieldVisit {
  readonly kind: 'visit'
  readonly usagePoint: string
  readonly account: string
  readonly says: Saying
  readonly at: string
}

export interface Entry {
  readonly requestId: string
  readonly what: FieldAction | FieldVisit
  /** Why the server did not take it; it then waits for a person. */
  readonly problem: 'stale' | 'refused' | null
}

export interface Store {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
}

const KEY = 'lastgasp.field'
/** A day of entries of one person, with room; more means that nobody has had a connection. */
const MAX_ENTRIES = 200

export function readQueue(store: Store): readonly Entry[] {
  try {
    const kept = JSON.parse(store.getItem(KEY) ?? '[]') as Entry[]
    return Array.isArray(kept) ? kept : []
  } catch {
    return []
  }
}

/** False where the phone keeps nothing: the entry must then be sent at once or is lost. */
export function writeQueue(store: Store, entries: readonly Entry[]): boolean {
  try {
    store.setItem(KEY, JSON.stringify(entries.slice(-MAX_ENTRIES)))
    return true
  } catch {
    return false
  }
}

/** What became of sending an entry. */
export type Sent = 'done' | 'unreachable' | 'stale' | 'refused'

/**
 * Sends what waits, oldest first, and stops where the server cannot be reached. What it refuses
 * stays with the reason; entries of other incidents go on.
 */
export async function sendAll(
  entries: readonly Entry[],
  send: (entry: Entry) => Promise<Sent>,
): Promise<readonly Entry[]> {
  const left: Entry[] = []
  for (const [index, entry] of entries.entries()) {
    if (entry.problem !== null) {
      left.push(entry)
      continue
    }
    const sent = await send(entry)
    if (sent === 'unreachable') return [...left, ...entries.slice(index)]
    if (sent !== 'done') left.push({ ...entry, problem: sent })
  }
  return left
}
