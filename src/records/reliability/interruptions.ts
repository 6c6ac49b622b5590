/**
 * Interruptions as customers had them, made of the segments that the engine filed. When a part stays
 * dark its segment begins where that of the whole ended: for those customers it is one interruption.
 */
import type { IncidentKind, InterruptionSegment } from '../../engine/changes.ts'
import type { FeederId, UnitId } from '../../facts/ids.ts'
import type { InstantMs } from '../../facts/time.ts'

/** A segment with what its incident says of it. */
export interface FiledSegment {
  readonly segment: InterruptionSegment
  readonly kind: IncidentKind
  /** Cause code of `domain.md` §4.2, where one was named. */
  readonly cause: string | null
  /** The incident that this one was split off. */
  readonly parent: string | null
}

/** The same interruption of so many customers and transformers. */
export interface Interruption {
  readonly unit: UnitId
  readonly feeder: FeederId | null
  readonly from: InstantMs
  /** Null while it lasts. */
  readonly to: InstantMs | null
  /** LV customers (户). */
  readonly customers: number
  /** MV customers: each transformer, public or dedicated, is one (中压用户). */
  readonly transformers: number
  readonly momentary: boolean
  readonly kind: IncidentKind
  readonly cause: string | null
}

interface Chained extends FiledSegment {
  /** When supply was lost, by this segment or the one it goes on from. */
  readonly since: InstantMs
  customersGoneOn: number
  transformersGoneOn: number
}

/** Segments in any order; those taken back, or of no length, count for nothing. */
export function interruptionsOf(filed: readonly FiledSegment[]): Interruption[] {
  const held = filed
    .filter(({ segment }) => !segment.void && segment.to !== segment.from)
    .sort((a, b) => a.segment.from - b.segment.from || compareIds(a, b))
  return chain(held).flatMap(interruptionsAt)
}

const compareIds = (a: FiledSegment, b: FiledSegment) => (a.segment.id < b.segment.id ? -1 : 1)

/** Ties each segment to the one it goes on from: same incident or its mother, same instant. */
function chain(sorted: readonly FiledSegment[]): Chained[] {
  const ending = new Map<string, Chained>()
  return sorted.map((filed) => {
    const { segment, parent } = filed
    const before =
      ending.get(`${segment.incident}|${segment.from}`) ??
      (parent === null ? undefined : ending.get(`${parent}|${segment.from}`))
    if (before) {
      before.customersGoneOn += segment.customers
      before.transformersGoneOn += segment.transformers
    }
    const since = before ? before.since : segment.from
    const chained = { ...filed, since, customersGoneOn: 0, transformersGoneOn: 0 }
    if (segment.to !== null) ending.set(`${segment.incident}|${segment.to}`, chained)
    return chained
  })
}

/** Those whose supply came back when the segment ended, and those who differ from them. */
function interruptionsAt(chained: Chained): Interruption[] {
  const { segment, since, kind, cause } = chained
  const { unit, feeder, momentary, exceptions } = segment
  const common = { unit, feeder, momentary, kind, cause }
  const alike = segment.customers - chained.customersGoneOn - exceptions.length
  const list: Interruption[] = [
    {
      ...common,
      from: since,
      to: segment.to,
      customers: Math.max(0, alike),
      transformers: Math.max(0, segment.transformers - chained.transformersGoneOn),
    },
  ]
  for (const { from, to } of exceptions)
    if (from !== null) list.push({ ...common, from, to, customers: 1, transformers: 0 })
  return list.filter(({ customers, transformers }) => customers + transformers > 0)
}
