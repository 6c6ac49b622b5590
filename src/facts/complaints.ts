/** What a complaint (投诉) is about: what the quality of service is counted by. Codes, no words of customers. */
export const COMPLAINT_REASONS = [
  'frequentOutage',
  'longOutage',
  'lateArrival',
  'noInformation',
  'wrongInformation',
  'attitude',
  'plannedWork',
  'other',
] as const
export type ComplaintReason = (typeof COMPLAINT_REASONS)[number]
