/** Which incidents the list shows and in what order. Pure, so that it can be tested alone. */
import type { IncidentPayload } from '../api/payloads.ts'
import { nextClock } from './clocks.ts'
import { type Group, groupOf } from './group.ts'
import { customersOut } from './headline.ts'
import type { Names } from './names.ts'

export const SORTS = ['urgency', 'severity', 'customers', 'newest', 'certainty'] as const
export type Sort = (typeof SORTS)[number]

export const STATE_FILTERS = ['all', 'predicted', 'confirmed', 'restoring'] as const
export type StateFilter = (typeof STATE_FILTERS)[number]

export interface Filter {
  /** Null: all. */
  readonly group: Group | null
  readonly state: StateFilter
  /** Grades to show; empty: all. */
  readonly grades: ReadonlySet<number>
  readonly text: string
}

export const NO_FILTER: Filter = { group: null, state: 'all', grades: new Set(), text: '' }

/** What belongs on the list at all: neither closed nor taken back. */
export function isListed(incident: IncidentPayload): boolean {
  return incident.outageKind !== 'closed' && incident.outcome === null
}

/** How many of those on the list each group has. */
export function countGroups(
  incidents: readonly IncidentPayload[],
): Readonly<Record<Group, number>> {
  const counts = { fault: 0, planned: 0, finding: 0 }
  for (const incident of incidents) if (isListed(incident)) counts[groupOf(incident)]++
  return counts
}

/** `nowMs` decides what is late. */
export function arrange(
  incidents: readonly IncidentPayload[],
  filter: Filter,
  sort: Sort,
  names: Names,
  nowMs: number,
): readonly IncidentPayload[] {
  const words = filter.text.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const shown = incidents.filter(
    (incident) =>
      isListed(incident) &&
      (filter.group === null || groupOf(incident) === filter.group) &&
      matchesState(incident, filter.state) &&
      (filter.grades.size === 0 || filter.grades.has(incident.grade)) &&
      matchesWords(incident, words, names),
  )
  return sort === 'urgency' ? byUrgency(shown, nowMs) : shown.sort(COMPARE[sort])
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

interface SortKeys {
  readonly startedMs: number
  /** Infinite where no clock runs. */
  readonly dueMs: number
}

const sortKeys = new WeakMap<IncidentPayload, SortKeys>()

/** Times are read once: 2,000 rows are compared some 20,000 times in each sort. */
function keysOf(incident: IncidentPayload): SortKeys {
  let keys = sortKeys.get(incident)
  if (keys === undefined) {
    const clock = nextClock(incident)
    keys = {
      startedMs: Date.parse(incident.startedAt),
      dueMs: clock === null ? Number.POSITIVE_INFINITY : Date.parse(clock.dueAt),
    }
    sortKeys.set(incident, keys)
  }
  return keys
}

/** What is over goes below what is not. */
const overLast: Compare = (a, b) =>
  Number(a.outageKind === 'restored') - Number(b.outageKind === 'restored')
const newest: Compare = (a, b) => keysOf(b).startedMs - keysOf(a).startedMs
const byId: Compare = (a, b) => (a.id < b.id ? -1 : 1)
/** 服务等级: who is to be served more attentively goes first among equals. */
const attentive: Compare = (a, b) => a.serviceLevel - b.serviceLevel
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

const COMPARE: Readonly<Record<Exclude<Sort, 'urgency'>, Compare>> = {
  severity: first(overLast, (a, b) => a.grade - b.grade, attentive, most, newest, byId),
  customers: first(overLast, most, newest, byId),
  newest: first(newest, byId),
  certainty: first(overLast, (a, b) => b.probability - a.probability, most, byId),
}

/** Late before in time, then by grade and service level, then what is due first; without a clock comes after. */
function byUrgency(incidents: readonly IncidentPayload[], nowMs: number): IncidentPayload[] {
  const rest = first(most, newest, byId)
  return incidents
    .map((incident) => {
      const { dueMs } = keysOf(incident)
      return { incident, dueMs, inTime: Number(dueMs >= nowMs) }
    })
    .sort(
      (a, b) =>
        overLast(a.incident, b.incident) ||
        a.inTime - b.inTime ||
        a.incident.grade - b.incident.grade ||
        attentive(a.incident, b.incident) ||
        (a.dueMs === b.dueMs ? 0 : a.dueMs - b.dueMs) ||
        rest(a.incident, b.incident),
    )
    .map(({ incident }) => incident)
}
