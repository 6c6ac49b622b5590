/**
 * Calls that came before their incident: when an outage is found over a usage point that somebody had
 * reported dark, the call belongs to it, so that it counts for call-backs, urging and the quality of
 * the work. Which call it was is read from the ledger, so a restart loses none.
 */
import type { ChangeBatch } from '../engine/changes.ts'
import { ownInterval } from '../engine/own-interval.ts'
import type { InstantMs } from '../facts/time.ts'
import type { SqliteRecords } from '../records/sqlite.ts'
import { type Worlds, worldOfPoint } from './worlds.ts'

const MINUTE_MS = 60_000
/** In a storm segments come by the second; calls are looked through no oftener. */
const EVERY_MS = 1000

export interface CallLinksParts {
  readonly records: Pick<SqliteRecords, 'segments' | 'unlinkedCalls' | 'linkCall'>
  readonly worlds: Worlds
  /** How long the word of a caller stays evidence (rule `calls.staysMinutes`). */
  staysMinutes(): number
  now(): InstantMs
  onFailure(error: unknown): void
}

export class CallLinks {
  readonly #parts: CallLinksParts
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(parts: CallLinksParts) {
    this.#parts = parts
    this.#wake()
  }

  /** An interruption was filed: somebody may have called about it already. */
  follow(batches: readonly ChangeBatch[]): void {
    if (batches.some(({ changes }) => changes.some(({ type }) => type === 'segment'))) this.#wake()
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#running
  }

  #wake(): void {
    if (this.#timer !== undefined || this.#closed) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#running = this.#link().catch((error) => {
        if (!this.#closed) this.#parts.onFailure(error)
      })
    }, EVERY_MS)
    this.#timer.unref()
  }

  async #link(): Promise<void> {
    const { records, worlds, staysMinutes, now } = this.#parts
    if (worlds.all().length === 0) return
    const staysMs = staysMinutes() * MINUTE_MS
    // An outage is found some minutes after it began: a call in it may be a little older than the window.
    for (const { requestId, at, usagePoint } of records.unlinkedCalls(now() - 2 * staysMs)) {
      if (this.#closed) return
      const incident = this.#incidentOf(usagePoint, at, staysMs)
      if (incident !== undefined) await records.linkCall(requestId, incident)
    }
  }

  /** The outage that the caller was in, or that began while the call still counted. */
  #incidentOf(usagePoint: string, at: InstantMs, staysMs: number): string | undefined {
    const { worlds, records } = this.#parts
    const point = worlds.all()[0]!.grid.usagePoints.ids.indexOf(usagePoint)
    const world = point < 0 ? undefined : worldOfPoint(worlds, point)
    if (!world) return undefined
    const { topology } = world
    const { usagePoints, devices } = world.grid
    const above: string[] = [usagePoint]
    for (let d = usagePoints.device[point]!; d >= 0; d = topology.parent[d]!)
      above.push(devices.ids.idOf(d))
    const own = records
      .segments({ devices: above })
      .flatMap((one) => ownInterval(one, usagePoint, usagePoints.phases[point]!))
    const mine = own.filter(({ from, to }) => from - staysMs <= at && (to === null || at <= to))
    return mine.at(-1)?.segment.incident
  }
}
