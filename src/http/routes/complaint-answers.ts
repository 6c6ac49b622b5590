/** Complaints that wait for their answer (投诉答复), which is due in working days, and what it was. */
import { z } from 'zod'
import { CALL_CHANNELS } from '../../facts/calls.ts'
import { COMPLAINT_REASONS, type ComplaintReason } from '../../facts/complaints.ts'
import { formatInstant } from '../../facts/time.ts'
import { auditEntry } from '../audited.ts'
import { COMPLAINT_LISTS, type FiledComplaint } from '../complaint-port.ts'
import { Problem } from '../problem.ts'
import { type Call, callerOf, route } from '../route.ts'
import { instantOut, paging } from '../schemas.ts'

/** How a complaint was answered. */
export const RESOLUTIONS = [
  'resolved',
  'explained',
  'planned',
  'compensated',
  'unfounded',
  'withdrawn',
] as const

const count = z.number().int().min(0)
const text = z.string().nullable()

const complaintSchema = z
  .object({
    id: z.string(),
    account: z.string().describe('户号'),
    unit: z.string(),
    incident: text,
    reason: z.enum(COMPLAINT_REASONS),
    channel: z.enum(CALL_CHANNELS),
    by: z.string(),
    receivedAt: instantOut,
    dueAt: instantOut.describe('the end of the last working day of the rules'),
    overdue: z.boolean(),
    level: z
      .number()
      .int()
      .min(0)
      .max(3)
      .nullable()
      .describe('highest level of the ladder told, 0 a reminder; null before'),
    answeredAt: instantOut.nullable(),
    answeredBy: text,
    resolution: z.enum(RESOLUTIONS).nullable(),
  })
  .meta({ id: 'Complaint' })

function view({ deps }: Pick<Call, 'deps'>, one: FiledComplaint) {
  const { number, receivedAt, dueAt, answeredAt, level, reason, resolution, ...rest } = one
  return {
    ...rest,
    id: `cp-${number}`,
    reason: reason as ComplaintReason,
    receivedAt: formatInstant(receivedAt),
    dueAt: formatInstant(dueAt),
    overdue: dueAt <= (answeredAt ?? deps.now()),
    level: level < 0 ? null : level,
    answeredAt: answeredAt === null ? null : formatInstant(answeredAt),
    resolution: resolution as (typeof RESOLUTIONS)[number] | null,
  }
}

const list = route({
  method: 'GET',
  path: '/api/v1/complaints',
  demand: 'complaints.read',
  summary: 'Complaints of the units that may be seen, the oldest first',
  query: z.object({ state: z.enum(COMPLAINT_LISTS).default('waiting'), ...paging }),
  answers: {
    200: {
      description: 'A page with how many wait for their answer and how many of them too long',
      schema: z.object({
        asOf: instantOut,
        cursor: text,
        waiting: count,
        overdue: count,
        complaints: z.array(complaintSchema),
      }),
    },
  },
  handle(call) {
    const { deps, scope, query } = call
    const { state, limit, cursor } = query
    const units = scope.units && [...scope.units]
    const now = deps.now()
    const page = deps.complaints.page({
      ...{ state, now, limit },
      ...(units ? { units } : {}),
      ...(cursor === undefined ? {} : { cursor }),
    })
    return {
      json: {
        asOf: formatInstant(now),
        cursor: page.cursor,
        ...deps.complaints.counts(units, now),
        complaints: page.complaints.map((one) => view(call, one)),
      },
    }
  },
})

const answer = route({
  method: 'POST',
  path: '/api/v1/complaints/{id}/answer',
  demand: 'complaints.answer',
  summary: 'The customer was answered, and how; it closes the complaint',
  params: z.object({ id: z.string().regex(/^cp-\d{1,15}$/, 'not a complaint') }),
  body: z.strictObject({ resolution: z.enum(RESOLUTIONS) }).meta({ id: 'ComplaintAnswered' }),
  answers: {
    200: {
      description: 'Answered, audited; answering it so again does nothing',
      schema: complaintSchema,
    },
    409: { description: 'Somebody has answered it' },
  },
  async handle(call) {
    const { deps, params, body } = call
    const { account: by } = callerOf(call)
    const find = () => {
      const one = deps.complaints.one(Number(params.id.slice(3)))
      if (one && call.scope.seesUnit(one.unit)) return one
      throw new Problem('complaint.notFound', `no complaint ${params.id}`)
    }
    const { number, account: subject, answeredAt } = find()
    if (answeredAt === null) {
      const at = deps.now()
      const detail = `${params.id} ${body.resolution}`
      const audit = auditEntry(call, 'complaint.answer', subject, detail)
      await deps.complaints.answer(number, body.resolution, by, at, audit)
    }
    const now = find()
    if (now.answeredBy !== by || now.resolution !== body.resolution)
      throw new Problem('complaint.answered', 'it was answered before')
    return { json: view(call, now) }
  },
})

export const complaintAnswerRoutes = [list, answer]
