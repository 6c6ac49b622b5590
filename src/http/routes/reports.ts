/** What customers report of their own supply: a fact, evidence for the engine. */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { intervalsOf } from '../../engine/own-interval.ts'
import { CALL_CHANNELS, CALLER_WORDS, type CallerReportFact } from '../../facts/calls.ts'
import type { UsagePointId } from '../../facts/ids.ts'
import { formatInstant } from '../../facts/time.ts'
import { fileReport } from '../contact-filed.ts'
import type { HttpDeps } from '../ports.ts'
import { Problem } from '../problem.ts'
import { VISIT_REMARK } from '../repair-ports.ts'
import { callerOf, read, route } from '../route.ts'
import { id, instantOut, remarkText, requestKey } from '../schemas.ts'
import { incidentFor } from './incidents.ts'
import { settleVisit } from './visits.ts'

const reportBody = z
  .strictObject({
    channel: z.enum(CALL_CHANNELS),
    usagePoint: id,
    says: z.enum(CALLER_WORDS),
    /** The reference of the account, not its holder. */
    account: id.optional(),
    /** The outage that a visit was about, and what was found: kept among the words about it. */
    incident: id.optional(),
    note: remarkText.optional(),
  })
  .refine(({ incident, note }) => note === undefined || incident !== undefined, {
    path: ['incident'],
    message: 'a note belongs to an incident',
  })
  .meta({ id: 'CallerReport' })

/** The incident that keeps the usage point without supply, as far as is known. */
function incidentOver({ grid, records }: HttpDeps, point: number): string | null {
  const own = intervalsOf(grid(), point, (devices) => records.segments({ devices }))
  return own.findLast(({ to }) => to === null)?.segment.incident ?? null
}

const callOf = (fact: CallerReportFact, account: string) => ({
  account,
  at: fact.receivedAt,
  channel: fact.channel,
  by: fact.by,
  requestId: fact.requestId,
  ...(fact.says === 'dark' ? { usagePoint: fact.usagePoint } : {}),
})

const report = route({
  method: 'POST',
  path: '/api/v1/reports',
  demand: 'reports.write',
  summary: 'A customer reports the supply of their own usage point',
  body: reportBody,
  headers: { 'Idempotency-Key': 'Repeating a request with the same key does nothing twice' },
  answers: {
    200: {
      description: 'Recorded; the incident it belongs to where one is known by now',
      schema: z
        .object({
          requestId: z.string(),
          receivedAt: instantOut,
          incident: z.string().nullable(),
          contact: z
            .enum(['report', 'urge'])
            .nullable()
            .describe('`urge` where the account called about this incident before'),
        })
        .meta({ id: 'CallerReportAnswer' }),
    },
  },
  async handle(call) {
    const { deps, body, scope, request } = call
    const { account: by, role } = callerOf(call)
    const key = request.headers['idempotency-key']
    const requestId = key === undefined ? randomUUID() : read(requestKey, key, 'Idempotency-Key')
    const { usagePoints, devices } = deps.grid()
    const point = usagePoints.ids.indexOf(body.usagePoint)
    if (point < 0 || !scope.seesFeeder(devices.feeder[usagePoints.device[point]!]!))
      throw new Problem('usagePoint.unknown', `usagePoint: no usage point ${body.usagePoint}`)
    const fact: CallerReportFact = {
      type: 'callerReport',
      receivedAt: deps.now(),
      requestId,
      channel: body.channel,
      usagePoint: body.usagePoint as UsagePointId,
      says: body.says,
      ...(body.account === undefined ? {} : { account: body.account }),
      by,
      role,
    }
    const about = body.incident === undefined ? undefined : incidentFor(call, body.incident)
    if (about && body.note !== undefined)
      await deps.repair.keepRemark({
        id: `${VISIT_REMARK}${requestId}`,
        incident: about.id,
        at: fact.receivedAt,
        by,
        text: body.note,
      })
    await deps.facts.append(fact)
    // Who went there and says what they found has made the visit that waits there.
    const visit = body.channel === 'grid' ? deps.visits.waitingAt(body.usagePoint) : undefined
    if (visit && callerOf(call).rights.has('visits.write'))
      await settleVisit(call, visit, 'seen', requestId)
    const incident = incidentOver(deps, point)
    const { account } = body
    const contact =
      account === undefined
        ? null
        : await fileReport(deps, scope.units, callOf(fact, account), incident)
    return {
      json: {
        requestId,
        receivedAt: formatInstant(fact.receivedAt),
        incident,
        contact,
      },
    }
  },
})

export const reportRoutes = [report]
