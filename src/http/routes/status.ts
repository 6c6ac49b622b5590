/** Figures of now. */
import { z } from 'zod'
import { SHARE_LEVELS } from '../../engine/summary/state.ts'
import { formatInstant } from '../../facts/time.ts'
import { route } from '../route.ts'
import { figures, instantOut } from '../schemas.ts'

/** Above 1 where the rules name fewer customers than the grid has. */
const share = z.number().min(0)
const citySchema = z
  .object({
    city: z.string(),
    level: z.enum(['none', 'warning', ...SHARE_LEVELS]),
    suspected: z.literal(true),
    share: share.describe('of customers'),
    customersOut: z.number().int(),
    customers: z.number().int(),
    loadShare: share.nullable().describe('减供负荷, by rated capacity; null where none is known'),
    ratedKvaOut: z.number(),
    ratedKva: z.number(),
  })
  .meta({ id: 'CityShare' })

const status = route({
  method: 'GET',
  path: '/api/v1/status',
  demand: 'status.read',
  summary: 'Live shares and counts',
  answers: {
    200: {
      description: 'The figures of now',
      schema: figures.extend({
        asOf: instantOut,
        version: z.string(),
        ready: z.boolean(),
        grid: z.object({ name: z.string(), digest: z.string() }),
        gridWaiting: z
          .object({
            digest: z.string(),
            moving: z.number().int().describe('feeders that another partition must judge first'),
            openIncidents: z.number().int().describe('that hold them'),
          })
          .nullable()
          .describe('a grid that comes into force by itself; `GET /api/v1/grid` says more'),
        rules: z.object({ version: z.string(), digest: z.string() }),
        sockets: z.number().int(),
        cities: z
          .array(citySchema)
          .describe('shares under Order 599: suspected, to be settled by the emergency plan'),
      }),
    },
  },
  handle({ deps }) {
    const { name, digest } = deps.grid()
    const rules = deps.rules()
    const { waiting } = deps.gridApply
    return {
      json: {
        ...deps.status(),
        asOf: formatInstant(deps.now()),
        version: deps.version,
        ready: deps.health().ready,
        grid: { name, digest },
        gridWaiting: waiting && {
          digest: waiting.digest,
          moving: waiting.moving,
          openIncidents: waiting.openIncidents,
        },
        rules: { version: rules.version, digest: rules.digest },
        sockets: deps.live.sockets,
        cities: deps.cities().map((figures) => ({ ...figures, suspected: true as const })),
      },
    }
  },
})

export const statusRoutes = [status]
