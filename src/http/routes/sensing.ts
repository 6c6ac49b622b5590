/** Own service indicators: lead over the first call, precision, time to publish, arrival, estimates. */
import { z } from 'zod'
import { formatInstant } from '../../facts/time.ts'
import { route } from '../route.ts'
import { id, instantIn, instantOut } from '../schemas.ts'
import { arrivalsOf, sensingShape, TIME_STEPS } from '../sensing-shape.ts'
import { periodAsked, unitsAsked } from './reliability.ts'

const sensing = route({
  method: 'GET',
  path: '/api/v1/reports/sensing',
  demand: 'reports.read',
  summary: 'How well outages were sensed, told and attended to, by the incidents that began then',
  query: z.object({
    from: instantIn.optional().describe('Default: 30 days before `to`'),
    to: instantIn.optional().describe('Default: now'),
    unit: id.optional(),
    by: z.enum(TIME_STEPS).optional().describe('Also arrivals by local hour or day'),
  }),
  answers: {
    200: {
      description: 'Null where there is nothing to divide by; P50 and P95 by nearest rank',
      schema: z.object({
        ...{ from: instantOut, to: instantOut, asOf: instantOut, ...sensingShape },
        arrivalsByTime: z
          .array(arrivalsOf(instantOut))
          .optional()
          .describe(
            'With `by`: by when the incident began; times in which none was due are left out',
          ),
      }),
    },
  },
  async handle(call) {
    const { deps, query } = call
    const period = periodAsked(call)
    const units = unitsAsked(call, query.unit)
    const { arrivalsByTime, ...answer } = await deps.sensing({ ...period, units, by: query.by })
    const [from, to] = [formatInstant(period.from), formatInstant(period.to)]
    const times = arrivalsByTime?.map((one) => ({ ...one, from: formatInstant(one.from) }))
    return {
      json: {
        ...{ from, to, asOf: formatInstant(deps.now()), ...answer },
        ...(times && { arrivalsByTime: times }),
      },
    }
  },
})

export const sensingRoutes = [sensing]
