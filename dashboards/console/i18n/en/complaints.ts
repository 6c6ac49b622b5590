/** Texts of complaints that wait for their answer, in English. */
import type { complaints as zh } from '../zh/complaints.ts'

export const complaints: typeof zh = {
  heading: 'Answers to complaints',
  waiting: (waiting, overdue) =>
    `${waiting} ${waiting === 1 ? 'complaint waits' : 'complaints wait'} for an answer${
      overdue > 0 ? `, ${overdue} overdue` : ''
    }`,
  of: (account) => `Account ${account}`,
  due: 'due',
  level: (level) => (level === 0 ? 'reminded' : `told up to level ${level}`),
  answer: 'Enter the answer',
  how: 'How it was answered',
  done: 'Answer entered',
  failed: 'Not entered: somebody may have answered it',
  reasons: {
    frequentOutage: 'frequent outages',
    longOutage: 'long outage',
    lateArrival: 'late arrival',
    noInformation: 'not told',
    wrongInformation: 'told wrongly',
    attitude: 'attitude',
    plannedWork: 'planned work',
    other: 'other',
  },
  resolutions: {
    resolved: 'Resolved',
    explained: 'Explained and accepted',
    planned: 'Works are planned',
    compensated: 'Compensated',
    unfounded: 'Unfounded',
    withdrawn: 'Withdrawn by the customer',
  },
}
