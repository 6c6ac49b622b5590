/**
 * Entries made in the field, kept on the phone until the server has them. Each has the key under
 * which it is sent, so that sending it twice does nothing twice, and the time it happened. No name,
 * no number, no address of a customer; a position only where the person put it in. Pure.
 */
import type { VisitOutcome } from '../../../src/facts/visits.ts'
import type { Saying } from '../api/customers.ts'
import type { ActionRequest } from '../api/payloads.ts'

export interface FieldAction {
  readonly kind: 'action'
  readonly incident: string
  readonly request: ActionRequest & { readonly occurredAt: string }
}
export interface FieldVisit {
  readonly kind: 'visit'
  readonly incident: string
  readonly usagePoint: string
  /** Null where the customer was not looked up. */
  readonly account: string | null
  readonly says: Saying
  readonly note: string
  readonly at: string
}
/** What was found on a visit that was due. */
export interface FieldSettle {
  readonly kind: 'settle'
  /** Of the visit, as the server names it. */
  readonly visit: string
  readonly incident: string
  readonly usagePoint: string
  readonly outcome: VisitOutcome
  readonly note: string
  readonly at: string
}
export interface FieldPhoto {
  readonly kind: 'photo'
  readonly incident: string
  readonly picture: Blob
  readonly at: string
}

export interface Entry {
  readonly requestId: string
  /** Account that made it; under another one it is not sent. */
  readonly by: string
  readonly what: FieldAction | FieldVisit | FieldSettle | FieldPhoto
  /** Why the server did not take it; it then waits for a person. */
  readonly problem: 'stale' | 'time' | 'refused' | null
}

/** A day of entries of one person, with room; more means that nobody has had a connection. */
export const MAX_ENTRIES = 200

/** What became of sending an entry; `revision` is the incident's after it, where that is known. */
export type Sent =
  | { readonly state: 'done'; readonly revision?: number }
  | { readonly state: 'unreachable' | 'stale' | 'time' | 'refused' }

/** What `sendAll` tells as it goes, so that a phone that dies in between knows how far it got. */
export interface Progress {
  sent(entry: Entry): Promise<void>
  changed(entry: Entry): Promise<void>
}

/**
 * Sends what waits, oldest first, and stops where the server cannot be reached. What it refuses
 * stays with the reason; entries of other incidents go on. An entry made on the same revision as the
 * one before it follows onto the revision that one led to: the person knew of it.
 */
export async function sendAll(
  entries: readonly Entry[],
  send: (entry: Entry) => Promise<Sent>,
  progress: Progress,
): Promise<readonly Entry[]> {
  const left: Entry[] = []
  const led = new Map<string, { readonly from: number; readonly to: number }>()
  for (const [index, made] of entries.entries()) {
    if (made.problem !== null) {
      left.push(made)
      continue
    }
    const entry = follow(made, led)
    if (entry !== made) await progress.changed(entry)
    const sent = await send(entry)
    if (sent.state === 'unreachable') return [...left, entry, ...entries.slice(index + 1)]
    if (sent.state === 'done') {
      const { what } = made
      if (what.kind === 'action' && sent.revision !== undefined)
        led.set(what.incident, { from: what.request.revision, to: sent.revision })
      await progress.sent(entry)
    } else {
      const waiting = { ...entry, problem: sent.state }
      left.push(waiting)
      await progress.changed(waiting)
    }
  }
  return left
}

function follow(
  entry: Entry,
  led: ReadonlyMap<string, { readonly from: number; readonly to: number }>,
): Entry {
  const { what } = entry
  const before = led.get(what.incident)
  if (what.kind !== 'action' || before?.from !== what.request.revision) return entry
  return { ...entry, what: { ...what, request: { ...what.request, revision: before.to } } }
}
