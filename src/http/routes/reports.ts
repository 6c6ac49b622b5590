/** What customers report of their own supply: a fact, evidence for the engine. */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { CALL_CHANNELS, CALLER_WORDS, type CallerReportFact } from '../../facts/calls.ts'
import type { UsagePointId } from '../../facts/ids.ts'
import { formatInstant } from '../../facts/time.ts'
import type { HttpDeps } from '../ports.ts'
import { Problem } from '../problem.ts'
import { callerOf, read, route } from '../route.ts'
import { id, instantOut, requestKey } from '../schemas.ts'
import { ownInterval, pathAbove } from './network.ts'

const reportBody = z
  .strictObject({
    channel: z.enum(CALL_CHANNELS),
    usagePoint: id,
    says: z.enum(CALLER_WORDS),
    /** The reference of the account, not its holder. */
    account: id.optional(),
  })
  .meta({ id: 'CallerReport' })

/** The incident that keeps the usage point without supply, as far as is known. */
function incidentOver({ grid, records }: HttpDeps, point: number): string | null {
  const { usagePoints, devices } = grid()
  const name = usagePoints.ids.idOf(point)
  const above = pathAbove(grid(), usagePoints.device[point]!).map((at) => devices.ids.idOf(at))
  const segments = records.segments({ devices: [name, ...above] })
  const own = segments.flatMap((one) => ownInterval(one, name, usagePoints.phases[point]!))
  return own.findLast(({ to }) => to === null)?.segment.incident ?? null
}

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
    await deps.facts.append(fact)
    return {
      json: {
        requestId,
        receivedAt: formatInstant(fact.receivedAt),
        incident: incidentOver(deps, point),
      },
    }
  },
})

export const reportRoutes = [report]
