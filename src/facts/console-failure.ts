/**
 * What a console says when a part of it could not be drawn: which part and what class of error, both
 * from these lists. The words of an error may name a customer and stay in the browser.
 */

/** Parts of the consoles that fail by themselves. */
export const CONSOLE_PANELS = [
  // Whole pages, what holds them, and what stands on each.
  'console',
  'desk',
  'agent',
  'notices',
  'feeder',
  'grid',
  'operator',
  'wall',
  'quality',
  'header',
  'announcer',
  // The dispatcher's desk and its detail.
  'incidentList',
  'map',
  'detail',
  'clocks',
  'notice',
  'noticeWhole',
  'escalations',
  'where',
  'callReads',
  'visits',
  'fromTheField',
  'evidence',
  'facts',
  'workOrder',
  'noticeList',
  // The single-line diagram (单线图).
  'diagram',
  'diagramWhy',
  // The agent's desk (坐席).
  'callBacks',
  'complaints',
  'customerCard',
  'sayFirst',
  'filing',
  'supply',
  'announced',
  'restoration',
  'pastOutages',
  'customerIncident',
  'contacts',
  'messages',
  // The grid manager's phone (网格经理).
  'fieldIncident',
  'fieldVisits',
  'fieldCare',
  'fieldWaiting',
  // The operator's view.
  'operatorTab',
  // The wall board.
  'wallOut',
  'wallGrades',
  'wallArrived',
  'wallSaidi',
  'wallMap',
  'wallHour',
  'wallArrivals',
  'wallUnits',
] as const
export type ConsolePanel = (typeof CONSOLE_PANELS)[number]

/** Classes of errors that the language and browsers throw, and our own of an answer that failed. */
export const ERROR_CLASSES = [
  'Error',
  'TypeError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'URIError',
  'DOMException',
  'ApiError',
  'other',
] as const
export type ErrorClass = (typeof ERROR_CLASSES)[number]
