/** Figures of now, messages that could not be used, and terminals. */
import { z } from 'zod'
import { QUARANTINE_REASONS } from '../../facts/facts.ts'
import { formatInstant } from '../../facts/time.ts'
import { OBSERVER_CLASSES } from '../../grid/model.ts'
import { MAX_TERMINALS_SCANNED } from '../limits.ts'
import { homeFeederOf } from '../map/home.ts'
import { Problem } from '../problem.ts'
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

const terminals = route({
  method: 'GET',
  path: '/api/v1/terminals',
  demand: 'terminals.read',
  summary: 'Terminals and meters of the grid, with their link where known',
  query: z.object({ class: z.enum(OBSERVER_CLASSES).optional(), ...paging }),
  answers: {
    200: {
      description: 'A page; `cursor` is null on the last',
      schema: z.object({
        asOf: instantOut,
        cursor: z.string().nullable(),
        terminals: z.array(
          z.object({
            id: z.string(),
            class: z.enum(OBSERVER_CLASSES),
            via: z.string().nullable(),
            feeder: z.string().nullable(),
            link: z.enum(['online', 'offline']).nullable(),
            lastHeardAt: instantOut.nullable(),
          }),
        ),
      }),
    },
  },
  handle({ deps, scope, query }) {
    const grid = deps.grid()
    const { observers } = grid
    const start = query.cursor === undefined ? 0 : Number(query.cursor)
    if (!Number.isSafeInteger(start) || start < 0)
      throw new Problem('request.invalid', 'query.cursor: not a cursor of this list')
    const wanted = query.class === undefined ? -1 : OBSERVER_CLASSES.indexOf(query.class)
    const end = Math.min(observers.ids.count, start + MAX_TERMINALS_SCANNED)
    const found: unknown[] = []
    let index = start
    for (; index < end && found.length < query.limit; index++) {
      if (wanted >= 0 && observers.class[index] !== wanted) continue
      const feeder = homeFeederOf(grid, index)
      if (!scope.seesFeeder(feeder)) continue
      const id = observers.ids.idOf(index)
      const via = observers.via[index]!
      const known = deps.terminal?.(id)
      found.push({
        id,
        class: OBSERVER_CLASSES[observers.class[index]!],
        via: via < 0 ? null : observers.ids.idOf(via),
        feeder: grid.feeders[feeder]?.id ?? null,
        link: known?.link ?? null,
        lastHeardAt: known?.lastHeardAt == null ? null : formatInstant(known.lastHeardAt),
      })
    }
    const cursor = index < observers.ids.count ? String(index) : null
    return { json: { asOf: formatInstant(deps.now()), cursor, terminals: found } }
  },
})

export const statusRoutes = [status, quarantine, terminals]
