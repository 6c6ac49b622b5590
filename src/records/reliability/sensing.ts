/**
 * How well outages are sensed, told and attended to (`domain.md` §7, own service indicators): from the
 * incidents of a period whose notice was published, and what customers told of them.
 */
import type { Incident } from '../../engine/changes.ts'
import type { InstantMs } from '../../facts/time.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60_000
const STEP_MS = { hour: 60 * MINUTE_MS, day: 24 * 60 * MINUTE_MS }
/** An estimate this near was right (`domain.md` §7). */
const ETR_RIGHT_MINUTES = 30

/** An incident as it stands, with what was noted beside it. */
export interface SensedIncident {
  readonly incident: Incident
  readonly publishedAt: InstantMs | null
  /** Reports and urges of named customers, and of how many they were. */
  readonly calls: number
  readonly callers: number
}

export interface SensingPeriod {
  readonly from: InstantMs
  readonly to: InstantMs
  readonly asOf: InstantMs
  /** Arrivals by the hour or day, local time, in which the incident began; undefined: not told. */
  readonly times?:
    | { readonly by: keyof typeof STEP_MS; readonly utcOffsetMinutes: number }
    | undefined
}

/** Arrivals (到达及时率) of one hour or day and one promise. */
export interface ArrivalsOfTime {
  /** When the hour or day begins. */
  readonly from: InstantMs
  readonly limitMinutes: number
  readonly due: number
  readonly inTime: number
}

export interface SensingIndicators {
  /** Published in the period and not taken back; merged ones count with their mother. */
  readonly incidents: number
  readonly falseAlarms: number
  /** 1 − share of false alarms (误报率) among all published; null where there is none. */
  readonly precision: number | null
  readonly sensedFirst: {
    /** Sensed before any customer told of it, or without one. */
    readonly incidents: number
    readonly share: number | null
    /** First call − first sensed, of incidents with a call; negative where the call came first. */
    readonly leadSeconds: { readonly count: number } & Spread
  }
  readonly senseToPublishSeconds: { readonly count: number } & Spread
  readonly arrival: {
    /** Arrived, or late without having arrived. */
    readonly due: number
    readonly inTime: number
    readonly compliance: number | null
    readonly legallyInTime: number
    readonly legalCompliance: number | null
    /** By what was promised: 45, 90 or 120 minutes. */
    readonly byLimit: readonly {
      readonly limitMinutes: number
      readonly due: number
      readonly inTime: number
    }[]
  }
  readonly etr: {
    readonly count: number
    /** Mean of |restored − last estimate|. */
    readonly meanErrorMinutes: number | null
    readonly withinHalfHour: number | null
  }
  readonly calls: {
    readonly count: number
    readonly repeated: number
    readonly repeatRate: number | null
  }
  /** Where they were asked for, oldest first; times in which none was due are left out. */
  readonly arrivalsByTime?: readonly ArrivalsOfTime[]
}

interface Spread {
  readonly p50: number | null
  readonly p95: number | null
}

/** The indicators; incidents may be of any period, only those that began in it count. */
export function sensingIndicators(
  all: readonly SensedIncident[],
  { from, to, asOf, times }: SensingPeriod,
): SensingIndicators {
  const published = all
    .filter(({ incident: { startedAt } }) => startedAt >= from && startedAt < to)
    .filter(({ publishedAt, incident }) => publishedAt !== null && incident.outcome !== 'merged')
  const real = published.filter(({ incident }) => incident.outcome === null)
  const falseAlarms = published.length - real.length
  const first = real.filter(({ incident }) => isSensedFirst(incident))
  const called = real.flatMap(({ incident: { firstCallAt, sensedAt } }) =>
    firstCallAt == null ? [] : [(firstCallAt - sensedAt) / SECOND_MS],
  )
  const told = real.map(
    ({ incident, publishedAt }) => (publishedAt! - incident.sensedAt) / SECOND_MS,
  )
  const calls = real.reduce((sum, one) => sum + one.calls, 0)
  const repeated = real.reduce((sum, one) => sum + one.calls - one.callers, 0)
  return {
    incidents: real.length,
    falseAlarms,
    precision: share(real.length, published.length),
    sensedFirst: {
      incidents: first.length,
      share: share(first.length, real.length),
      leadSeconds: { count: called.length, ...spread(called) },
    },
    senseToPublishSeconds: { count: told.length, ...spread(told) },
    arrival: arrivalOf(real, asOf),
    etr: etrOf(real),
    calls: { count: calls, repeated, repeatRate: share(repeated, calls) },
    ...(times && { arrivalsByTime: arrivalsByTime(arrivalsDue(real, asOf), times) }),
  }
}

const isSensedFirst = ({ firstCallAt, sensedAt }: Incident) =>
  firstCallAt == null || sensedAt < firstCallAt

interface ArrivalDue {
  /** When its incident began. */
  readonly startedAt: InstantMs
  readonly limitMinutes: number
  readonly inTime: boolean
  readonly legally: boolean
}

/** Who arrived, or is late without having arrived. */
function arrivalsDue(real: readonly SensedIncident[], asOf: InstantMs): readonly ArrivalDue[] {
  return real.flatMap(({ incident }) =>
    incident.clocks
      .filter(({ name }) => name === 'arrive')
      .filter(({ doneAt, dueAt }) => doneAt !== null || dueAt <= asOf)
      .map(({ startedAt, dueAt, legalDueAt, doneAt }) => ({
        startedAt: incident.startedAt,
        limitMinutes: Math.round((dueAt - startedAt) / MINUTE_MS),
        inTime: doneAt !== null && doneAt <= dueAt,
        legally: (doneAt ?? asOf) <= (legalDueAt ?? Number.POSITIVE_INFINITY),
      })),
  )
}

function arrivalsByTime(
  due: readonly ArrivalDue[],
  { by, utcOffsetMinutes }: NonNullable<SensingPeriod['times']>,
): readonly ArrivalsOfTime[] {
  const step = STEP_MS[by]
  const offset = utcOffsetMinutes * MINUTE_MS
  const found = new Map<string, { -readonly [Key in keyof ArrivalsOfTime]: number }>()
  for (const { startedAt, limitMinutes, inTime } of due) {
    const from = Math.floor((startedAt + offset) / step) * step - offset
    const key = `${from} ${limitMinutes}`
    const alike = found.get(key) ?? { from, limitMinutes, due: 0, inTime: 0 }
    alike.due++
    if (inTime) alike.inTime++
    found.set(key, alike)
  }
  return [...found.values()].sort((a, b) => a.from - b.from || a.limitMinutes - b.limitMinutes)
}

function arrivalOf(real: readonly SensedIncident[], asOf: InstantMs): SensingIndicators['arrival'] {
  const due = arrivalsDue(real, asOf)
  const inTime = due.filter((one) => one.inTime).length
  const legally = due.filter((one) => one.legally).length
  const limits = [...new Set(due.map(({ limitMinutes }) => limitMinutes))].sort((a, b) => a - b)
  return {
    due: due.length,
    inTime,
    compliance: share(inTime, due.length),
    legallyInTime: legally,
    legalCompliance: share(legally, due.length),
    byLimit: limits.map((limitMinutes) => {
      const alike = due.filter((one) => one.limitMinutes === limitMinutes)
      return { limitMinutes, due: alike.length, inTime: alike.filter((one) => one.inTime).length }
    }),
  }
}

function etrOf(real: readonly SensedIncident[]): SensingIndicators['etr'] {
  const errors = real.flatMap(({ incident: { restoredAt, estimatedPeriod } }) =>
    restoredAt === null || !estimatedPeriod
      ? []
      : [Math.abs(restoredAt - estimatedPeriod.end) / MINUTE_MS],
  )
  const sum = errors.reduce((total, error) => total + error, 0)
  return {
    count: errors.length,
    meanErrorMinutes: errors.length === 0 ? null : sum / errors.length,
    withinHalfHour: share(
      errors.filter((error) => error <= ETR_RIGHT_MINUTES).length,
      errors.length,
    ),
  }
}

const share = (part: number, whole: number) => (whole === 0 ? null : part / whole)

/** Nearest rank: the smallest value that so many do not exceed. */
function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (part: number) => sorted[Math.ceil(part * sorted.length) - 1] ?? null
  return { p50: at(0.5), p95: at(0.95) }
}
