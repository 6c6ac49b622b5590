/**
 * Complaints: filed as a contact, called back within the day of the rules, and where the customer
 * agrees followed by ninety days of proactive messages (主动服务). By reference and code: what was said is
 * not kept here.
 */
import { createHash, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { CALL_CHANNELS } from '../../facts/calls.ts'
import type { CareNote } from '../../facts/care.ts'
import { COMPLAINT_REASONS, type ComplaintReason } from '../../facts/complaints.ts'
import type { UsagePointId } from '../../facts/ids.ts'
import { formatInstant } from '../../facts/time.ts'
import type { Customer, Subscription } from '../ports.ts'
import { SUBSCRIPTION_CHANNELS } from '../ports.ts'
import { type Call, callerOf, read, route } from '../route.ts'
import { id, instantOut, requestKey } from '../schemas.ts'
import { customerFor } from './customers.ts'
import { incidentFor } from './incidents.ts'

const DAY_MS = 86_400_000

export interface Complaint {
  readonly customer: Customer
  readonly incident: string | null
  readonly reason: ComplaintReason
  readonly channel: (typeof CALL_CHANNELS)[number]
  /** Agreed to be told of outages for the days of the rules, on this channel. */
  readonly subscribe: (typeof SUBSCRIPTION_CHANNELS)[number] | null
  /** The same request is the same complaint. */
  readonly requestId: string
}

/** Files a complaint with all that follows from it; until when proactive service lasts, if it does. */
export async function fileComplaint(call: Call, complaint: Complaint): Promise<number | null> {
  const { deps } = call
  const { customer, incident, reason, channel, requestId } = complaint
  const { account, unit } = customer
  const { account: by, role } = callerOf(call)
  const at = deps.now()
  const detail = `${reason} ${requestId}`
  await deps.records.audit({ at, by, role, what: 'complaint.add', subject: account, detail })
  await deps.records.contact({ account, at, channel, kind: 'complaint', incident, by, requestId })
  await deps.complaints.file({
    ...{ request: requestId, account, unit, incident, reason, channel, by, receivedAt: at },
  })
  // With an incident that is still open the call comes when it is closed: it has filed the contact.
  const open = incident !== null && deps.records.incident(incident)?.outageKind !== 'closed'
  if (!open)
    await deps.callBacks.complain({
      ...{ request: requestId, account, unit, channel, incident, owner: by, at },
    })
  const until = at + deps.subscriptions.complaintDays() * DAY_MS
  const place =
    customer.usagePoint === '' ? {} : { usagePoint: customer.usagePoint as UsagePointId }
  const note: CareNote = { ...place, account, reason: 'complaint', until }
  await deps.facts.append({ type: 'careNoted', receivedAt: at, requestId, notes: [note], by, role })
  return complaint.subscribe === null ? null : await serveProactively(call, complaint)
}

/** One subscription of this kind on a channel: a later complaint begins the days anew. */
async function serveProactively(call: Call, complaint: Complaint): Promise<number> {
  const { deps } = call
  const { account } = complaint.customer
  const channel = complaint.subscribe!
  const { account: by, role } = callerOf(call)
  const at = deps.now()
  const until = at + deps.subscriptions.complaintDays() * DAY_MS
  const name = createHash('sha256').update(complaint.requestId).digest('hex').slice(0, 24)
  const subscription: Subscription = {
    ...{ id: `su_${name}`, account, area: null, channel, language: null, atNight: false },
    ...{ source: 'complaint', createdAt: at, by, until, endedAt: null },
  }
  const known = deps.subscriptions.find(subscription.id)
  if (known?.until) return known.until
  const before = deps.subscriptions
    .ofAccount(account)
    .filter((one) => one.source === 'complaint' && one.channel === channel && one.endedAt === null)
  const entry = { at, by, role, what: 'subscription.add', subject: account }
  await deps.records.audit({ ...entry, detail: `account ${channel} complaint` })
  await deps.subscriptions.add(subscription)
  for (const { id: old } of before) await deps.subscriptions.end(old, at)
  return until
}

const complain = route({
  method: 'POST',
  path: '/api/v1/complaints',
  demand: 'reports.write',
  summary: 'A customer complains: a contact, a call-back, and proactive service where agreed',
  body: z
    .strictObject({
      account: id,
      incident: id.optional(),
      reason: z.enum(COMPLAINT_REASONS),
      channel: z.enum(CALL_CHANNELS).default('phone'),
      subscribe: z
        .enum(SUBSCRIPTION_CHANNELS)
        .optional()
        .describe('the customer was asked, and wants to be told of outages on this channel'),
    })
    .meta({ id: 'ComplaintRequest' }),
  headers: { 'Idempotency-Key': 'Repeating a request with the same key complains once' },
  answers: {
    201: {
      description: 'Filed, audited',
      schema: z
        .object({
          requestId: z.string(),
          receivedAt: instantOut,
          proactiveUntil: instantOut.nullable(),
        })
        .meta({ id: 'ComplaintAnswer' }),
    },
  },
  async handle(call) {
    const { deps, scope, body, request } = call
    const customer = await customerFor(deps, scope, body.account)
    const incident = body.incident === undefined ? null : incidentFor(call, body.incident).id
    const key = request.headers['idempotency-key']
    const own = key === undefined ? randomUUID() : read(requestKey, key, 'Idempotency-Key')
    const requestId = `complaint/${own}`
    const { reason, channel, subscribe = null } = body
    const complaint: Complaint = { customer, incident, reason, channel, subscribe, requestId }
    const until = await fileComplaint(call, complaint)
    return {
      status: 201,
      json: {
        requestId,
        receivedAt: formatInstant(deps.now()),
        proactiveUntil: until === null ? null : formatInstant(until),
      },
    }
  },
})

export const complaintRoutes = [complain]
