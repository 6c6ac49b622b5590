/** How good estimates of restoration were: the program's own, and the field's. */
import { z } from 'zod'
import { LEVELS } from '../../engine/changes.ts'
import type { EtrOutcomeChange } from '../../engine/repair/etr-outcome.ts'
import { formatInstant } from '../../facts/time.ts'
import { MAX_ETR_OUTCOMES, MAX_REPORT_DAYS } from '../limits.ts'
import { Problem } from '../problem.ts'
import { route } from '../route.ts'
import { instantIn, instantOut } from '../schemas.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const DEFAULT_DAYS = 30
/** The field's word counts as kept within half an hour (`domain.md` §7). */
const KEPT_MS = 30 * MINUTE_MS

const figure = z.number().nullable().describe('null where there is nothing to measure')
const measured = z.object({
  outages: z.number().int(),
  inside: figure.describe('share of restorations within the range'),
  late: figure.describe('share after its end'),
  medianErrorMinutes: figure.describe('from the middle of the range'),
})

const report = route({
  method: 'GET',
  path: '/api/v1/reports/etr',
  demand: 'reports.read',
  summary: 'How good the estimates of restoration were, over the outages that ended in a period',
  query: z.object({ from: instantIn.optional(), to: instantIn.optional() }),
  answers: {
    200: {
      description: 'Default: the last 30 days. `nominal` is what the range was made to hold',
      schema: z.object({
        from: instantOut,
        to: instantOut,
        asOf: instantOut,
        nominal: z.number(),
        estimated: measured,
        byLevel: z.array(measured.extend({ level: z.enum(LEVELS) })),
        field: z.object({
          outages: z.number().int(),
          keptWithin30Minutes: figure,
          medianErrorMinutes: figure,
        }),
        truncated: z.boolean(),
      }),
    },
  },
  handle({ deps, scope, query }) {
    const to = query.to ?? deps.now()
    const from = query.from ?? to - DEFAULT_DAYS * DAY_MS
    if (from >= to || to - from > MAX_REPORT_DAYS * DAY_MS)
      throw new Problem('request.invalid', `from: before to, at most ${MAX_REPORT_DAYS} days`)
    const found = deps.repair.etrOutcomes(from, to, MAX_ETR_OUTCOMES)
    const outcomes = found.filter(({ unit }) => scope.seesUnit(unit))
    const field = outcomes.flatMap(({ field: word, restoredAt }) =>
      word ? [Math.abs(restoredAt - word.etr)] : [],
    )
    return {
      json: {
        from: formatInstant(from),
        to: formatInstant(to),
        asOf: formatInstant(deps.now()),
        nominal: deps.repair.etrNominal(),
        estimated: measure(outcomes),
        byLevel: LEVELS.map((level) => ({
          level,
          ...measure(outcomes.filter((one) => one.level === level)),
        })).filter(({ outages }) => outages > 0),
        field: {
          outages: field.length,
          keptWithin30Minutes: shareOf(field, (error) => error <= KEPT_MS),
          medianErrorMinutes: medianMinutes(field),
        },
        truncated: found.length === MAX_ETR_OUTCOMES,
      },
    }
  },
})

function measure(outcomes: readonly EtrOutcomeChange[]) {
  const said = outcomes.flatMap(({ estimate, restoredAt }) =>
    estimate ? [{ ...estimate, restoredAt }] : [],
  )
  return {
    outages: said.length,
    inside: shareOf(said, ({ start, end, restoredAt }) => restoredAt >= start && restoredAt <= end),
    late: shareOf(said, ({ end, restoredAt }) => restoredAt > end),
    medianErrorMinutes: medianMinutes(said.map((one) => Math.abs(one.restoredAt - one.middle))),
  }
}

function shareOf<Item>(items: readonly Item[], holds: (item: Item) => boolean): number | null {
  return items.length === 0 ? null : items.filter(holds).length / items.length
}

function medianMinutes(errors: readonly number[]): number | null {
  const sorted = errors.toSorted((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)]
  return middle === undefined ? null : Math.round(middle / MINUTE_MS)
}

export const etrRoutes = [report]
