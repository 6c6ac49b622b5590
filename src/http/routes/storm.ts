/** Storm mode by a person's word: a fact, in force until a person gives it back to the rule. */
import { z } from 'zod'
import { STORM_MODES } from '../../facts/storm.ts'
import { audited } from '../audited.ts'
import { callerOf, route } from '../route.ts'
import { code } from '../schemas.ts'

const order = route({
  method: 'POST',
  path: '/api/v1/storm-mode',
  demand: 'storm.order',
  summary: 'Storm mode on, off, or as the rule says',
  body: z
    .strictObject({ mode: z.enum(STORM_MODES), reasonCode: code.optional() })
    .meta({ id: 'StormModeRequest' }),
  answers: {
    200: { description: 'Recorded', schema: z.object({ mode: z.enum(STORM_MODES) }) },
  },
  async handle(call) {
    const { deps, body } = call
    const { mode, reasonCode } = body
    const { account: by, role } = callerOf(call)
    await audited(call, 'storm.order', mode, reasonCode)
    await deps.facts.append({
      type: 'stormMode',
      receivedAt: deps.now(),
      mode,
      by,
      role,
      ...(reasonCode === undefined ? {} : { reasonCode }),
    })
    return { json: { mode } }
  },
})

export const stormRoutes = [order]
