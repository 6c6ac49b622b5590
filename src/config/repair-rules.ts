/** The part of the service rules that is about repairs: crews, estimates, service levels. */
import { z } from 'zod'
import { SERVICE_REASONS, type ServiceReason } from '../engine/vocabulary.ts'

const rate = z.number().positive()
const share = z.number().gt(0).lt(1)
const grade = z.literal([1, 2, 3, 4])

/** Members of `service` in `grading.yaml`. */
export const repairRules = {
  groupRestoreHours: rate,
  // Rules of earlier versions do without these two.
  urges: z
    .strictObject({ mostOfACustomer: z.number().int().min(1), raiseFrom: z.number().int().min(1) })
    .default({ mostOfACustomer: 2, raiseFrom: 2 }),
  etrPassedMinutes: z
    .tuple([z.number().min(0), rate, rate])
    .refine(([one, two, three]) => one < two && two < three, {
      message: 'expected minutes that rise from level 1 to level 3',
    })
    .default([0, 30, 60]),
  arrival: z.strictObject({
    metres: rate,
    standMinutes: rate,
    gapMinutes: rate,
    everySeconds: rate,
  }),
  etr: z.strictObject({
    quantiles: z
      .strictObject({ start: share, middle: share, end: share })
      .refine(({ start, middle, end }) => start < middle && middle < end, {
        message: 'expected shares that rise from start to end',
      }),
    usualHours: z.strictObject({
      high: z.strictObject({ urban: rate, rural: rate, remote: rate }),
      transformer: rate,
      low: rate,
    }),
    curve: z
      .array(z.tuple([share, rate]))
      .min(2)
      .refine(
        (points) =>
          points.every(
            ([part, multiple], i) =>
              i === 0 || (part > points[i - 1]![0] && multiple > points[i - 1]![1]),
          ),
        { message: 'expected shares and multiples that rise' },
      ),
    priorWeight: rate,
    mostCounted: z.number().int().min(16),
  }),
  serviceLevel: z.strictObject({
    raisesFrom: grade,
    levels: z.strictObject(
      Object.fromEntries(SERVICE_REASONS.map((reason) => [reason, grade])) as Record<
        ServiceReason,
        typeof grade
      >,
    ),
    urgesFrom: z.number().int().min(1),
    publicOpinionDays: rate,
  }),
}
