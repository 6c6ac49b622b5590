/** Texts of the dispatcher's further views and forms, in English. */
import type * as zh from '../zh/dispatch.ts'

export const diagram: typeof zh.diagram = {
  region: 'Single-line diagram',
  feeder: 'Choose a feeder',
  out: (count) => `${count} out`,
  dark: 'without supply',
  likely: 'judged open',
  tie: 'tie',
  tieTo: (feeder) => `to ${feeder}`,
  tieNowhere: 'no source beyond',
  refed: {
    key: 'fed from another',
    from: (feeder) => `fed from ${feeder}`,
    to: (feeder) => `feeds part of ${feeder}`,
    region: 'Load transfers',
    feedsHere: (tie, customers) => `feeds ${customers} customers of this feeder through ${tie}`,
    fedHere: (tie, customers) => `has ${customers} customers fed from here through ${tie}`,
  },
  tieSuspected: (share) => `may have closed: ${share}`,
  why: 'Why it thinks so',
  calm: 'No outage on this feeder',
  none: 'No diagram',
  probability: (share) => `open: ${share}`,
  folded: (count, customers) => `${count} transformers, ${customers}`,
  views: { label: 'Shown as', drawing: 'Drawing', list: 'List' },
  seeList: 'Single-line diagram; the list says the same in words',
  list: {
    caption: (count) => `Devices of the feeder, ${count} rows, from the source on`,
    columns: {
      device: 'Device',
      position: 'Position',
      evidence: 'Evidence',
      open: 'P(open)',
      dead: 'P(dead below)',
      customers: 'Customers below',
    },
    level: (depth) => `level ${depth}`,
    more: (count) => `and ${count} more`,
    none: 'none',
  },
}

export const noticePage: typeof zh.noticePage = {
  filter: 'State',
  none: 'No notices',
  no: 'Number',
  state: 'State',
  grade: 'Grade',
  device: 'Device and unit',
  scope: 'Scope',
  important: 'Care',
  published: 'Published',
  waiting: 'to confirm',
  by: { staff: 'by a person', rule: 'by rule' },
  range: (own, dedicated, customers) =>
    `${own} public, ${dedicated} dedicated transformers, ${customers} customers`,
  care: (important, sensitive) => `${important} important, ${sensitive} sensitive`,
}

export const entry: typeof zh.entry = {
  plan: 'Announce an outage',
  switching: 'Enter a switching',
  id: 'Plan number',
  kind: 'Kind',
  devices: 'Devices (ids, by comma)',
  usagePoints: 'Single usage points (ids, by comma)',
  device: 'Switch id',
  position: 'Position after it',
  reclosing: 'Reclosing',
  reclosingAsBefore: 'As before',
  reclosingOn: 'In service',
  reclosingOff: 'Out of service',
  from: 'From',
  to: 'To',
  at: 'When (empty: now; may lie ahead)',
  save: 'Save',
  saved: (id) => `${id} is entered`,
  incomplete: 'Please fill in everything; an outage names devices, single usage points, or both.',
  problems: {
    'plan.window': 'The times do not fit: the end must be after the start and after now.',
    'plan.place': 'Meters are exchanged below a transformer: name it, or what lies below it.',
    'device.unknown': 'No such device, or not of your units.',
    'usagePoint.unknown': 'No such usage point, or not of your units.',
    'plan.taken': 'Another unit uses this number.',
    'switching.time': 'Too early or too far ahead.',
    'auth.forbidden': 'This account may not do that.',
  },
}

export const workOrder: typeof zh.workOrder = {
  print: 'Print work order',
  title: 'Work order',
  printed: (time) => `printed ${time}`,
  site: 'On site',
  materials: 'Material and measures',
  arrived: 'Arrived at',
  restored: 'Restored at',
  signed: 'Signed',
}

export const crews: typeof zh.crews = {
  mark: (name, age) => `${name} · ${age} ago`,
  metres: (count) => `${count} m`,
  kilometres: (count) => `${count} km`,
  away: (distance) => `${distance} from the fault`,
  seen: (age) => `seen ${age} ago`,
  unseen: 'no position yet',
  busy: 'Crew with an order',
  free: 'Crew, free',
}
