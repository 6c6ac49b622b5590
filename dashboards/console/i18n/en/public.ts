/** Texts of the public page, in English. */
import type { publicPage as zh } from '../zh/public.ts'

export const publicPage: typeof zh = {
  title: 'Power outages',
  loading: 'Loading outages…',
  failed: 'Outages cannot be loaded at present; trying again. You may also call 95598.',
  none: 'No outages to announce at present',
  total: (count) => `About ${count} customers without power`,
  asOf: (time, age) => `As of ${time} (${age} ago)`,
  kept: (age) => `Cannot be brought up to date; this is ${age} old`,
  areas: 'Areas without power',
  map: 'Areas served, those with an outage coloured',
  about: (count) => `about ${count} customers`,
  planned: 'Planned work',
  fault: 'Fault, under repair',
  since: (time) => `since ${time}`,
  expected: (time) => `expected back at about ${time}`,
  noTime: 'time of return not yet known',
  small: (count) =>
    `Numbers are in tens. Outages of fewer than ${count} customers are not shown here: please call 95598.`,
  safety: 'If you see a wire on the ground, stay at least 8 metres away and call 95598.',
  hotline: 'Hotline 95598',
  feeds: 'Open data:',
}
