/** Texts of visits to life support and contacts with important customers, in English. */
import type { visits as zh } from '../zh/visits.ts'

export const visits: typeof zh = {
  heading: 'Visits and contacts',
  reasons: { lifeSupport: 'Life support', important: 'Important user' },
  waiting: (waiting, overdue) =>
    overdue === 0
      ? `${waiting} to be seen or called`
      : `${waiting} to be seen or called, ${overdue} overdue`,
  none: 'Nobody is to be seen or called',
  failed: 'No connection: who is to be visited shows when it is back.',
  left: (duration) => `${duration} left`,
  late: (duration) => `${duration} late`,
  owner: (who) => `Grid manager ${who}`,
  taken: (who) => `${who} goes there`,
  open: 'Nobody goes yet',
  take: 'I go there',
  notYours: 'Somebody else goes there, or nobody needs to any more',
  settle: 'Enter what was found',
  settleOf: (place) => `Visit · ${place}`,
  kept: (outcome) => `Visit: ${outcome}`,
  by: (who) => `entered by ${who}`,
  note: 'Note',
  noteNeeded: 'Say what was found',
  outcomes: {
    seen: 'Seen, well',
    phoned: 'Reached by telephone',
    generatorBrought: 'Generator brought',
    movedToHospital: 'Moved to hospital',
    ownSupply: 'Has a supply of their own',
    notAtHome: 'Not at home',
    refused: 'Declined',
    other: 'Other',
    restored: 'Supply is back, not needed',
    withdrawn: 'Outage withdrawn, not needed',
    notSensitive: 'No longer to be looked after',
  },
}
