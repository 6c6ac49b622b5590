/** Codes a person can choose in an action; causes are the rule file's own tree (`causes.ts`). */
import type { ActionName } from '../../../src/facts/facts.ts'

export const FALSE_ALARM_REASONS = ['terminal', 'communication', 'ledger', 'work', 'other'] as const
export type FalseAlarmReason = (typeof FALSE_ALARM_REASONS)[number]

/** Why an order waits, is given back, or a grade is changed by a person. */
export const REASONS = {
  suspend: ['weather', 'materials', 'access', 'outageNeeded', 'safety', 'customerSide', 'other'],
  return: ['notOurs', 'duplicate', 'wrongPlace', 'customerSide', 'other'],
  grade: ['larger', 'smaller', 'importantCustomer', 'publicOpinion', 'event', 'other'],
} as const satisfies Partial<Record<ActionName, readonly string[]>>
export type ReasonedAction = keyof typeof REASONS
export type ReasonCode = (typeof REASONS)[ReasonedAction][number]
