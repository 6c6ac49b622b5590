/**
 * Visits to customers whose life hangs on supply (走访, T10), contacts with important ones (联系): who is to be seen, by when, and what was
 * found. A quarter of an hour is too short to wait for one person: whose customer it is (谁的客户谁负责) is
 * shown, and whoever is nearest goes.
 */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { VISIT_ENDS, VISIT_REASONS } from '../../engine/service/visit-change.ts'
import { CALLER_WORDS } from '../../facts/calls.ts'
import type { UsagePointId } from '../../facts/ids.ts'
import { formatInstant, formatInstantOrNull } from '../../facts/time.ts'
import { VISIT_OUTCOMES, type VisitOutcome } from '../../facts/visits.ts'
import { auditEntry, audited } from '../audited.ts'
import { ACTION_WAIT_MS } from '../limits.ts'
import type { Customer } from '../ports.ts'
import { Problem } from '../problem.ts'
import { VISIT_REMARK } from '../repair-ports.ts'
import { type Call, callerOf, read, route } from '../route.ts'
import { id, instantOut, paging, remarkText, requestKey } from '../schemas.ts'
import { VISIT_LISTS, VISIT_STATES, type Visit } from '../visit-port.ts'
import { customerSchema } from './customers.ts'

const count = z.number().int().min(0)
const instant = instantOut.nullable()
const text = z.string().nullable()

const visitFields = {
  id: z.string(),
  incident: z.string(),
  usagePoint: z.string(),
  transformer: text.describe('the area (台区)'),
  unit: z.string(),
  reason: z.enum(VISIT_REASONS).describe('走访 of life support, 联系 of important users'),
  owner: text.describe(
    'the customer’s grid manager (网格经理) by the ledger; null where it names none',
  ),
  openedAt: instantOut,
  dueAt: instantOut,
  overdue: z.boolean(),
  state: z
    .enum(VISIT_STATES)
    .describe('`ended`: the light is back, or the outage was none; nobody needs to go'),
  takenBy: text,
  takenAt: instant,
  outcome: z.enum([...VISIT_OUTCOMES, ...VISIT_ENDS]).nullable(),
  settledBy: text,
  settledAt: instant,
}
const visitSchema = z.object(visitFields).meta({ id: 'Visit' })
const detailSchema = z
  .object({
    ...visitFields,
    customer: customerSchema
      .nullable()
      .describe('masked; null where the ledger knows nobody there'),
  })
  .meta({ id: 'VisitDetail' })

const isWaiting = ({ state }: Visit) => state === 'open' || state === 'taken'
const nameOf = ({ number }: Visit) => `vi-${number}`

function view(call: Call, one: Visit, customer: Customer | undefined) {
  const { number: _, openedAt, dueAt, takenAt, settledAt, outcome, ...rest } = one
  return {
    ...rest,
    id: nameOf(one),
    owner: customer?.gridManager || null,
    openedAt: formatInstant(openedAt),
    dueAt: formatInstant(dueAt),
    overdue: isWaiting(one) && dueAt <= call.deps.now(),
    takenAt: formatInstantOrNull(takenAt),
    outcome: outcome as z.infer<typeof visitFields.outcome>,
    settledAt: formatInstantOrNull(settledAt),
  }
}

async function customerOf(call: Call, { usagePoint }: Visit): Promise<Customer | undefined> {
  return (await call.deps.customers.find({ usagePoint }, call.scope.units)).customers[0]
}

async function detail(call: Call, one: Visit) {
  const customer = await customerOf(call, one)
  return { ...view(call, one, customer), customer: customer ?? null }
}

/** The visit of an id; of another unit there is none. @throws Problem */
function find(call: Call<{ id: string }, unknown, unknown>): Visit {
  const one = call.deps.visits.one(Number(call.params.id.slice(3)))
  if (!one || !call.scope.seesUnit(one.unit))
    throw new Problem('visit.notFound', `no visit ${call.params.id}`)
  return one
}

const params = z.object({ id: z.string().regex(/^vi-\d{1,15}$/, 'not a visit') })

const list = route({
  method: 'GET',
  path: '/api/v1/visits',
  demand: 'visits.read',
  summary: 'Visits to life support, contacts with important users, of the units that may be seen',
  query: z.object({
    state: z.enum(VISIT_LISTS).default('waiting'),
    incident: id.optional(),
    mine: z
      .enum(['true', 'false'])
      .default('false')
      .describe('those that the caller has taken, or whose customer is the caller’s'),
    ...paging,
  }),
  answers: {
    200: {
      description: 'A page with how many wait and how many of them too long; `mine` may leave gaps',
      schema: z.object({
        asOf: instantOut,
        cursor: text,
        waiting: count,
        overdue: count,
        visits: z.array(visitSchema),
      }),
    },
  },
  async handle(call) {
    const { deps, scope, query } = call
    const { state, incident, mine, limit, cursor } = query
    const units = scope.units && [...scope.units]
    const now = deps.now()
    const page = deps.visits.page({
      ...{ state, now, limit },
      ...(units ? { units } : {}),
      ...(incident === undefined ? {} : { incident }),
      ...(cursor === undefined ? {} : { cursor }),
    })
    const visits = await Promise.all(
      page.visits.map(async (one) => view(call, one, await customerOf(call, one))),
    )
    const { account } = callerOf(call)
    const own = ({ takenBy, owner }: (typeof visits)[number]) => (takenBy ?? owner) === account
    return {
      json: {
        asOf: formatInstant(now),
        cursor: page.cursor,
        ...deps.visits.counts(units, now),
        visits: mine === 'true' ? visits.filter(own) : visits,
      },
    }
  },
})

const one = route({
  method: 'GET',
  path: '/api/v1/visits/{id}',
  demand: 'visits.read',
  summary: 'One visit with the customer, masked',
  params,
  answers: { 200: { description: 'As it stands', schema: detailSchema } },
  handle: async (call) => ({ json: await detail(call, find(call)) }),
})

/** From whom somebody has it, it goes over when it is due, and to a shift leader at any time. */
const othersUpTo = (call: Call, { dueAt }: Visit) =>
  callerOf(call).role === 'shiftLeader' ? Math.max(call.deps.now(), dueAt) : call.deps.now()

const take = route({
  method: 'POST',
  path: '/api/v1/visits/{id}/take',
  demand: 'visits.write',
  summary:
    'Say that one goes there: those of nobody, the own ones, overdue ones; a shift leader any',
  params,
  answers: {
    200: { description: 'Taken; taking it again does nothing', schema: detailSchema },
    409: { description: 'Somebody else goes, and it is not overdue; or it is settled' },
  },
  async handle(call) {
    const { deps } = call
    const visit = waiting(find(call))
    const { account: by } = callerOf(call)
    const audit = auditEntry(call, 'visit.take', subjectOf(visit))
    await deps.visits.take(visit.number, by, deps.now(), othersUpTo(call, visit), audit)
    const taken = find(call)
    if (taken.takenBy !== by || taken.state !== 'taken')
      throw new Problem('visit.notYours', 'somebody else goes, and it is not overdue')
    return { json: await detail(call, taken) }
  },
})

const settle = route({
  method: 'POST',
  path: '/api/v1/visits/{id}/settle',
  demand: 'visits.write',
  summary: 'What was found there; who settles one that nobody has taken takes it by that',
  params,
  body: z
    .strictObject({
      outcome: z.enum(VISIT_OUTCOMES),
      note: remarkText
        .optional()
        .describe('needed for `other`; kept among the words about the outage'),
      supply: z.enum(CALLER_WORDS).optional().describe('evidence, as the customer’s own word'),
    })
    .refine(({ outcome, note: words }) => outcome !== 'other' || words !== undefined, {
      path: ['note'],
      message: 'say what was found',
    })
    .meta({ id: 'VisitOutcome' }),
  headers: { 'Idempotency-Key': 'Repeating a request with the same key does nothing twice' },
  answers: {
    200: { description: 'Settled; settling it so again does nothing', schema: visitSchema },
    202: { description: 'Recorded', schema: z.object({ requestId: z.string() }) },
    409: { description: 'Somebody else goes; or it is settled, or not needed any more' },
  },
  async handle(call) {
    const { deps, body, request } = call
    const { account: by, role } = callerOf(call)
    const visit = find(call)
    const { outcome, supply } = body
    if (visit.state === 'settled' && visit.settledBy === by && visit.outcome === outcome)
      return { json: view(call, visit, await customerOf(call, visit)) }
    waiting(visit)
    if ((visit.takenBy ?? by) !== by && othersUpTo(call, visit) < visit.dueAt)
      throw new Problem('visit.notYours', 'somebody else goes, and it is not overdue')
    const key = request.headers['idempotency-key']
    const requestId = key === undefined ? randomUUID() : read(requestKey, key, 'Idempotency-Key')
    const { usagePoint, incident } = visit
    const at = deps.now()
    if (body.note !== undefined)
      await deps.repair.keepRemark({
        ...{ id: `${VISIT_REMARK}${requestId}`, incident, at, by, text: body.note },
      })
    if (supply && deps.grid().usagePoints.ids.indexOf(usagePoint) >= 0)
      await deps.facts.append({
        ...{ type: 'callerReport', receivedAt: at, requestId: `visit/${requestId}/supply` },
        ...{ channel: 'grid', usagePoint: usagePoint as UsagePointId, says: supply, by, role },
      })
    const accepted = await settleVisit(call, visit, outcome, requestId)
    if (accepted === undefined) return { status: 202, json: { requestId } }
    if (!accepted) throw new Problem('visit.settled', 'it was settled, or nobody needs to go')
    const after = find(call)
    return { json: view(call, after, await customerOf(call, after)) }
  },
})

/** Tells the engine; whether it took it, undefined where no answer came in time. */
export async function settleVisit(
  call: Call,
  visit: Visit,
  outcome: VisitOutcome,
  key: string,
): Promise<boolean | undefined> {
  const { deps } = call
  const { account: by, role } = callerOf(call)
  const requestId = `visit/${key}`
  await audited(call, 'visit.settle', subjectOf(visit), outcome)
  const answer = deps.awaitAction(requestId, ACTION_WAIT_MS)
  await deps.facts.append({
    ...{
      type: 'visitSettled',
      receivedAt: deps.now(),
      requestId,
      visit: visit.id,
      outcome,
      by,
      role,
    },
    usagePoint: visit.usagePoint as UsagePointId,
  })
  return (await answer)?.accepted
}

/** @throws Problem where it is over */
function waiting(visit: Visit): Visit {
  if (!isWaiting(visit))
    throw new Problem('visit.settled', 'it was settled, or nobody needs to go any more')
  return visit
}

const subjectOf = (visit: Visit) => `${nameOf(visit)} ${visit.incident}`

export const visitRoutes = [list, one, take, settle]
