/** What the series needs of the records, and what it needs of a database. */
import type { ChangeBatch } from '../engine/changes.ts'
import type { Position, ReadingFact } from '../facts/facts.ts'
import type { InstantMs } from '../facts/time.ts'

/** The part of the records that the series follows. */
export interface SeriesSource {
  readonly state: { readonly position: Position }
  changesAfter(position: Position, limit: number): readonly ChangeBatch[]
  cursor(name: string): Position
  saveCursor(name: string, position: Position): Promise<void>
}

/** A periodic reading with its place among them. */
interface PlacedReading {
  readonly id: number
  readonly reading: ReadingFact
}

/** Periodic readings, in order; the journal's table fits, and a partition of their topic. */
export interface SeriesReadings {
  /** Place of the newest. */
  readonly last: number
  after(id: number, limit: number): readonly PlacedReading[] | Promise<readonly PlacedReading[]>
}

/** Where a terminal's voltages are shown. */
export interface VoltagePlace {
  readonly unit: string
  readonly feeder: string
  /** Of the terminal in the grid: keeps points of one feeder and instant apart. */
  readonly number: number
}

/** What voltages are written from; a terminal without place is left out. */
export interface Voltages {
  /** By partition; always in the same order, for each has a cursor of its own. */
  readonly readings: readonly SeriesReadings[]
  placeOf(terminal: string): VoltagePlace | undefined
}

/** Pushes of a minute that receivers took or let become stale, or messages to customers in them. */
export interface PushCount {
  readonly minute: InstantMs
  readonly of: 'push' | 'message'
  readonly tags: Readonly<Record<string, string>>
  readonly count: number
}

/** What pushes are counted from. */
export interface Pushes {
  /** Of what was settled from then on and before. */
  pushCounts(from: InstantMs, before: InstantMs): readonly PushCount[]
  /** When the first was settled; undefined where none was. */
  firstPushAt(): InstantMs | undefined
}

/** InfluxData's advice for one request; larger ones time out on small servers. */
export const MAX_LINES = 5000

/** A database that takes line protocol. */
export interface SeriesDatabase {
  /** Writes at most `MAX_LINES` lines and resolves when the database has acknowledged them. @throws WriteFailure */
  write(lines: readonly string[]): Promise<void>
}

/**
 * A write that was not acknowledged. `refused`: the database understood and will never take these
 * points (malformed, of another type, older than its retention), so repeating is useless.
 */
export class WriteFailure extends Error {
  readonly code: 'series.refused' | 'series.unavailable'
  /** How long the database asked us to wait, 0 where it did not say. */
  readonly retryAfterMs: number
  constructor(code: WriteFailure['code'], message: string, retryAfterMs = 0) {
    super(message)
    this.name = 'WriteFailure'
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}
