/** What a scenario expects, held against what was judged: incidents, supply, notices, rungs, questions. */
import type {
  Expectation,
  ExpectedAsked,
  ExpectedCityShare,
  ExpectedEscalation,
  ExpectedIncident,
  ExpectedMessages,
  ExpectedNotice,
} from '../../simulators/expectation.ts'
import type { EscalationChange, Incident, Notice } from '../engine/changes.ts'
import { isOpen } from '../engine/incident-view.ts'
import type { CityShareChange } from '../engine/summary/state.ts'
import type { World } from '../engine/world.ts'
import type { HeardMessage } from './rehearsed-customers.ts'

/** One question to one observer. */
export interface Asked {
  readonly observer: string
  readonly terminal: string
  readonly incident: string
  readonly at: number
}

/** All that was judged and said up to a moment. */
export interface Judged {
  /** Latest revision of each incident, oldest number first. */
  readonly incidents: readonly Incident[]
  /** Latest state of each notice. */
  readonly notices: readonly Notice[]
  readonly escalations: readonly EscalationChange[]
  /** Levels of cities, in order. */
  readonly cityShares: readonly CityShareChange[]
  /** Who was asked, once for each time. */
  readonly asked: readonly Asked[]
  /** Messages to customers, in order. */
  readonly heard: readonly HeardMessage[]
  readonly world: World | undefined
  readonly startMs: number
}

export interface Outcome {
  /** `at 120 s: open`. */
  readonly what: string
  /** Empty where it holds; else what was expected and what was found. */
  readonly problem: string
}

/** Whether an expectation of a moment holds, part by part. */
export function compare(expectation: Expectation, judged: Judged): Outcome[] {
  const { atSeconds, open, ended, supply, notices, escalations, asked, messages } = expectation
  const { cityShares } = expectation
  const { incidents, world } = judged
  const at = `at ${atSeconds} s`
  const outcomes: Outcome[] = []
  const isNow = incidents.filter(isOpen)
  if (cityShares) {
    const problem = wrongShares(cityShares, judged.cityShares)
    outcomes.push({ what: `${at}: ${cityShares.length} levels of cities`, problem })
  }
  if (open) {
    const { missing, left } = matched(open, isNow, judged)
    const problem = [
      ...missing.map((one) => `expected ${JSON.stringify(one)}`),
      ...left.map((one) => `found ${describe(one)}`),
    ].join('; ')
    outcomes.push({ what: `${at}: ${open.length} open`, problem })
  }
  if (ended) {
    const over = incidents.filter((one) => !isOpen(one))
    const { missing } = matched(ended, over, judged)
    const found = over.map(describe).join(', ') || 'none'
    const problem = missing
      .map((one) => `expected ${JSON.stringify(one)}, found ${found}`)
      .join('; ')
    outcomes.push({ what: `${at}: ${ended.length} ended`, problem })
  }
  for (const [point, expected] of Object.entries(supply ?? {})) {
    const found = world ? supplyOf(world, point, isNow) : 'unknown'
    const problem = found === expected ? '' : `expected ${expected}, found ${found}`
    outcomes.push({ what: `${at}: supply of ${point}`, problem })
  }
  if (notices) outcomes.push({ what: `${at}: notices`, problem: wrongNotices(notices, judged) })
  if (escalations)
    outcomes.push({ what: `${at}: escalations`, problem: wrongRungs(escalations, judged) })
  if (asked) outcomes.push({ what: `${at}: asked`, problem: wronglyAsked(asked, judged.asked) })
  for (const one of messages ?? [])
    outcomes.push({
      what: `${at}: messages to ${one.customer} by ${one.channel}`,
      problem: wronglyTold(one, judged.heard),
    })
  return outcomes
}

function wronglyTold(
  { customer, channel, templates }: ExpectedMessages,
  heard: readonly HeardMessage[],
): string {
  const found = heard
    .filter((one) => one.customer === customer && one.channel === channel)
    .map(({ template }) => template)
  const said = (list: readonly string[]) => list.join(', ') || 'nothing'
  return said(found) === said(templates) ? '' : `expected ${said(templates)}, found ${said(found)}`
}

/** Each expected incident with one found: what is missing, and what nobody expected. */
function matched(
  expected: readonly ExpectedIncident[],
  found: readonly Incident[],
  judged: Judged,
) {
  const left = [...found]
  const missing = expected.filter((one) => {
    const index = left.findIndex((incident) => isLike(one, incident, judged))
    if (index >= 0) left.splice(index, 1)
    return index < 0
  })
  return { missing, left }
}

/** Whether any revision was ever like what must never be said. */
export function neverLike(
  unwanted: ExpectedIncident,
  revisions: readonly Incident[],
  judged: Judged,
): Outcome {
  const found = revisions.find((one) => isLike(unwanted, one, judged))
  const problem = found ? `found ${describe(found)}` : ''
  return { what: `never ${JSON.stringify(unwanted)}`, problem }
}

function isLike(
  expected: ExpectedIncident,
  incident: Incident,
  { incidents, startMs }: Judged,
): boolean {
  const { device, flags, parent, startedAtSeconds, probabilityAtLeast, ...same } = expected
  if (device !== undefined && incident.device.id !== device) return false
  if (flags?.some((flag) => !(incident.flags as readonly string[]).includes(flag))) return false
  if (parent !== undefined) {
    const above = incidents.find(({ id }) => id === incident.parent)?.device.id ?? null
    if (above !== parent) return false
  }
  const startedAt = (incident.startedAt - startMs) / 1000
  if (startedAtSeconds !== undefined && Math.abs(startedAt - startedAtSeconds) > 1) return false
  if (probabilityAtLeast !== undefined && incident.probability < probabilityAtLeast) return false
  return Object.entries(same).every(([key, value]) => incident[key as keyof Incident] === value)
}

function wrongNotices(expected: readonly ExpectedNotice[], { notices }: Judged): string {
  const left = [...notices]
  const missing = expected.filter((one) => {
    const { device, published, ...same } = one
    const index = left.findIndex(
      (notice) =>
        (device === undefined || notice.device.id === device) &&
        (published === undefined || (notice.no !== null) === published) &&
        Object.entries(same).every(([key, value]) => notice[key as keyof Notice] === value),
    )
    if (index >= 0) left.splice(index, 1)
    return index < 0
  })
  return [
    ...missing.map((one) => `expected ${JSON.stringify(one)}`),
    ...left.map(
      ({ no, device, status, outageType }) =>
        `found ${no ?? 'one never published'}, ${outageType} ${device.id}, ${status}`,
    ),
  ].join('; ')
}

/** Rungs in a line, seconds rounded: `arrive-1 at 2820 s`; those only recorded in brackets. */
function wrongRungs(expected: readonly ExpectedEscalation[], judged: Judged): string {
  const rung = (stage: string, level: number, sent: boolean) =>
    sent ? `${stage}-${level}` : `(${stage}-${level})`
  const found = judged.escalations.map(({ stage, level, sent, at, incident }) => ({
    text: rung(stage, level, sent),
    second: (at - judged.startMs) / 1000,
    device: judged.incidents.find(({ id }) => id === incident)?.device.id,
  }))
  const holds =
    found.length === expected.length &&
    expected.every(({ stage, level, sent, atSeconds, device }, i) => {
      const one = found[i]!
      const isThere = device === undefined || device === one.device
      const isThen = Math.abs(one.second - atSeconds) <= 1
      return isThere && isThen && one.text === rung(stage, level, sent)
    })
  if (holds) return ''
  const told = found.map(({ text, second }) => `${text} at ${second} s`).join(', ') || 'none'
  const wanted = expected.map(
    ({ stage, level, sent, atSeconds }) => `${rung(stage, level, sent)} at ${atSeconds} s`,
  )
  return `expected ${wanted.join(', ') || 'none'}, found ${told}`
}

/** Levels in a line: `town warning 0.15`. */
function wrongShares(
  expected: readonly ExpectedCityShare[],
  found: readonly CityShareChange[],
): string {
  const holds =
    found.length === expected.length &&
    expected.every(({ city, level, share }, i) => {
      const one = found[i]!
      const isShare = share === undefined || Math.abs(one.share - share) < 1e-9
      return one.city === city && one.level === level && isShare && one.suspected
    })
  if (holds) return ''
  const told = found.map(({ city, level, share }) => `${city} ${level} ${share}`).join(', ')
  const wanted = expected.map(({ city, level, share = '' }) => `${city} ${level} ${share}`)
  return `expected ${wanted.join(', ') || 'none'}, found ${told || 'none'}`
}

function wronglyAsked(expected: ExpectedAsked, asked: readonly Asked[]): string {
  const { atLeast, atMost, among } = expected
  const observers = asked.map(({ observer }) => observer)
  const problems = among
    .filter((observer) => !observers.includes(observer))
    .map((observer) => `${observer} was not asked`)
  if (asked.length < atLeast) problems.push(`expected at least ${atLeast}, found ${asked.length}`)
  if (asked.length > atMost)
    problems.push(`expected at most ${atMost}, found ${asked.length}: ${observers.join(' ')}`)
  const second = ({ at }: Asked) => Math.floor(at / 1000)
  return [
    ...problems,
    ...tooMany('in a second', expected.mostASecond, asked, (one) => `${second(one)}`),
    ...tooMany('of an incident', expected.mostOfAnIncident, asked, (one) => one.incident),
    ...tooMany(
      'of an area',
      expected.mostOfAnArea,
      asked,
      ({ incident, terminal }) => `${incident} ${terminal}`,
    ),
  ].join('; ')
}

/** A budget that some key went beyond. */
function tooMany(
  what: string,
  most: number | undefined,
  asked: readonly Asked[],
  keyOf: (one: Asked) => string,
): string[] {
  if (most === undefined) return []
  const counts = new Map<string, number>()
  for (const one of asked) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1)
  const [key, count] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? ['', 0]
  return count > most ? [`expected at most ${most} ${what}, found ${count}: ${key}`] : []
}

/** Kinds of incident in which nobody below lost supply. */
const SUPPLIED: ReadonlySet<string> = new Set([
  'terminalFault',
  'commsFault',
  'metering',
  'customerInternal',
  'arrears',
])

/** What is known of the supply of a usage point: dark where an open incident above it is sure. */
function supplyOf(world: World, point: string, open: readonly Incident[]) {
  const { usagePoints, devices } = world.grid
  const above = new Set([point])
  const index = usagePoints.ids.indexOf(point)
  for (let d = usagePoints.device[index] ?? -1; d >= 0; d = world.topology.parent[d]!)
    above.add(devices.ids.idOf(d))
  const dark = open.filter(
    ({ device, kind, outageKind }) =>
      outageKind !== 'restored' && !SUPPLIED.has(kind) && above.has(device.id),
  )
  if (dark.length === 0) return 'energised'
  return dark.some(({ outageKind }) => outageKind !== 'predicted') ? 'deenergised' : 'unknown'
}

/** An incident in a few words. */
export function describe(incident: Incident): string {
  const { id, kind, level, device, grade, outageKind, outcome, probability, flags } = incident
  const end = outcome ?? outageKind
  return [
    `${id} ${kind} ${level} ${device.id}`,
    end,
    `grade ${grade}`,
    `P ${probability.toFixed(2)}`,
    `${incident.metersAffected} meters`,
    ...flags,
  ].join(', ')
}
