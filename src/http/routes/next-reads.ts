/** What the program would ask next about an incident, and what it expects of the answers. */
import { z } from 'zod'
import { formatInstant } from '../../facts/time.ts'
import { OBSERVER_CLASSES } from '../../grid/model.ts'
import { NEXT_READS_STATES } from '../next-reads-port.ts'
import { route } from '../route.ts'
import { idParams, instantOut } from '../schemas.ts'
import { incidentFor } from './incidents.ts'

const nextReads = route({
  method: 'GET',
  path: '/api/v1/incidents/{id}/next-reads',
  demand: 'incidents.evidence',
  summary: 'Whom the next round of call-reads would ask, and how much each answer would tell',
  params: idParams,
  answers: {
    200: {
      description: 'Those who would tell most first',
      schema: z.object({
        asOf: instantOut,
        state: z
          .enum(NEXT_READS_STATES)
          .describe('waiting: answers are awaited; off: nobody is asked; over: nothing follows'),
        round: z.number().int(),
        reads: z.array(
          z.object({
            observer: z.string(),
            class: z.enum(OBSERVER_CLASSES),
            terminal: z.string(),
            gainBits: z.number().nullable().describe('null: wanted as a second source'),
          }),
        ),
      }),
    },
  },
  handle(call) {
    const { deps } = call
    const { id } = incidentFor(call, call.params.id)
    return { json: { asOf: formatInstant(deps.now()), ...deps.nextReads(id) } }
  },
})

export const nextReadsRoutes = [nextReads]
