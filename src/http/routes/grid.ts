/** A new grid for the running program: sent in parts, then applied; who asks sees how it goes. */
import { z } from 'zod'
import { audited } from '../audited.ts'
import { GRID_PART_BYTES } from '../limits.ts'
import { Problem } from '../problem.ts'
import { callerOf, route } from '../route.ts'
import { id } from '../schemas.ts'

const state = z
  .object({
    inForce: z.object({ name: z.string(), digest: z.string() }),
    upload: z.string().nullable(),
    stage: z.enum(['receiving', 'checking', 'applying']).nullable(),
    receivedBytes: z.number().int(),
    last: z
      .looseObject({ upload: z.string(), applied: z.boolean() })
      .nullable()
      .describe('what became of the last grid; where refused, `code` and `detail` name the place'),
  })
  .meta({ id: 'GridApplying' })

const look = route({
  method: 'GET',
  path: '/api/v1/grid',
  demand: 'status.read',
  summary: 'The grid in force, and the one that is being applied',
  answers: { 200: { description: 'As of now', schema: state } },
  handle({ deps }) {
    const { name, digest } = deps.grid()
    return { json: { inForce: { name, digest }, ...deps.gridApply.state } }
  },
})

const part = route({
  method: 'POST',
  path: '/api/v1/grid/parts',
  demand: 'grid.apply',
  summary: 'A part of a grid file; one at offset 0 begins anew',
  query: z.object({ upload: id, offset: z.coerce.number().int().min(0) }),
  binaryUpTo: GRID_PART_BYTES,
  answers: {
    200: {
      description: 'How much there is now',
      schema: z.object({ receivedBytes: z.number().int() }),
    },
    409: { description: 'Not where the last part ended' },
  },
  handle({ deps, query, request }) {
    if (!Buffer.isBuffer(request.body))
      throw new Problem('request.mediaType', 'send application/octet-stream')
    const { upload, offset } = query
    return { json: { receivedBytes: deps.gridApply.receive(upload, offset, request.body) } }
  },
})

const apply = route({
  method: 'POST',
  path: '/api/v1/grid',
  demand: 'grid.apply',
  summary: 'Check, compile and apply the grid whose parts were sent',
  body: z
    .strictObject({
      upload: id,
      ending: z.enum(['.json', '.jsonl', '.json.gz', '.jsonl.gz']),
    })
    .meta({ id: 'GridRequest' }),
  answers: {
    202: {
      description: 'Begun; `GET /api/v1/grid` says how it goes',
      schema: z.object({ upload: z.string() }),
    },
  },
  async handle(call) {
    const { upload, ending } = call.body
    await audited(call, 'grid.apply', upload, ending)
    call.deps.gridApply.apply(upload, ending, callerOf(call).account)
    return { status: 202, json: { upload } }
  },
})

export const gridRoutes = [look, part, apply]
