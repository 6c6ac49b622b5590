/** A new grid for the running program: sent in parts, then applied; who asks sees how it goes. */
import { z } from 'zod'
import { formatInstant } from '../../facts/time.ts'
import { audited } from '../audited.ts'
import type { WaitingGrid } from '../grid-port.ts'
import { GRID_PART_BYTES } from '../limits.ts'
import { Problem } from '../problem.ts'
import { callerOf, route } from '../route.ts'
import { id, instantOut } from '../schemas.ts'

const waiting = z
  .object({
    digest: z.string(),
    by: z.string(),
    at: instantOut,
    moving: z.number().int().describe('feeders that another partition must judge first'),
    moves: z
      .array(z.object({ feeder: z.string(), from: z.number().int(), to: z.number().int() }))
      .describe('the first of them'),
    openIncidents: z.number().int().describe('that hold them, restored ones included'),
    holds: z
      .array(z.object({ by: z.string(), id: z.string() }))
      .describe('the first incidents, signs of an outage, call-reads and switches that hold them'),
    problem: z.string().nullable().describe('why waiting alone does not help'),
  })
  .meta({ id: 'GridWaiting' })

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
    waiting: waiting
      .nullable()
      .describe('comes into force by itself once nothing is open on the feeders it moves'),
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
    const { state, waiting } = deps.gridApply
    const shown = (one: WaitingGrid) => ({ ...one, at: formatInstant(one.at) })
    return {
      json: { inForce: { name, digest }, ...state, waiting: waiting && shown(waiting) },
    }
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

const cancel = route({
  method: 'DELETE',
  path: '/api/v1/grid/waiting',
  demand: 'grid.apply',
  summary: 'Take back the grid that waits until feeders may move between partitions',
  answers: {
    204: { description: 'Taken back; the grid in force goes on' },
    404: { description: 'None waits' },
  },
  async handle(call) {
    const { gridApply } = call.deps
    const digest = gridApply.waiting?.digest
    if (digest === undefined) throw new Problem('grid.notWaiting', 'no grid waits')
    await audited(call, 'grid.cancel', digest)
    if (!(await gridApply.cancel())) throw new Problem('grid.notWaiting', 'it comes into force now')
    return { status: 204 }
  },
})

export const gridRoutes = [look, part, apply, cancel]
