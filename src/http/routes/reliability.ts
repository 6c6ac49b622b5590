/** The reliability report: SAIDI, SAIFI, CAIDI, MAIFI and ASAI, both denominators named. */
import { z } from 'zod'
import { formatInstant, type InstantMs } from '../../facts/time.ts'
import { unitsBelow } from '../../grid/unit-tree.ts'
import { csvOf } from '../csv.ts'
import { MAX_REPORT_DAYS } from '../limits.ts'
import { Problem } from '../problem.ts'
import { type ReliabilityAnswer, reportShape } from '../reliability-shape.ts'
import { type Call, callerOf, route } from '../route.ts'
import { id, instantIn, instantOut } from '../schemas.ts'

const DAY_MS = 86_400_000
/** A month, as monthly reports have it. */
const DEFAULT_DAYS = 30

const reliability = route({
  method: 'GET',
  path: '/api/v1/reports/reliability',
  demand: 'reports.read',
  summary: 'SAIDI, SAIFI, CAIDI, MAIFI, ASAI of a period by unit, from the interruptions alone',
  query: z.object({
    from: instantIn.optional().describe('Default: 30 days before `to`'),
    to: instantIn.optional().describe('Default: now'),
    unit: id.optional(),
    format: z.enum(['json', 'csv']).default('json'),
  }),
  answers: {
    200: {
      description:
        'Interruptions count where they began, minutes where they passed; `format=csv` gives a table',
      schema: z.object({
        from: instantOut,
        to: instantOut,
        asOf: instantOut,
        ...reportShape,
      }),
    },
  },
  async handle(call) {
    const { deps, query } = call
    const { unit, format } = query
    const { from, to } = periodAsked(call)
    callerOf(call)
    const report = await deps.reliability({ from, to, units: unitsAsked(call, unit) })
    if (format === 'csv')
      return { bytes: tableOf(report), contentType: 'text/csv; charset=utf-8', headers: ATTACHMENT }
    const period = { from: formatInstant(from), to: formatInstant(to) }
    return { json: { ...period, asOf: formatInstant(deps.now()), ...report } }
  },
})

const ATTACHMENT = { 'content-disposition': 'attachment; filename="reliability.csv"' }

/** The period of a report. @throws Problem where it is none, or longer than a year */
export function periodAsked({
  deps,
  query,
}: Call<unknown, { from?: InstantMs | undefined; to?: InstantMs | undefined }>) {
  const to = query.to ?? deps.now()
  const from = query.from ?? to - DEFAULT_DAYS * DAY_MS
  if (from >= to) throw new Problem('request.invalid', 'query.to: not after query.from')
  if (to - from > MAX_REPORT_DAYS * DAY_MS)
    throw new Problem('request.invalid', `query.to: more than ${MAX_REPORT_DAYS} days after from`)
  return { from, to }
}

/** Units of a report: those seen, or the one asked for with those below it. @throws Problem */
export function unitsAsked(
  { deps, scope }: Pick<Call, 'deps' | 'scope'>,
  unit: string | undefined,
): ReadonlySet<string> | undefined {
  if (unit === undefined) return scope.units
  if (!scope.seesUnit(unit)) throw new Problem('auth.forbidden', `not a unit of yours: ${unit}`)
  return unitsBelow(deps.grid(), [unit])
}

const COLUMNS = [
  'served',
  'interruptions',
  'momentaryInterruptions',
  'minutes',
  'saidiMinutes',
  'saifi',
  'caidiMinutes',
  'maifi',
  'asai',
] as const

/** One row a unit and denominator, all units first. */
function tableOf(report: ReliabilityAnswer): string {
  const rows = [{ unit: '', ...report }, ...report.units].flatMap((one) =>
    (['customers', 'transformers'] as const).map((of) => [
      one.unit || 'all',
      of,
      ...COLUMNS.map((column) => one[of][column]),
    ]),
  )
  return csvOf(['unit', 'countedOf', ...COLUMNS], rows)
}

export const reliabilityRoutes = [reliability]
