/** One feeder as a single-line diagram, with what the evidence makes of each of its devices. */
import { z } from 'zod'
import { formatInstant } from '../../facts/time.ts'
import { DEVICE_TYPES } from '../../grid/model.ts'
import { Problem } from '../problem.ts'
import { route } from '../route.ts'
import { idParams, instantOut } from '../schemas.ts'

const diagram = route({
  method: 'GET',
  path: '/api/v1/feeders/{id}/diagram',
  demand: 'incidents.evidence',
  summary: 'Single-line diagram of a feeder: positions of now, P(open) and P(dead) of each device',
  params: idParams,
  answers: {
    200: {
      description: 'Down to transformers; those above before those below',
      schema: z.object({
        asOf: instantOut,
        feeder: z.string(),
        devices: z.array(
          z.object({
            id: z.string(),
            type: z.enum(DEVICE_TYPES),
            name: z.string(),
            parent: z.string().nullable(),
            open: z.boolean(),
            normallyOpen: z.boolean(),
            customers: z.number().int(),
            probability: z.number().nullable().describe('P(open and nothing above open)'),
            dead: z.number().nullable().describe('P(no supply right below)'),
            fedFrom: z
              .string()
              .nullable()
              .describe('feeder that feeds it at present, where that is another'),
            feedsPartOf: z
              .string()
              .nullable()
              .describe('of a closed tie: feeder to which the part that it feeds belongs normally'),
          }),
        ),
        ties: z
          .array(
            z.object({
              id: z.string(),
              name: z.string(),
              parent: z.string().describe('the device of the list that feeds its near side'),
              feeder: z.string().nullable().describe('of the far side'),
            }),
          )
          .describe('normally open switches at its edge that stand open'),
      }),
    },
  },
  handle({ deps, scope, params }) {
    const index = deps.grid().feeders.findIndex(({ id }) => id === params.id)
    if (index < 0 || !scope.seesFeeder(index))
      throw new Problem('feeder.notFound', `no feeder ${params.id}`)
    return {
      json: {
        asOf: formatInstant(deps.now()),
        feeder: params.id,
        ...deps.diagram(index),
      },
    }
  },
})

export const feederRoutes = [diagram]
