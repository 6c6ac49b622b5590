/** Terminals and meters: their links, what was learned of them, and a fresh start for one of them. */
import { z } from 'zod'
import type { Fact } from '../../facts/facts.ts'
import type { ObserverId } from '../../facts/ids.ts'
import { formatInstant } from '../../facts/time.ts'
import { OBSERVER_CLASSES } from '../../grid/model.ts'
import { audited } from '../audited.ts'
import { MAX_TERMINALS_SCANNED } from '../limits.ts'
import { homeFeederOf } from '../map/home.ts'
import { Problem } from '../problem.ts'
import { type Call, callerOf, route } from '../route.ts'
import { idParams, instantOut, paging } from '../schemas.ts'

const count = z.number().int()

/** What closed incidents taught of an observer. */
export const reliabilitySchema = z
  .object({
    delivery: z.number().describe('P(an off arrives), of its class and its own outages together'),
    outagesHeard: count.describe('of the last ones, at most 15'),
    outagesMissed: count,
    late: z.boolean().describe('most of its last offs came later than is usual for its class'),
    falseReports: count,
    clockCorrectionMs: count.describe('added to its times'),
  })
  .meta({ id: 'Reliability' })

const terminals = route({
  method: 'GET',
  path: '/api/v1/terminals',
  demand: 'terminals.read',
  summary: 'Terminals and meters of the grid: their link, and what was learned of them',
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
            reliability: reliabilitySchema.nullable(),
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
        reliability: known?.reliability ?? null,
      })
    }
    const cursor = index < observers.ids.count ? String(index) : null
    return { json: { asOf: formatInstant(deps.now()), cursor, terminals: found } }
  },
})

const accepted = {
  200: { description: 'Recorded', schema: z.object({ position: count }) },
}

/** The fact is appended where the caller may see the terminal; others are not told that it exists. */
async function appended(call: Call<{ id: string }>, factOf: (id: ObserverId, by: string) => Fact) {
  const { deps, scope, params } = call
  const grid = deps.grid()
  const index = grid.observers.ids.indexOf(params.id)
  if (index < 0 || !scope.seesFeeder(homeFeederOf(grid, index)))
    throw new Problem('terminal.notFound', `no terminal or meter ${params.id}`)
  const fact = factOf(params.id as ObserverId, callerOf(call).account)
  await audited(call, `terminal.${fact.type}`, params.id)
  return { json: { position: await deps.facts.append(fact) } }
}

const reset = route({
  method: 'POST',
  path: '/api/v1/terminals/{id}/reset',
  demand: 'terminals.reset',
  summary: 'Forget what was learned of the reliability and clock of a terminal or meter',
  params: idParams,
  answers: accepted,
  handle: (call) =>
    appended(call, (terminal, by) => ({
      type: 'reliabilityReset',
      receivedAt: call.deps.now(),
      terminal,
      by,
    })),
})

const replaced = route({
  method: 'POST',
  path: '/api/v1/terminals/{id}/replaced',
  demand: 'terminals.replace',
  summary: 'A terminal or meter was exchanged: its counters begin anew',
  params: idParams,
  answers: accepted,
  handle: (call) =>
    appended(call, (meter, by) => ({
      type: 'meterReplaced',
      receivedAt: call.deps.now(),
      meter,
      by,
    })),
})

export const terminalRoutes = [terminals, reset, replaced]
