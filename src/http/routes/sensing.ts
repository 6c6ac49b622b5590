/** Own service indicators: lead over the first call, precision, time to publish, arrival, estimates. */
import { z } from 'zod'
import { formatInstant } from '../../facts/time.ts'
import { route } from '../route.ts'
import { id, instantIn, instantOut } from '../schemas.ts'
import { sensingShape } from '../sensing-shape.ts'
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
  }),
  answers: {
    200: {
      description: 'Null where there is nothing to divide by; P50 and P95 by nearest rank',
      schema: z.object({ from: instantOut, to: instantOut, asOf: instantOut, ...sensingShape }),
    },
  },
  async handle(call) {
    const { deps, query } = call
    const period = periodAsked(call)
    const answer = await deps.sensing({ ...period, units: unitsAsked(call, query.unit) })
    const [from, to] = [formatInstant(period.from), formatInstant(period.to)]
    return { json: { from, to, asOf: formatInstant(deps.now()), ...answer } }
  },
})

export const sensingRoutes = [sensing]
