/** Figures of now. */
import { z } from 'zod'
import { formatInstant } from '../../facts/time.ts'
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
        rules: z.object({ version: z.string(), digest: z.string() }),
        sockets: z.number().int(),
      }),
    },
  },
  handle({ deps }) {
    const { name, digest } = deps.grid()
    const rules = deps.rules()
    return {
      json: {
        ...deps.status(),
        asOf: formatInstant(deps.now()),
        version: deps.version,
        ready: deps.health().ready,
        grid: { name, digest },
        rules: { version: rules.version, digest: rules.digest },
        sockets: deps.live.sockets,
      },
    }
  },
})

export const statusRoutes = [status]
