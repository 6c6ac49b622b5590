/** Lists of frequent outages (频繁停电) and of warnings, by usage point or transformer area. */
import { z } from 'zod'
import { formatInstant } from '../../facts/time.ts'
import { csvOf } from '../csv.ts'
import { FREQUENT_CATEGORIES, type FrequentRow, frequentRowSchema } from '../frequent-shape.ts'
import { Problem } from '../problem.ts'
import { route } from '../route.ts'
import { id, instantOut, paging } from '../schemas.ts'
import { unitsAsked } from './reliability.ts'

const frequent = route({
  method: 'GET',
  path: '/api/v1/reports/frequent',
  demand: 'reports.read',
  summary: 'Who was without supply too often (频繁停电), and who is about to be',
  query: z.object({
    of: z.enum(['usagePoints', 'areas']).default('areas'),
    category: z.enum(FREQUENT_CATEGORIES).optional(),
    unit: id.optional(),
    withoutDamage: z
      .enum(['true', 'false'])
      .default('false')
      .describe('leave out what other people broke (外力破坏)'),
    format: z.enum(['json', 'csv']).default('json'),
    ...paging,
  }),
  answers: {
    200: {
      description:
        'A page in the order of the network; `format=csv` gives a table, its cursor in `x-cursor`. Made anew every ten minutes',
      schema: z.object({
        asOf: instantOut,
        cursor: z.string().nullable(),
        majorEventDays: z.array(z.string()).describe('what began on these days is not counted'),
        rows: z.array(frequentRowSchema),
      }),
    },
  },
  async handle(call) {
    const { deps, query } = call
    const { of, category, format, limit } = query
    const answer = await deps.frequent({
      ...{ of, category, limit },
      units: unitsAsked(call, query.unit),
      withoutDamage: query.withoutDamage === 'true',
      after: query.cursor === undefined ? -1 : placeOf(query.cursor),
    })
    const cursor = answer.next === null ? null : cursorOf(answer.next)
    if (format === 'csv')
      return {
        bytes: csvOf(COLUMNS, answer.rows.map(cellsOf)),
        contentType: 'text/csv; charset=utf-8',
        headers: {
          'content-disposition': 'attachment; filename="frequent.csv"',
          ...(cursor === null ? {} : { 'x-cursor': cursor }),
        },
      }
    const { asOf, majorEventDays, rows } = answer
    return {
      json: {
        asOf: formatInstant(asOf),
        cursor,
        majorEventDays,
        rows: rows.map((row) => ({
          ...row,
          lastFrom: row.lastFrom === null ? null : formatInstant(row.lastFrom),
        })),
      },
    }
  },
})

const COLUMNS = [
  'id',
  'unit',
  'feeder',
  'category',
  'rule',
  'yearCount',
  'last60Days',
  'last50Days',
  'last30Days',
  'plannedYearCount',
  'mainCause',
  'lastFrom',
  'customers',
] as const

const cellsOf = (row: FrequentRow) =>
  COLUMNS.map((column) =>
    column === 'lastFrom' && row.lastFrom !== null ? formatInstant(row.lastFrom) : row[column],
  )

const cursorOf = (place: number) => Buffer.from(`frequent:${place}`).toString('base64url')

/** @throws Problem for any other text */
function placeOf(cursor: string): number {
  const match = /^frequent:(-?\d{1,12})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'))
  if (!match || cursorOf(Number(match[1])) !== cursor)
    throw new Problem('request.invalid', 'query.cursor: not a cursor of this list')
  return Number(match[1])
}

export const frequentRoutes = [frequent]
