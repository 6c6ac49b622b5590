/**
 * What the lists of work that waits for a person have in common (call-backs, complaints, visits): one by
 * its number, pages of a state oldest first, how many wait and how many of these are overdue.
 */
import type { Connection } from '../config/sqlite.ts'
import type { InstantMs } from '../facts/time.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'

export interface WorkList<Row, Item, State extends string> {
  /** Table with `seq` and `unit`; its cursors are of no other. */
  readonly table: 'callbacks' | 'complaints' | 'visits'
  /** In the order of `Row`. */
  readonly columns: string
  readonly itemOf: (row: Row) => Item
  /** Condition of what waits. */
  readonly waiting: string
  /** Column with the time from which on what waits is overdue. */
  readonly dueAt: string
  /** Conditions of the states beside `waiting` and `overdue`. */
  readonly states: Readonly<Record<Exclude<State, 'waiting' | 'overdue'>, string>>
  /** Condition on `?2`, what a page may be narrowed to; left out where nothing narrows it. */
  readonly among?: string
}

export interface WorkListQuery<State extends string> {
  readonly state: State
  readonly units?: readonly string[] | undefined
  /** What the page is narrowed to; left out: all. */
  readonly of?: string | undefined
  /** Due up to then and still waiting is overdue. */
  readonly overdueUpTo: InstantMs
  readonly limit: number
  readonly cursor?: string | undefined
}

/** Reads one such list on a connection of its own. */
export function workListReader<Row, Item extends { number: number }, State extends string>(
  db: Connection,
  list: WorkList<Row, Item, State>,
) {
  const { table, columns, itemOf, waiting, dueAt, among = 'true' } = list
  const one = db.prepare(`SELECT ${columns} FROM ${table} WHERE seq = ?`).raw()
  const seen = '(?1 IS NULL OR unit IN (SELECT value FROM json_each(?1)))'
  const states = { waiting, overdue: `${waiting} AND ${dueAt} <= ?4`, ...list.states }
  const pages = Object.fromEntries(
    Object.entries<string>(states).map(([state, condition]) => [
      state,
      db
        .prepare(`SELECT ${columns} FROM ${table} WHERE ${seen} AND (?2 IS NULL OR ${among})
          AND seq > ?3 AND (${condition}) AND ?4 = ?4 ORDER BY seq LIMIT ?5`)
        .raw(),
    ]),
  )
  const counts = db
    .prepare(`SELECT count(*), coalesce(sum(${dueAt} <= ?2), 0) FROM ${table}
      WHERE ${seen} AND ${waiting}`)
    .raw()
  const amongOf = (units: readonly string[] | undefined) =>
    units === undefined ? null : JSON.stringify(units)
  return {
    one(number: number): Item | undefined {
      const row = one.get([number]) as Row | undefined
      return row && itemOf(row)
    },
    page({ state, units, of, overdueUpTo, limit, cursor }: WorkListQuery<State>) {
      const after = cursor === undefined ? 0 : decodeCursor(table, cursor)
      const asked = [amongOf(units), of ?? null, after, overdueUpTo, limit + 1]
      const rows = pages[state]!.all(asked) as Row[]
      const items = rows.slice(0, limit).map(itemOf)
      const next = rows.length > limit ? encodeCursor(table, items.at(-1)!.number) : null
      return { items, cursor: next }
    },
    counts(units: readonly string[] | undefined, overdueUpTo: InstantMs) {
      const [waits, overdue] = counts.get([amongOf(units), overdueUpTo]) as [number, number]
      return { waiting: waits, overdue }
    },
  }
}
