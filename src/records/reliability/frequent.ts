/**
 * Frequent outages (频繁停电) and warnings of them, by the definitions of `domain.md` §1.9, for each usage
 * point and each transformer area. Counted are sustained outages by when they began, as the customer
 * had them: a part that stays dark when the rest comes back is the same outage.
 */
import { setImmediate as yieldToOthers } from 'node:timers/promises'
import { ownInterval } from '../../engine/own-interval.ts'
import { parsePhases } from '../../facts/phases.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { type Refed, stretchesBelow } from '../../grid/refed.ts'
import type { FiledSegment } from './interruptions.ts'

const DAY_MS = 86_400_000
export const YEAR_DAYS = 365

/** The rules in the order of their weight: of several the first is the one that is told. */
export const FREQUENT_RULES = ['year', 'sixtyDays', 'plannedYear'] as const
export const WARNING_RULES = ['thirtyDays', 'fiftyDays', 'yearWarning'] as const
export type FrequentRule = (typeof FREQUENT_RULES)[number] | (typeof WARNING_RULES)[number]

/** NEA: more than five in a year, three in any sixty consecutive days, three arranged in a year. */
const MOST_A_YEAR = 5
const MOST_IN_SIXTY_DAYS = 3
const MOST_PLANNED_A_YEAR = 3
/** Warnings: two in the last thirty days, three in the last fifty, four or five in the year. */
const WARNED = { thirtyDays: 2, fiftyDays: 3, yearWarning: 4 } as const

/** One outage as a customer had it. */
export interface CountedOutage {
  readonly from: InstantMs
  readonly to: InstantMs | null
  readonly planned: boolean
  readonly cause: string | null
}

export interface FrequentCounts {
  readonly rule: FrequentRule | null
  readonly yearCount: number
  readonly last60Days: number
  readonly last50Days: number
  readonly last30Days: number
  readonly plannedYearCount: number
  /** The cause named most often, the latest of several. */
  readonly mainCause: string | null
  readonly lastFrom: InstantMs | null
}

export interface FrequentMethod {
  readonly asOf: InstantMs
  readonly sustainedMinutes: number
  /** Outages that began then count nowhere: major event days, and what else is left out. */
  leftOut(outage: CountedOutage): boolean
}

/** What the outages of one customer amount to. */
export function countOutages(
  outages: readonly CountedOutage[],
  method: FrequentMethod,
): FrequentCounts {
  const { asOf, sustainedMinutes } = method
  const since = (days: number) => (one: CountedOutage) => one.from > asOf - days * DAY_MS
  const year = outages
    .filter((one) => (one.to ?? asOf) - one.from > sustainedMinutes * 60_000)
    .filter((one) => one.from <= asOf && since(YEAR_DAYS)(one) && !method.leftOut(one))
    .sort((a, b) => a.from - b.from)
  const plannedYearCount = year.filter(({ planned }) => planned).length
  const last = (days: number) => year.filter(since(days)).length
  const counts = {
    yearCount: year.length,
    last60Days: last(60),
    last50Days: last(50),
    last30Days: last(30),
    plannedYearCount,
    mainCause: mainCauseOf(year),
    lastFrom: year.at(-1)?.from ?? null,
  }
  const rules: readonly (readonly [FrequentRule, boolean])[] = [
    ['year', year.length > MOST_A_YEAR],
    ['sixtyDays', mostWithin(year, 60) > MOST_IN_SIXTY_DAYS],
    ['plannedYear', plannedYearCount > MOST_PLANNED_A_YEAR],
    ['thirtyDays', counts.last30Days >= WARNED.thirtyDays],
    ['fiftyDays', counts.last50Days >= WARNED.fiftyDays],
    ['yearWarning', year.length >= WARNED.yearWarning],
  ]
  return { rule: rules.find(([, holds]) => holds)?.[0] ?? null, ...counts }
}

export const isFrequent = (rule: FrequentRule): boolean =>
  (FREQUENT_RULES as readonly string[]).includes(rule)

/** Most that began within any so many consecutive days. */
function mostWithin(sorted: readonly CountedOutage[], days: number): number {
  let most = 0
  let first = 0
  sorted.forEach(({ from }, i) => {
    while (from - sorted[first]!.from >= days * DAY_MS) first++
    most = Math.max(most, i - first + 1)
  })
  return most
}

function mainCauseOf(sorted: readonly CountedOutage[]): string | null {
  const times = new Map<string, number>()
  let main: string | null = null
  for (const { cause } of sorted) {
    if (cause === null) continue
    times.set(cause, (times.get(cause) ?? 0) + 1)
    if (main === null || times.get(cause)! >= times.get(main)!) main = cause
  }
  return main
}

interface Stretch extends CountedOutage {
  readonly id: string
}

/** Stretches that follow one another without light between are one outage. */
export function outagesOf(stretches: readonly Stretch[]): CountedOutage[] {
  const sorted = [...stretches].sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1))
  const outages: (CountedOutage & { to: InstantMs | null; cause: string | null })[] = []
  for (const { from, to, planned, cause } of sorted) {
    const before = outages.at(-1)
    if (before && (before.to === null || from <= before.to)) {
      if (to === null || before.to === null) before.to = null
      else before.to = Math.max(before.to, to)
      before.cause ??= cause
    } else outages.push({ from, to, planned, cause })
  }
  return outages
}

/** Neighbours in the numbering that share all their outages. */
export interface FrequentRange extends FrequentCounts {
  readonly rule: FrequentRule
  /** First and one beyond the last: usage points, or devices of which the transformers are meant. */
  readonly from: number
  readonly to: number
  /** Only those on any of these phases. */
  readonly phases: number
}

export interface FrequentTable {
  readonly usagePoints: readonly FrequentRange[]
  readonly areas: readonly FrequentRange[]
}

interface Placed extends FiledSegment {
  readonly from: number
  readonly to: number
}

function refedOf({ devices }: CompiledGrid, { refed }: FiledSegment['segment']): Refed | undefined {
  const known = (ids: readonly string[]) =>
    ids.map((id) => devices.ids.indexOf(id)).filter((device) => device >= 0)
  return refed && { won: known(refed.won), lost: known(refed.lost) }
}

/**
 * All that are frequent or warned of. Devices are numbered in depth-first order and usage points by
 * their device, so that what lies below a device is one stretch of numbers, or a few after switching.
 */
export async function frequentTable(
  filed: readonly FiledSegment[],
  grid: CompiledGrid,
  method: FrequentMethod,
): Promise<FrequentTable> {
  const held = filed.filter(({ segment }) => !segment.void && !segment.momentary)
  const { devices, usagePoints } = grid
  const points: Placed[] = []
  const areas: Placed[] = []
  for (const one of held) {
    const { id } = one.segment.device
    const device = devices.ids.indexOf(id)
    const point = device < 0 ? usagePoints.ids.indexOf(id) : -1
    if (point >= 0) points.push({ ...one, from: point, to: point + 1 })
    if (device < 0) continue
    for (const [from, to] of stretchesBelow(grid, device, refedOf(grid, one.segment))) {
      areas.push({ ...one, from, to })
      points.push({ ...one, from: usagePoints.first[from]!, to: usagePoints.first[to]! })
    }
  }
  const differing = held.flatMap(({ segment }) =>
    segment.exceptions.map(({ usagePoint }) => usagePoints.ids.indexOf(usagePoint)),
  )
  return {
    usagePoints: await sweep(points, new Set(differing), method, (point) =>
      usagePoints.ids.idOf(point),
    ),
    areas: await sweep(areas, new Set(), method, () => ''),
  }
}

/** Ranges between two of these boundaries are judged before others get a turn. */
const RANGES_A_TURN = 2000

async function sweep(
  placed: readonly Placed[],
  alone: ReadonlySet<number>,
  method: FrequentMethod,
  idOf: (index: number) => string,
): Promise<FrequentRange[]> {
  const bounds = new Set<number>()
  for (const { from, to } of placed) bounds.add(from).add(to)
  for (const index of alone) if (index >= 0) bounds.add(index).add(index + 1)
  const edges = [...bounds].sort((a, b) => a - b)
  const starting = [...placed].sort((a, b) => a.from - b.from)
  const found: FrequentRange[] = []
  let next = 0
  let active: Placed[] = []
  for (let i = 0; i + 1 < edges.length; i++) {
    const [from, to] = [edges[i]!, edges[i + 1]!]
    active = active.filter((one) => one.to > from)
    while (next < starting.length && starting[next]!.from <= from) active.push(starting[next++]!)
    const here = active.filter((one) => one.to > from)
    if (i % RANGES_A_TURN === RANGES_A_TURN - 1) await yieldToOthers()
    if (here.length < WARNED.thirtyDays) continue
    for (const phases of phasesApart(here)) {
      const counts = countOutages(
        outagesAt(here, alone.has(from) ? idOf(from) : '', phases),
        method,
      )
      if (counts.rule !== null) found.push({ ...counts, rule: counts.rule, from, to, phases })
    }
  }
  return found
}

const ALL_PHASES = 7

/** Customers of one phase had another history where an outage took some phases alone. */
function phasesApart(here: readonly Placed[]): readonly number[] {
  const whole = here.every(({ segment }) => maskOf(segment.phases) === ALL_PHASES)
  return whole ? [ALL_PHASES] : [1, 2, 4]
}

const maskOf = (phases: string) => parsePhases(phases) ?? ALL_PHASES

function outagesAt(here: readonly Placed[], usagePoint: string, phases: number): CountedOutage[] {
  return outagesOf(
    here.flatMap(({ segment, kind, cause }) =>
      ownInterval(segment, usagePoint, phases).map(({ from, to }) => ({
        ...{ id: segment.id, from, to, planned: kind === 'planned', cause },
      })),
    ),
  )
}
