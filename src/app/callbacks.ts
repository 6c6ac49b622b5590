/** Call-backs as HTTP asks for them, kept in the ledger, with words from the hotline. */

import type { CallBacks } from '../http/callback-port.ts'
import type { SqliteRecords } from '../records/sqlite.ts'
import type { CallBackScript } from './hotline.ts'

const HOUR_MS = 3_600_000

export function callBacksOf(
  records: Pick<SqliteRecords, 'callBacks' | 'changeCallBack'>,
  script: CallBackScript,
  rules: () => { readonly dueHours: number; readonly attempts: number },
): CallBacks {
  const { callBacks } = records
  return {
    rules() {
      const { dueHours, attempts } = rules()
      return { dueMs: dueHours * HOUR_MS, attempts }
    },
    one: (number) => callBacks.one(number),
    page: (query) => callBacks.page(query),
    counts: (units, overdueUpTo) => callBacks.counts(units, overdueUpTo),
    take: (number, by, at, othersUpTo, audit) =>
      records.changeCallBack({ do: 'take', number, by, at, othersUpTo }, audit),
    missed: (number, by) => records.changeCallBack({ do: 'missed', number, by }),
    settle: (settled) => records.changeCallBack({ do: 'settle', ...settled }),
    complain: (complaint) => records.changeCallBack({ do: 'complain', ...complaint }),
    script,
  }
}
