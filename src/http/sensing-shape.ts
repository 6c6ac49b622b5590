/** The sensing indicators as they are sent. */
import { z } from 'zod'

const count = z.number().int().min(0)
const share = z.number().min(0).max(1).nullable()
const seconds = z.object({
  count,
  p50: z.number().nullable(),
  p95: z.number().nullable(),
})

export const sensingShape = {
  incidents: count.describe('with a published notice, neither taken back nor merged'),
  falseAlarms: count,
  precision: share.describe('1 − 误报率'),
  sensedFirst: z.object({
    incidents: count,
    share,
    leadSeconds: seconds.describe('first call − first sensed, of incidents with a call'),
  }),
  senseToPublishSeconds: seconds,
  arrival: z.object({
    due: count,
    inTime: count,
    compliance: share,
    legallyInTime: count,
    legalCompliance: share,
    byLimit: z.array(z.object({ limitMinutes: count, due: count, inTime: count })),
  }),
  etr: z.object({ count, meanErrorMinutes: z.number().nullable(), withinHalfHour: share }),
  calls: z.object({ count, repeated: count, repeatRate: share }),
}

/** Steps in which arrivals may be asked for. */
export const TIME_STEPS = ['hour', 'day'] as const

/** Arrivals of one hour or day, with its beginning as it is written there. */
export const arrivalsOf = <From extends z.ZodType>(from: From) =>
  z.object({ from, limitMinutes: count, due: count, inTime: count })

/** What `app` answers to the route; read only there. */
export type SensingAnswer = DeepReadonly<z.output<z.ZodObject<typeof sensingShape>>> & {
  /** Where a step was asked for; `from` in ms. */
  readonly arrivalsByTime?: readonly z.output<ReturnType<typeof arrivalsOf<z.ZodNumber>>>[]
}

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T
