/** Messages that could not be used: listed with their reasons, and taken again. */
import { z } from 'zod'
import { QUARANTINE_REASONS } from '../../facts/facts.ts'
import { formatInstant } from '../../facts/time.ts'
import { audited } from '../audited.ts'
import { MAX_REPLAYED } from '../limits.ts'
import { REPLAY_REFUSALS } from '../quarantine-port.ts'
import { route } from '../route.ts'
import { instantOut, paging } from '../schemas.ts'

const position = z.number().int().positive()
const reason = z.enum(QUARANTINE_REASONS)

const list = route({
  method: 'GET',
  path: '/api/v1/quarantine',
  demand: 'quarantine.read',
  summary: 'Messages that were acknowledged and could not be used, newest first',
  query: z.object({
    reason: reason.optional(),
    replayed: z.stringbool().optional().describe('only those taken again, or only the others'),
    ...paging,
  }),
  answers: {
    200: {
      description: 'A page, and counts of all by reason',
      schema: z.object({
        asOf: instantOut,
        cursor: z.string().nullable(),
        counts: z.record(z.string(), z.number().int()),
        messages: z.array(
          z.object({
            position,
            receivedAt: instantOut,
            reason,
            terminal: z.string().nullable(),
            topic: z.string(),
            detail: z.string(),
            meter: z.string().nullable(),
            raw: z.string(),
            replayedAt: instantOut.nullable(),
          }),
        ),
      }),
    },
  },
  handle({ deps, query }) {
    const { limit, cursor, reason, replayed } = query
    const found = deps.records.quarantine({
      limit,
      ...(cursor === undefined ? {} : { cursor }),
      ...(reason === undefined ? {} : { reason }),
      ...(replayed === undefined ? {} : { replayed }),
    })
    return {
      json: {
        asOf: formatInstant(deps.now()),
        cursor: found.cursor,
        counts: found.counts,
        messages: found.rows.map((row) => ({
          position: row.position,
          receivedAt: formatInstant(row.receivedAt),
          reason: row.reason,
          terminal: row.terminal ?? null,
          topic: row.topic,
          detail: row.detail,
          meter: row.meter ?? null,
          raw: row.raw,
          replayedAt: row.replayedAt === null ? null : formatInstant(row.replayedAt),
        })),
      },
    }
  },
})

const replay = route({
  method: 'POST',
  path: '/api/v1/quarantine/replay',
  demand: 'quarantine.replay',
  summary: 'Take messages of the quarantine again, each once, as the grid of now reads them',
  body: z
    .strictObject({
      positions: z.array(position).min(1).max(MAX_REPLAYED).optional(),
      reason: reason.optional(),
      cursor: z.string().optional().describe('where the answer before ended, with a reason'),
    })
    .refine(({ positions, reason }) => (positions === undefined) !== (reason === undefined), {
      message: 'either positions or a reason',
    })
    .meta({ id: 'QuarantineReplayRequest' }),
  answers: {
    200: {
      description: 'What became of them; with a reason, `cursor` tells where to go on',
      schema: z.object({
        replayed: z.number().int(),
        already: z.number().int().describe('taken before'),
        refused: z.array(
          z.object({ position, reason: z.enum(REPLAY_REFUSALS), detail: z.string() }),
        ),
        cursor: z.string().nullable(),
      }),
    },
  },
  async handle(call) {
    const { positions, reason, cursor } = call.body
    const subject = reason ?? `${positions!.length} positions`
    await audited(call, 'quarantine.replay', subject, positions?.slice(0, 20).join(' '))
    const outcome = await call.deps.replayQuarantine({
      limit: MAX_REPLAYED,
      ...(positions === undefined ? {} : { positions }),
      ...(reason === undefined ? {} : { reason, replayed: false }),
      ...(cursor === undefined ? {} : { cursor }),
    })
    return { json: outcome }
  },
})

export const quarantineRoutes = [list, replay]
