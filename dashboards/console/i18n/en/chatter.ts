/** Texts of terminals that chatter, in English. */
import type { chatter as zh } from '../zh/chatter.ts'

export const chatter: typeof zh = {
  heading: 'Terminals that chatter',
  none: 'None chattered in the last day',
  share: (online, offline, unknown) =>
    `linked · ${online} online, ${offline} offline, ${unknown} not known`,
  columns: [
    'Terminal',
    'Feeder',
    'Reports',
    'Content',
    'Its feeder',
    'Link',
    'Offs arrive',
    'Last',
  ],
  within: (count, span) => `${count} within ${span}`,
  alternates: 'off and on in turn',
  repeats: 'the same again',
  alone: 'alone',
  besides: (count) => `${count} others: the line, perhaps`,
  falsely: (count) => `${count} false`,
  all: 'All terminals',
}
