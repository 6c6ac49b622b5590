/**
 * The reliability report of a period: indices of all units asked for and of each, with both
 * denominators, without major event days, and the three official shares of DL/T 836.1.
 */
import type { InstantMs } from '../../facts/time.ts'
import { type Indices, indicesOf, type Method, type Period } from './indices.ts'
import { type FiledSegment, type Interruption, interruptionsOf } from './interruptions.ts'
import { beganOn, type MajorEventDays, majorEventDays } from './major-event-days.ts'

/** Who is served, by unit of the feeder. */
export interface Served {
  readonly unit: string
  readonly customers: number
  readonly transformers: number
}

export interface UnitIndices {
  readonly unit: string
  readonly customers: Indices
  readonly transformers: Indices
}

export interface ReliabilityReport {
  readonly period: Period
  readonly asOf: InstantMs
  readonly sustainedMinutes: number
  readonly customers: Indices
  readonly transformers: Indices
  /** The same without what began on major event days. */
  readonly customersWithoutMajorEventDays: Indices
  readonly majorEventDays: MajorEventDays
  /** 供电可靠率 of MV customers: all; without external causes; without shortage of the system. */
  readonly officialAsai: { readonly all: number; readonly own: number; readonly supplied: number }
  readonly units: readonly UnitIndices[]
}

/** `segments` from the beginning of the history to the end of the period, of the served units. */
export function reliabilityReport(
  segments: readonly FiledSegment[],
  served: readonly Served[],
  period: Period,
  method: Method,
  utcOffsetMinutes: number,
): ReliabilityReport {
  const all = interruptionsOf(segments)
  const customersServed = served.reduce((sum, { customers }) => sum + customers, 0)
  const transformersServed = served.reduce((sum, { transformers }) => sum + transformers, 0)
  const major = majorEventDays(all, customersServed, period, method, utcOffsetMinutes)
  const onMajorDay = beganOn(major.days, utcOffsetMinutes)
  const ofCustomers = (list: readonly Interruption[]) =>
    indicesOf(list, 'customers', customersServed, period, method)
  const ofTransformers = (list: readonly Interruption[]) =>
    indicesOf(list, 'transformers', transformersServed, period, method)
  const transformers = ofTransformers(all)
  return {
    period,
    asOf: method.asOf,
    sustainedMinutes: method.sustainedMinutes,
    customers: ofCustomers(all),
    transformers,
    customersWithoutMajorEventDays: ofCustomers(all.filter((one) => !onMajorDay(one))),
    majorEventDays: major,
    officialAsai: {
      all: transformers.asai,
      own: ofTransformers(all.filter((one) => !isExternal(one))).asai,
      supplied: ofTransformers(all.filter((one) => !isShortage(one))).asai,
    },
    units: served.map(({ unit, customers, transformers }) => {
      const own = all.filter((one) => one.unit === unit)
      return {
        unit,
        customers: indicesOf(own, 'customers', customers, period, method),
        transformers: indicesOf(own, 'transformers', transformers, period, method),
      }
    }),
  }
}

/** Causes C of `domain.md` §4.2 come from the system above; C3 is its shortage. */
const isExternal = ({ cause, kind }: Interruption) =>
  kind === 'rationing' || (cause?.startsWith('C') ?? false)
const isShortage = ({ cause, kind }: Interruption) =>
  kind === 'rationing' || (cause?.startsWith('C3') ?? false)
