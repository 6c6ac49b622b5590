/** Terminals that chatter (频繁上报), the noisiest first, beside the online share of their class. */
import { z } from 'zod'
import { formatInstant } from '../../facts/time.ts'
import { OBSERVER_CLASSES } from '../../grid/model.ts'
import { homeFeederOf } from '../map/home.ts'
import { route } from '../route.ts'
import { instantOut, paging } from '../schemas.ts'
import { reliabilitySchema } from './terminals.ts'

const count = z.number().int()

const noisy = route({
  method: 'GET',
  path: '/api/v1/terminals/noisy',
  demand: 'terminals.read',
  summary: 'Terminals or meters of a class whose last statements came within an hour (频繁上报)',
  query: z.object({
    class: z.enum(OBSERVER_CLASSES).default('concentrator'),
    limit: paging.limit,
  }),
  answers: {
    200: {
      description: 'The noisiest first, and how many of the class are linked',
      schema: z.object({
        asOf: instantOut,
        class: z.enum(OBSERVER_CLASSES),
        terminals: count.describe('of the class, in the units that may be seen'),
        online: count,
        offline: count.describe('of the others nothing was heard about their link'),
        noisy: z.array(
          z.object({
            id: z.string(),
            feeder: z.string().nullable(),
            link: z.enum(['online', 'offline']).nullable(),
            statements: count.describe('its latest statements of on or off'),
            spanSeconds: count.describe('between the first and the last of them'),
            lastAt: instantOut,
            alternating: z.boolean().describe('on and off in turn; else the same again'),
            besides: count.describe('other noisy ones on its feeder: then the line may flap'),
            reliability: reliabilitySchema.nullable(),
          }),
        ),
      }),
    },
  },
  async handle({ deps, scope, query }) {
    const grid = deps.grid()
    const { noisy: found, ...counts } = await deps.noisyTerminals({
      class: OBSERVER_CLASSES.indexOf(query.class),
      limit: query.limit,
      feederOf: (observer) => homeFeederOf(grid, observer),
      sees: (feeder) => scope.seesFeeder(feeder),
    })
    return {
      json: {
        asOf: formatInstant(deps.now()),
        class: query.class,
        ...counts,
        noisy: found.map(({ observer, spanMs, lastAt, ...rest }) => {
          const id = grid.observers.ids.idOf(observer)
          const known = deps.terminal?.(id)
          return {
            ...rest,
            id,
            feeder: grid.feeders[homeFeederOf(grid, observer)]?.id ?? null,
            link: known?.link ?? null,
            spanSeconds: Math.round(spanMs / 1000),
            lastAt: formatInstant(lastAt),
            reliability: known?.reliability ?? null,
          }
        }),
      },
    }
  },
})

export const noisyRoutes = [noisy]
