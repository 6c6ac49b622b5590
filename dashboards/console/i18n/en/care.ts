/** Service levels and the quality record, in English. */
import type { Catalogue } from '../zh-CN.ts'

export const service: Catalogue['service'] = {
  level: (level) => `Service level ${level}`,
  brief: (level) => `SL${level}`,
  why: (reasons) => `Service level because of: ${reasons}. Never told to the customer.`,
  reasons: {
    publicOpinion: 'public opinion',
    lifeSupport: 'life support',
    complaint: 'a complaint',
    frequentOutage: 'frequent outages',
    urges: 'urged again',
    sensitive: 'sensitive customers',
    outageWarning: 'outages of late',
  },
}

export const quality: Catalogue['quality'] = {
  title: 'Quality record',
  open: 'Quality record',
  print: 'Print',
  loading: 'Loading the record…',
  failed: 'The record could not be loaded. Try again.',
  signIn: 'Sign in to the console first, then open this page.',
  missing: 'There is no such outage, or this account may not see it.',
  asOf: (time) => `As of ${time}`,
  late: (count) =>
    count === 0
      ? 'Every promise kept'
      : count === 1
        ? '1 promise not kept'
        : `${count} promises not kept`,
  csv: 'Download the table',
  columns: {
    at: 'When',
    what: 'What',
    by: 'Who',
    dueAt: 'Promised',
    legalDueAt: 'By law',
    late: 'Late',
    detail: 'Remark',
  },
  kinds: {
    state: 'Course',
    clock: 'Promise',
    action: 'Action',
    estimate: 'Estimate',
    escalation: 'Escalation',
  },
  states: {
    started: 'Power lost',
    sensed: 'Sensed',
    firstCall: 'First call',
    published: 'Notice published',
    cause: 'Cause named',
  },
  inTime: 'in time',
  notDue: 'not due yet',
  isLate: 'late',
  notDone: 'not done yet',
  notSent: 'not sent: a higher level was told',
  refused: 'not accepted',
  entered: (time) => `entered ${time}`,
  rule: 'by rule',
  children: 'Orders merged into it',
  contacts: 'Contacts',
  callBacks: 'Call-backs',
  callBacksSaid: (count, answered, satisfaction) =>
    `${count}, ${answered} answered, satisfaction ${satisfaction} on average`,
  none: 'none',
}
