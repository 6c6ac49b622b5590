/** Subscriptions as HTTP asks for them, kept in the ledger. */
import type { Subscriptions } from '../http/ports.ts'
import type { SqliteRecords } from '../records/sqlite.ts'

/** `complaintDays`: of the rules in force. */
export function subscriptionsOf(
  records: Pick<SqliteRecords, 'informing' | 'changeInforming'>,
  complaintDays: () => number,
): Subscriptions {
  const { informing } = records
  return {
    complaintDays,
    find: (id) => informing.subscription(id),
    ofAccount: (account) => informing.ofAccount(account),
    ofArea: (area) => informing.ofArea(area),
    add: (subscription) => records.changeInforming({ do: 'subscribe', subscription }),
    end: (id, at) => records.changeInforming({ do: 'unsubscribe', id, at }),
    refuse: (account, channel, at) =>
      records.changeInforming({ do: 'refuse', account, channel, at }),
  }
}
