/** Incidents: the list, one of them, and its history. */
import { z } from 'zod'
import type { Incident } from '../../engine/changes.ts'
import { toIncidentView, withoutEvidence } from '../../engine/incident-view.ts'
import type { JournalledFact, Position } from '../../facts/facts.ts'
import { formatInstant } from '../../facts/time.ts'
import { unitsBelow } from '../../grid/unit-tree.ts'
import { MAX_TIMELINE_CHANGES, MAX_TIMELINE_FACTS } from '../limits.ts'
import { Problem } from '../problem.ts'
import { type Call, callerOf, route } from '../route.ts'
import { id, idParams, incidentSchema, instantIn, instantOut, paging } from '../schemas.ts'

/** The incident, or 404 where it is unknown or outside the caller's units: both look the same. */
export function incidentFor(
  { deps, scope }: Pick<Call, 'deps' | 'scope'>,
  incidentId: string,
): Incident {
  const incident = deps.records.incident(incidentId)
  if (!incident || !scope.seesUnit(incident.unit))
    throw new Problem('incident.notFound', `no incident ${incidentId}`)
  return incident
}

const viewFor = (call: Call<unknown, unknown, unknown>, incident: Incident) => {
  const view = toIncidentView(incident)
  return callerOf(call).rights.has('incidents.evidence') ? view : withoutEvidence(view)
}

const listIncidents = route({
  method: 'GET',
  path: '/api/v1/incidents',
  demand: 'incidents.read',
  summary: 'Incidents, newest first',
  query: z.object({
    state: z.enum(['open', 'all']).default('open'),
    unit: id.optional(),
    since: instantIn.optional(),
    ...paging,
  }),
  answers: {
    200: {
      description: 'A page; `cursor` is null on the last',
      schema: z.object({
        asOf: instantOut,
        cursor: z.string().nullable(),
        incidents: z.array(incidentSchema),
      }),
    },
  },
  handle(call) {
    const { deps, scope, query } = call
    let units = scope.units
    if (query.unit !== undefined) {
      const asked = unitsBelow(deps.grid(), [query.unit])
      units = new Set([...asked].filter((unit) => scope.seesUnit(unit)))
    }
    const found = deps.records.incidents({
      state: query.state,
      limit: query.limit,
      ...(units ? { units: [...units] } : {}),
      ...(query.since === undefined ? {} : { since: query.since }),
      ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
    })
    return {
      json: {
        asOf: formatInstant(found.asOf),
        cursor: found.cursor,
        incidents: found.incidents.map((incident) => viewFor(call, incident)),
      },
    }
  },
})

const oneIncident = route({
  method: 'GET',
  path: '/api/v1/incidents/{id}',
  demand: 'incidents.read',
  summary: 'One incident; a merged number still resolves',
  params: idParams,
  answers: { 200: { description: 'The incident', schema: incidentSchema } },
  handle: (call) => ({ json: viewFor(call, incidentFor(call, call.params.id)) }),
})

/** Fields of facts that are times, written as RFC 3339. */
const FACT_TIMES = ['receivedAt', 'at', 'occurredAt', 'etr'] as const

function factEntry({ position, fact }: JournalledFact) {
  const shown: Record<string, unknown> = { ...fact }
  for (const field of FACT_TIMES)
    if (typeof shown[field] === 'number') shown[field] = formatInstant(shown[field])
  const at = 'receivedAt' in fact ? fact.receivedAt : fact.at
  return { type: 'fact' as const, at: formatInstant(at), position, fact: shown }
}

const timelineEntry = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('fact'),
    at: instantOut,
    position: z.number().int(),
    fact: z.looseObject({ type: z.string() }),
  }),
  z.object({
    type: z.literal('change'),
    at: instantOut,
    position: z.number().int(),
    reason: z.string(),
    revision: z.number().int(),
    causes: z.array(z.number().int()),
    incident: incidentSchema,
  }),
])

const timeline = route({
  method: 'GET',
  path: '/api/v1/incidents/{id}/timeline',
  demand: 'incidents.read',
  summary: 'Facts and changes of an incident, oldest first',
  params: idParams,
  answers: {
    200: {
      description: `The latest ${MAX_TIMELINE_CHANGES} changes with the facts that caused them (the latest ${MAX_TIMELINE_FACTS}); raw reports only for roles that may see evidence`,
      schema: z.object({
        incident: z.string(),
        entries: z.array(timelineEntry),
        factsLeftOut: z.number().int(),
        /** Revisions older than those shown. */
        changesLeftOut: z.number().int(),
      }),
    },
  },
  async handle(call) {
    const incident = incidentFor(call, call.params.id)
    const changes = call.deps.records.timeline(incident.id, MAX_TIMELINE_CHANGES)
    const causes = new Set<Position>(changes.flatMap((change) => change.causes))
    const positions = [...causes].sort((a, b) => a - b)
    const asked = positions.slice(-MAX_TIMELINE_FACTS)
    const evidence = callerOf(call).rights.has('incidents.evidence')
    const facts = (await call.deps.journal.at(asked)).filter(
      ({ fact }) => fact.type !== 'tick' && (evidence || fact.type === 'actionRequested'),
    )
    const entries = [
      ...facts.map(factEntry),
      ...changes.map(({ at, position, reason, revision, causes: because, incident: then }) => ({
        type: 'change' as const,
        at: formatInstant(at),
        position,
        reason,
        revision,
        causes: because,
        // What was said is in the facts; repeating it in every revision helps nobody.
        incident: withoutEvidence(toIncidentView(then)),
      })),
    ]
    // A stable sort: at one position the fact stands before what it caused.
    entries.sort((a, b) => a.position - b.position)
    const factsLeftOut = positions.length - asked.length
    const changesLeftOut = (changes[0]?.revision ?? 1) - 1
    return { json: { incident: incident.id, entries, factsLeftOut, changesLeftOut } }
  },
})

export const incidentRoutes = [listIncidents, oneIncident, timeline]
