/** The reliability report as it is asked for and sent. */
import { z } from 'zod'
import type { InstantMs } from '../facts/time.ts'

const indices = z
  .object({
    served: z.number().int(),
    interruptions: z.number().int(),
    momentaryInterruptions: z.number().int(),
    minutes: z.number(),
    saidiMinutes: z.number(),
    saifi: z.number(),
    caidiMinutes: z.number().nullable(),
    maifi: z.number(),
    asai: z.number(),
  })
  .meta({ id: 'ReliabilityIndices' })

export const reportShape = {
  sustainedMinutes: z.number(),
  customers: indices.describe('Divided by LV customers served (户)'),
  transformers: indices.describe('Divided by MV customers served (中压用户: transformers)'),
  customersWithoutMajorEventDays: indices,
  majorEventDays: z.object({
    thresholdMinutes: z.number().nullable(),
    historyDays: z.number().int(),
    days: z.array(z.string()),
  }),
  officialAsai: z
    .object({ all: z.number(), own: z.number(), supplied: z.number() })
    .describe('供电可靠率 of MV customers: all, without external causes, without shortage'),
  units: z.array(z.object({ unit: z.string(), customers: indices, transformers: indices })),
}

/** What `app` answers to the route; the same shape as is sent. */
export type ReliabilityAnswer = z.output<z.ZodObject<typeof reportShape>>

/** What the route asks: a period, and the units that may be seen. */
export interface ReliabilityAsked {
  readonly from: InstantMs
  readonly to: InstantMs
  /** Absent: all. */
  readonly units: ReadonlySet<string> | undefined
}
