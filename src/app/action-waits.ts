/** Who waits for the engine's decision on a request: answered when the records hold it. */
import type { ActionChange, ChangeBatch } from '../engine/changes.ts'
import type { RecordsPort } from '../records/port.ts'

export class ActionWaits {
  readonly #records: Pick<RecordsPort, 'action'>
  readonly #waiting = new Map<string, Set<(change: ActionChange) => void>>()

  constructor(records: Pick<RecordsPort, 'action'>) {
    this.#records = records
  }

  /** The engine's decision on a request, or undefined after `timeoutMs`. Ask before appending. */
  await(requestId: string, timeoutMs: number): Promise<ActionChange | undefined> {
    const decided = this.#records.action(requestId)
    if (decided) return Promise.resolve(decided)
    return new Promise((resolve) => {
      // A request sent twice at once waits twice.
      const waiting = this.#waiting.get(requestId) ?? new Set()
      this.#waiting.set(requestId, waiting)
      const answer = (change: ActionChange | undefined) => {
        clearTimeout(timer)
        waiting.delete(answer)
        if (waiting.size === 0) this.#waiting.delete(requestId)
        resolve(change)
      }
      const timer = setTimeout(() => answer(undefined), timeoutMs)
      waiting.add(answer)
    })
  }

  /** What the records have just committed. */
  follow(batches: readonly ChangeBatch[]): void {
    for (const { changes } of batches)
      for (const change of changes)
        if (change.type === 'action')
          for (const answer of this.#waiting.get(change.requestId) ?? []) answer(change)
  }
}
