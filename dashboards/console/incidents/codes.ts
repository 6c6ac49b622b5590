/** Codes a person can choose in an action, `domain.md` §4.2 (the causes crews name most). */
export const CAUSE_CODES = [
  'A11',
  'A13',
  'A14',
  'A15',
  'A18',
  'A19',
  'A21',
  'A4',
  'B11',
  'B12',
  'B14',
  'B21',
  'B22',
  'B25',
  'B27',
  'B31',
  'D1',
  'D2',
  'F',
  'Z',
] as const
export type CauseCode = (typeof CAUSE_CODES)[number]

export const FALSE_ALARM_REASONS = ['terminal', 'communication', 'ledger', 'work', 'other'] as const
export type FalseAlarmReason = (typeof FALSE_ALARM_REASONS)[number]
