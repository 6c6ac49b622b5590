/** Supervision orders (督办): those that wait, and what units reply. */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { ESCALATION_STAGES } from '../../engine/changes.ts'
import { formatInstant, formatInstantOrNull } from '../../facts/time.ts'
import { ACTION_WAIT_MS } from '../limits.ts'
import { Problem } from '../problem.ts'
import type { EscalationNow } from '../repair-ports.ts'
import { callerOf, read, route } from '../route.ts'
import { id, idParams, instantOut, paging, remarkText, requestKey } from '../schemas.ts'

const count = z.number().int().min(0)

const escalationNow = z
  .object({
    id: z.string(),
    incident: z.string(),
    noticeNo: z.string().nullable(),
    unit: z.string(),
    device: z.object({ id: z.string(), name: z.string() }),
    grade: z.number().int().min(1).max(4),
    serviceLevel: z.number().int().min(1).max(4),
    stage: z.enum(ESCALATION_STAGES),
    level: count,
    reason: z.enum(['late', 'grade', 'cityShare', 'lifeSupport']),
    below: z.enum(['none', 'replied', 'unanswered']),
    at: instantOut,
    dueAt: instantOut,
    sent: z.boolean(),
    replyBy: instantOut.nullable(),
    reply: z
      .object({
        at: instantOut,
        by: z.string().nullable(),
        role: z.string().nullable(),
        text: z.string().nullable(),
        inTime: z.boolean(),
      })
      .nullable(),
    closedAt: instantOut.nullable(),
  })
  .meta({ id: 'EscalationNow' })

function view({ escalation, reply, replyText, closedAt, incident }: EscalationNow) {
  const { id: name, stage, level, reason, at, dueAt, sent, replyBy } = escalation
  const { noticeNo, unit, grade, device } = incident
  return {
    id: name,
    incident: incident.id,
    noticeNo,
    unit,
    device: { id: device.id, name: device.name },
    grade,
    serviceLevel: incident.serviceLevel ?? 4,
    stage,
    level,
    reason,
    below: escalation.below ?? 'none',
    at: formatInstant(at),
    dueAt: formatInstant(dueAt),
    sent,
    replyBy: formatInstantOrNull(replyBy),
    reply: reply && {
      at: formatInstant(reply.at),
      by: reply.by,
      role: reply.role,
      text: replyText,
      inTime: reply.inTime,
    },
    closedAt: formatInstantOrNull(closedAt),
  }
}

const list = route({
  method: 'GET',
  path: '/api/v1/escalations',
  demand: 'notices.read',
  summary: 'Escalations of the units that may be seen, newest first, with their replies',
  query: z.object({
    state: z.enum(['open', 'all']).default('open').describe('open: orders that still wait'),
    incident: id.optional(),
    ...paging,
  }),
  answers: {
    200: {
      description: 'A page; `cursor` is null on the last',
      schema: z.object({
        asOf: instantOut,
        cursor: z.string().nullable(),
        escalations: z.array(escalationNow),
      }),
    },
  },
  handle({ deps, scope, query }) {
    const { state, incident, limit, cursor } = query
    const page = deps.repair.escalations({
      state,
      limit,
      ...(incident === undefined ? {} : { incident }),
      ...(scope.units ? { units: [...scope.units] } : {}),
      ...(cursor === undefined ? {} : { cursor }),
    })
    return {
      json: {
        asOf: formatInstant(deps.now()),
        cursor: page.cursor,
        escalations: page.rows.map(view),
      },
    }
  },
})

const replyAnswer = z.object({
  requestId: z.string(),
  escalation: z.string(),
  accepted: z.boolean(),
  revision: count,
})

const reply = route({
  method: 'POST',
  path: '/api/v1/escalations/{id}/reply',
  demand: 'escalations.reply',
  summary: 'Reply to a supervision order (督办回复): what is done, and until when',
  params: idParams,
  body: z.strictObject({ text: remarkText }).meta({ id: 'EscalationReply' }),
  headers: { 'Idempotency-Key': 'Repeating a request with the same key does nothing twice' },
  answers: {
    200: { description: 'Taken; it stops no clock', schema: replyAnswer },
    202: { description: 'Recorded', schema: z.object({ requestId: z.string() }) },
    409: { description: 'It was replied to already' },
  },
  async handle(call) {
    const { deps, body, params, request, scope } = call
    const { account: by, role } = callerOf(call)
    const escalation = deps.repair.escalation(params.id)
    const incident = escalation && deps.records.incident(escalation.incident)
    if (!escalation || !incident || !scope.seesUnit(incident.unit) || escalation.replyBy === null)
      throw new Problem('escalation.notFound', `no supervision order ${params.id}`)
    const key = request.headers['idempotency-key']
    const requestId = key === undefined ? randomUUID() : read(requestKey, key, 'Idempotency-Key')
    const receivedAt = deps.now()
    const remark = `r-${requestId}`
    const what = 'escalation.replied'
    await deps.records.audit({
      at: receivedAt,
      by,
      role,
      what,
      subject: params.id,
      detail: requestId,
    })
    await deps.repair.keepRemark({
      id: remark,
      incident: incident.id,
      at: receivedAt,
      by,
      text: body.text,
    })
    const answer = deps.awaitAction(requestId, ACTION_WAIT_MS)
    await deps.facts.append({
      type: 'escalationReplied',
      receivedAt,
      requestId,
      escalation: params.id,
      by,
      role,
      remark,
    })
    const change = await answer
    if (!change) return { status: 202, json: { requestId } }
    if (change.refusal === 'notAllowedInState')
      throw new Problem('escalation.replied', 'somebody has replied already')
    if (!change.accepted)
      throw new Problem('escalation.notFound', 'its incident is closed, and the order with it')
    const { revision } = change
    return { json: { requestId, escalation: params.id, accepted: true, revision } }
  },
})

export const escalationRoutes = [list, reply]
