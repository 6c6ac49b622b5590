/** The part of the service rules that is about complaints: days to answer, and which days are worked. */
import { z } from 'zod'
import { type ComplaintRules, dayOfDate } from '../engine/service/working-days.ts'

const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a date as "2026-10-01"')
  .refine((text) => !Number.isNaN(dayOfDate(text)), { message: 'there is no such date' })
const dates = z.array(date).refine((all) => new Set(all).size === all.length, {
  message: 'a date stands there twice',
})

const calendar = z
  .strictObject({
    weekend: z.array(z.number().int().min(1).max(7)).max(6),
    holidays: dates,
    workdays: dates,
  })
  .refine(({ holidays, workdays }) => !workdays.some((one) => holidays.includes(one)), {
    message: 'a date is both a holiday and worked',
  })

/** Rules of earlier versions do without: five days (domain.md §3.2), weekends alone. */
const USUAL: ComplaintRules = {
  answerDays: 5,
  calendar: { weekend: [6, 7], holidays: [], workdays: [] },
}

/** Member of `service` in `grading.yaml`. */
export const complaintRules = z
  .strictObject({ answerDays: z.number().int().min(1), calendar })
  .default(USUAL as { answerDays: number; calendar: z.infer<typeof calendar> })
