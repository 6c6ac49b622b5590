/** Which incidents the list shows and in what order. Pure, so that it can be tested alone. */
import type { IncidentPayload } from '../api/payloads.ts'
import { customersOut } from './headline.ts'
import type { Names } from './names.ts'

export const SORTS = ['severity', 'customers', 'newest', 'certainty'] as const
export type Sort = (typeof SORTS)[number]

export const STATE_FILTERS = ['all', 'predicted', 'confirmed', 'restoring'] as const
export type StateFilter = (typeof STATE_FILTERS)[number]

export interface Filter {
  readonly state: StateFilter
  /** Grades to show; empty: all. */
  readonly grades: ReadonlySet<number>
  readonly text: string
}

export const NO_FILTER: Filter = { state: 'all', grades: new Set(), text: '' }

/** What belongs on the list at all: neither closed nor taken back. */
export function isListed(incident: IncidentPayload): boolean {
  return incident.outageKind !== 'closed' && incident.outcome === null
}

export function arrange(
  incidents: readonly IncidentPayload[],
  filter: Filter,
  sort: Sort,
  names: Names,
): readonly IncidentPayload[] {
  const words = filter.text.trim().toLowerCase().split(/\s+/).filter(Boolean)
  return incidents
    .filter(
      (incident) =>
        isListed(incident) &&
        matchesState(incident, filter.state) &&
        (filter.grades.size === 0 || filter.grades.has(incident.grade)) &&
        matchesWords(incident, words, names),
    )
    .sort(COMPARE[sort])
}

function matchesState(incident: IncidentPayload, state: StateFilter): boolean {
  if (state === 'all') return true
  if (state === 'restoring')
    return incident.outageKind === 'partiallyRestored' || incident.outageKind === 'restored'
  return incident.outageKind === state
}

function matchesWords(incident: IncidentPayload, words: readonly string[], names: Names): boolean {
  if (words.length === 0) return true
  const { device, feeder } = incident
  const haystack = [
    incident.id,
    incident.noticeNo ?? '',
    device.id,
    device.name,
    names.unit(incident.unit),
    feeder === null ? '' : `${feeder} ${names.feeder(feeder)}`,
  ]
    .join(' ')
    .toLowerCase()
  return words.every((word) => haystack.includes(word))
}

type Compare = (a: IncidentPayload, b: IncidentPayload) => number

/** What is over goes below what is not. */
const overLast: Compare = (a, b) =>
  Number(a.outageKind === 'restored') - Number(b.outageKind === 'restored')
const newest: Compare = (a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt)
const byId: Compare = (a, b) => (a.id < b.id ? -1 : 1)
const most: Compare = (a, b) => customersOut(b) - customersOut(a)

function first(...compares: readonly Compare[]): Compare {
  return (a, b) => {
    for (const compare of compares) {
      const order = compare(a, b)
      if (order !== 0) return order
    }
    return 0
  }
}

const COMPARE: Readonly<Record<Sort, Compare>> = {
  severity: first(overLast, (a, b) => a.grade - b.grade, most, newest, byId),
  customers: first(overLast, most, newest, byId),
  newest: first(newest, byId),
  certainty: first(overLast, (a, b) => b.probability - a.probability, most, byId),
}
