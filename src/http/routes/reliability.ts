/** The reliability report: SAIDI, SAIFI, CAIDI, MAIFI and ASAI, both denominators named. */
import { z } from 'zod'
import { formatInstant } from '../../facts/time.ts'
import { unitsBelow } from '../../grid/unit-tree.ts'
import { MAX_REPORT_DAYS } from '../limits.ts'
import { Problem } from '../problem.ts'
import { type ReliabilityAnswer, reportShape } from '../reliability-shape.ts'
import { callerOf, route } from '../route.ts'
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
    const { deps, scope, query } = call
    const { unit, format } = query
    const to = query.to ?? deps.now()
    const from = query.from ?? to - DEFAULT_DAYS * DAY_MS
    if (from >= to) throw new Problem('request.invalid', 'query.to: not after query.from')
    if (to - from > MAX_REPORT_DAYS * DAY_MS)
      throw new Problem('request.invalid', `query.to: more than ${MAX_REPORT_DAYS} days after from`)
    callerOf(call)
    const report = await deps.reliability({ from, to, units: unitsAsked(call, unit, scope.units) })
    if (format === 'csv')
      return { bytes: csvOf(report), contentType: 'text/csv; charset=utf-8', headers: ATTACHMENT }
    const period = { from: formatInstant(from), to: formatInstant(to) }
    return { json: { ...period, asOf: formatInstant(deps.now()), ...report } }
  },
})

const ATTACHMENT = { 'content-disposition': 'attachment; filename="reliability.csv"' }

function unitsAsked(
  { deps, scope }: Parameters<typeof reliability.handle>[0],
  unit: string | undefined,
  seen: ReadonlySet<string> | undefined,
): ReadonlySet<string> | undefined {
  if (unit === undefined) return seen
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
function csvOf(report: ReliabilityAnswer): string {
  const rows = [{ unit: '', ...report }, ...report.units].flatMap((one) =>
    (['customers', 'transformers'] as const).map((of) =>
      [one.unit || 'all', of, ...COLUMNS.map((column) => one[of][column] ?? '')].join(','),
    ),
  )
  return `${[['unit', 'countedOf', ...COLUMNS].join(','), ...rows].join('\r\n')}\r\n`
}

export const reliabilityRoutes = [reliability]
