/** Figures of now, and messages that could not be used. */
import { z } from 'zod'
import { QUARANTINE_REASONS } from '../../facts/facts.ts'
import { formatInstant } from '../../facts/time.ts'
import { route } from '../route.ts'
import { figures, instantOut, paging } from '../schemas.ts'

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

const quarantine = route({
  method: 'GET',
  path: '/api/v1/quarantine',
  demand: 'quarantine.read',
  summary: 'Messages that were acknowledged and could not be used, newest first',
  query: z.object({ reason: z.enum(QUARANTINE_REASONS).optional(), ...paging }),
  answers: {
    200: {
      description: 'A page, and counts of all by reason',
      schema: z.object({
        asOf: instantOut,
        cursor: z.string().nullable(),
        counts: z.record(z.string(), z.number().int()),
        messages: z.array(
          z.object({
            position: z.number().int(),
            receivedAt: instantOut,
            reason: z.enum(QUARANTINE_REASONS),
            terminal: z.string().nullable(),
            topic: z.string(),
            detail: z.string(),
            meter: z.string().nullable(),
            raw: z.string(),
          }),
        ),
      }),
    },
  },
  handle({ deps, query }) {
    const { limit, cursor, reason } = query
    const found = deps.records.quarantine({
      limit,
      ...(cursor === undefined ? {} : { cursor }),
      ...(reason === undefined ? {} : { reason }),
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
        })),
      },
    }
  },
})

export const statusRoutes = [status, quarantine]
