/** Texts of the grid manager's phone, in English. */
import type { field as zh } from '../zh/field.ts'

export const field: typeof zh = {
  region: 'In the field',
  tabs: { outages: 'Outages', care: 'Care', waiting: 'To send' },
  offline: 'No connection. Entries stay on this phone and are sent when it is back.',
  known: (age) => `What you see is ${age} old.`,
  unsent: (count) => `${count} to send`,
  notice: 'Notice',
  noNotice: 'not published',
  sensitive: (count) => `Sensitive customers without power: ${count}`,
  noImportant: 'No important customers without power',
  tap: 'Tap to see (masked)',
  notFound: 'The customer could not be fetched; try again',
  visited: { dark: 'Visited: dark', live: 'Visited: has supply' },
  visit: (says) => (says === 'live' ? 'Visit: has supply' : 'Visit: dark'),
  allSent: 'Nothing to send',
  problem: {
    stale: 'This outage has changed since; check, then send again.',
    refused: 'The server did not take it.',
  },
  again: 'Send on what is known now',
  drop: 'Delete',
}
