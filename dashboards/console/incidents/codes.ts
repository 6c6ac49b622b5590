/** Codes a person can choose in an action; causes are the rule file's own tree (`causes.ts`). */
export const FALSE_ALARM_REASONS = ['terminal', 'communication', 'ledger', 'work', 'other'] as const
export type FalseAlarmReason = (typeof FALSE_ALARM_REASONS)[number]
