/**
 * Call-backs (回访): when an outage is filed, whoever called or complained about it is to be asked
 * whether all is well; of a complaint without an outage likewise. One task a customer and cause, made
 * in the transaction that files the cause, so that no restart makes it twice or never.
 */
import type { Connection } from '../config/sqlite.ts'
import type { Incident } from '../engine/changes.ts'
import type { CallChannel } from '../facts/calls.ts'
import type { InstantMs } from '../facts/time.ts'
import { workListReader } from './work-list.ts'

export interface CallBack {
  readonly number: number
  /** Null for a complaint about something else. */
  readonly incident: string | null
  readonly account: string
  readonly unit: string
  /** Account name of who spoke to the customer first (谁的客户谁负责); null for nobody yet. */
  readonly owner: string | null
  /** How the customer came to us first. */
  readonly channel: CallChannel
  readonly complained: boolean
  readonly openedAt: InstantMs
  readonly state: 'open' | 'taken' | 'answered' | 'skipped'
  readonly takenBy: string | null
  readonly takenAt: InstantMs | null
  /** Calls in vain. */
  readonly attempts: number
  /** 1 to 5. */
  readonly satisfaction: number | null
  /** A code. */
  readonly reason: string | null
  readonly settledBy: string | null
  readonly settledAt: InstantMs | null
}

/** What may be done to one. What does not fit its state changes nothing; who asked looks after. */
export type CallBackEntry =
  | {
      readonly do: 'complain'
      readonly request: string
      readonly account: string
      readonly unit: string
      readonly owner: string
      readonly channel: CallChannel
      readonly incident: string | null
      readonly at: InstantMs
    }
  | {
      readonly do: 'take'
      readonly number: number
      readonly by: string
      readonly at: InstantMs
      /** Not from its owner, nor from who has it, unless it has been open since before this time. */
      readonly othersUpTo: InstantMs
    }
  | { readonly do: 'missed'; readonly number: number; readonly by: string }
  | {
      readonly do: 'settle'
      readonly number: number
      readonly as: 'answered' | 'skipped'
      readonly satisfaction: number | null
      readonly reason: string | null
      readonly by: string
      readonly at: InstantMs
    }

export interface CallBackQuery {
  readonly state: 'waiting' | 'overdue' | 'settled' | 'all'
  readonly units?: readonly string[]
  /** Of this owner, or taken by them. */
  readonly of?: string
  /** Opened up to then and still waiting is overdue. */
  readonly overdueUpTo: InstantMs
  readonly limit: number
  readonly cursor?: string
}

/** What the customer told us counts; who only asked a machine needs no call. */
const CALLED = `('report', 'urge', 'complaint')`

/** Of the incident and of all that were merged into it: a child's callers are the mother's. */
const OPEN = `
  WITH RECURSIVE family (id) AS (
    SELECT ?1 UNION SELECT incidents.id FROM incidents JOIN family ON merged_into = family.id)
  INSERT OR IGNORE INTO callbacks (cause, incident, account, unit, owner, channel, complained, opened_at)
  SELECT ?1, ?1, account, ?2,
    (SELECT by FROM contacts AS first WHERE first.account = contacts.account
      AND first.incident IN family AND first.by NOT LIKE 'token:%' ORDER BY at, id LIMIT 1),
    (SELECT channel FROM contacts AS first WHERE first.account = contacts.account
      AND first.incident IN family ORDER BY at, id LIMIT 1),
    max(kind = 'complaint'), ?3
  FROM contacts WHERE incident IN family AND kind IN ${CALLED}
  GROUP BY account ORDER BY min(at), account`

/** Files and changes them, inside the ledger's transaction. */
export function callBackFiler(db: Connection) {
  const open = db.prepare(OPEN)
  const complain = db.prepare(`INSERT OR IGNORE INTO callbacks
    (cause, incident, account, unit, owner, channel, complained, opened_at)
    VALUES (?, ?, ?, ?, ?, ?, 1, ?)`)
  const take = db.prepare(`UPDATE callbacks SET state = 'taken', taken_by = ?2, taken_at = ?3,
      owner = coalesce(owner, ?2)
    WHERE seq = ?1 AND state IN ('open', 'taken') AND (opened_at <= ?4
      OR (coalesce(owner, ?2) = ?2 AND coalesce(taken_by, ?2) = ?2))`)
  const missed = db.prepare(`UPDATE callbacks SET attempts = attempts + 1
    WHERE seq = ? AND state = 'taken' AND taken_by = ?`)
  const settle = db.prepare(`UPDATE callbacks SET state = ?3, satisfaction = ?4, reason = ?5,
    settled_by = ?2, settled_at = ?6 WHERE seq = ?1 AND state = 'taken' AND taken_by = ?2`)
  const run = (entry: CallBackEntry) => {
    switch (entry.do) {
      case 'complain': {
        const { request, incident, account, unit, owner, channel, at } = entry
        return complain.run([request, incident, account, unit, owner, channel, at])
      }
      case 'take':
        return take.run([entry.number, entry.by, entry.at, entry.othersUpTo])
      case 'missed':
        return missed.run([entry.number, entry.by])
      case 'settle': {
        const { number, by, as, satisfaction, reason, at } = entry
        return settle.run([number, by, as, satisfaction, reason, at])
      }
    }
  }
  return {
    /** An incident is over for good; those merged into another are called back with it. */
    close({ id, unit, outcome }: Incident, at: InstantMs): void {
      if (outcome !== 'merged') open.run([id, unit, at])
    },
    /** Whether it was done. */
    apply: (entry: CallBackEntry): boolean => run(entry).changes > 0,
  }
}

type Row = [
  ...[number, string | null, string, string, string | null, CallChannel, number, InstantMs],
  ...[CallBack['state'], string | null, InstantMs | null, number, number | null, string | null],
  ...[string | null, InstantMs | null],
]

const COLUMNS = `seq, incident, account, unit, owner, channel, complained, opened_at, state, taken_by,
  taken_at, attempts, satisfaction, reason, settled_by, settled_at`

function callBackOf(row: Row): CallBack {
  const [number, incident, account, unit, owner, channel, complained, openedAt, ...then] = row
  const [state, takenBy, takenAt, attempts, satisfaction, reason, settledBy, settledAt] = then
  return {
    ...{ number, incident, account, unit, owner, channel, complained: complained === 1, openedAt },
    ...{ state, takenBy, takenAt, attempts, satisfaction, reason, settledBy, settledAt },
  }
}

/** Reads them on a connection of its own. */
export function callBackReader(db: Connection) {
  const { one, page, counts } = workListReader<Row, CallBack, CallBackQuery['state']>(db, {
    ...{ table: 'callbacks', columns: COLUMNS, itemOf: callBackOf },
    ...{ waiting: `state IN ('open', 'taken')`, dueAt: 'opened_at' },
    states: { settled: `state IN ('answered', 'skipped')`, all: 'true' },
    among: 'coalesce(taken_by, owner) = ?2',
  })
  return {
    one,
    counts,
    /** Oldest first. */
    page(query: CallBackQuery) {
      const { items, cursor } = page(query)
      return { callBacks: items, cursor }
    },
  }
}
