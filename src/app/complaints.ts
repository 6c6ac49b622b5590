/** Complaints as HTTP asks for them, kept in the ledger with the time by the rules, and told when they run late. */
import type { Rules } from '../engine/rules.ts'
import { answerDueAt, complaintLevel } from '../engine/service/working-days.ts'
import { offsetMinutesOf } from '../facts/time.ts'
import type { Complaints } from '../http/complaint-port.ts'
import type { SqliteRecords } from '../records/sqlite.ts'

type Ledger = Pick<SqliteRecords, 'complaints' | 'changeComplaint'>

/** Between two looks at what runs late: a fraction of a working day that nobody notices. */
export const FOLLOW_COMPLAINTS_EVERY_MS = 60_000

export function complaintsOf(records: Ledger, rules: () => Rules): Complaints {
  const { complaints } = records
  return {
    async file(complaint) {
      const { service, judgement } = rules()
      const offset = offsetMinutesOf(judgement.utcOffset)
      const dueAt = answerDueAt(complaint.receivedAt, service.complaint, offset)
      await records.changeComplaint({ do: 'file', ...complaint, dueAt })
      return dueAt
    },
    one: (number) => complaints.one(number),
    page: (query) => complaints.page(query),
    counts: (units, now) => complaints.counts(units, now),
    answer: (number, resolution, by, at, audit) =>
      records.changeComplaint({ do: 'answer', number, resolution, by, at }, audit),
  }
}

/** Tells of complaints that have come to a further rung of the ladder, each once. */
export async function followComplaints(
  records: Ledger,
  rules: () => Rules,
  now: () => number,
): Promise<void> {
  const { service, judgement } = rules()
  const offset = offsetMinutesOf(judgement.utcOffset)
  const at = now()
  for (const { number, receivedAt, level } of records.complaints.unanswered()) {
    const reached = complaintLevel(receivedAt, at, service.complaint, service.ladder, offset)
    if (reached > level) await records.changeComplaint({ do: 'tell', number, level: reached, at })
  }
}
