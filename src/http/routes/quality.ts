/** The quality record of one incident (工单质量), for a page and for a file. */
import { z } from 'zod'
import type { ActionRequestedFact } from '../../facts/facts.ts'
import { formatInstant, formatInstantOrNull } from '../../facts/time.ts'
import { csvOf } from '../csv.ts'
import { MAX_TIMELINE_FACTS } from '../limits.ts'
import type { HttpDeps } from '../ports.ts'
import { type QualityParts, type QualityStep, qualitySteps } from '../quality.ts'
import { route } from '../route.ts'
import { idParams, instantOut } from '../schemas.ts'
import { incidentFor } from './incidents.ts'

const count = z.number().int().min(0)
const text = z.string().nullable()
const instant = instantOut.nullable()

const stepSchema = z
  .object({
    kind: z.enum(['state', 'clock', 'action', 'estimate', 'escalation']),
    what: z.string(),
    at: instantOut.describe('when it was so; of a promise not kept, when it was due'),
    enteredAt: instant.describe('when it was entered, where that was later'),
    by: text,
    role: text,
    dueAt: instant,
    legalDueAt: instant,
    late: z.boolean().nullable(),
    detail: text,
    measure: text.describe('处理措施'),
    materials: text.describe('材料'),
  })
  .meta({ id: 'QualityStep' })

const view = (step: QualityStep) => ({
  ...step,
  at: formatInstant(step.at),
  enteredAt: formatInstantOrNull(step.enteredAt),
  dueAt: formatInstantOrNull(step.dueAt),
  legalDueAt: formatInstantOrNull(step.legalDueAt),
})

const COLUMNS = [
  'kind',
  'what',
  'at',
  'enteredAt',
  'by',
  'role',
  'dueAt',
  'legalDueAt',
  'late',
  'detail',
  'measure',
  'materials',
] as const

const quality = route({
  method: 'GET',
  path: '/api/v1/incidents/{id}/quality',
  demand: 'reports.read',
  summary: 'The whole chain of one incident: every step and clock, who, when, late or not',
  params: idParams,
  query: z.object({ format: z.enum(['json', 'csv']).default('json') }),
  answers: {
    200: {
      description: 'In order of time; `format=csv` gives the steps as a table',
      schema: z.object({
        asOf: instantOut,
        incident: z.string(),
        noticeNo: text,
        outcome: text,
        late: count.describe('promises not kept'),
        steps: z.array(stepSchema),
        children: z.array(z.string()).describe('子单: merged into it'),
        contacts: z.record(z.string(), count),
        callBacks: z.object({
          count,
          answered: count,
          skipped: count,
          satisfaction: z.number().nullable(),
        }),
      }),
    },
  },
  async handle(call) {
    const { deps, query } = call
    const incident = incidentFor(call, call.params.id)
    const revisions = deps.records.timeline(incident.id)
    const parts = deps.records.quality(incident.id)
    const now = deps.now()
    const steps = qualitySteps({
      ...{ incident, now, revisions, parts },
      requests: await requestsOf(deps, parts),
      escalations: deps.records.escalations(incident.id),
      answerTo: (request) => deps.records.action(request),
    }).map(view)
    if (query.format === 'csv')
      return {
        bytes: csvOf(
          COLUMNS,
          steps.map((step) => COLUMNS.map((column) => step[column])),
        ),
        contentType: 'text/csv; charset=utf-8',
        headers: { 'content-disposition': `attachment; filename="${incident.id}.csv"` },
      }
    const { children, contacts, callBacks } = parts
    return {
      json: {
        ...{ asOf: formatInstant(now), incident: incident.id, noticeNo: incident.noticeNo },
        outcome: incident.outcome,
        late: steps.filter(({ kind, late }) => kind === 'clock' && late).length,
        ...{ steps, children, contacts, callBacks },
      },
    }
  },
})

/** What was asked, by request, as far as the journal still reaches back. */
async function requestsOf(
  { records, journal }: HttpDeps,
  { acts }: QualityParts,
): Promise<ReadonlyMap<string, ActionRequestedFact>> {
  const positions = acts.flatMap(({ detail }) => records.action(detail)?.causes.slice(-1) ?? [])
  const sorted = [...new Set(positions)].sort((a, b) => a - b).slice(-MAX_TIMELINE_FACTS)
  const requests = new Map<string, ActionRequestedFact>()
  for (const { fact } of await journal.at(sorted))
    if (fact.type === 'actionRequested') requests.set(fact.requestId, fact)
  return requests
}

export const qualityRoutes = [quality]
