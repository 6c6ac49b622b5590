/** Figures of now. */
import { z } from 'zod'
import { formatInstant } from '../../facts/time.ts'
import { citySchema } from '../city-shape.ts'
import { route } from '../route.ts'
import { figures, instantOut } from '../schemas.ts'

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
        cities: deps.cities().map((city) => ({
          ...city,
          units: [...city.units],
          suspected: true as const,
        })),
      },
    }
  },
})

export const statusRoutes = [status]
