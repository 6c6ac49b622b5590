/**
 * Call-backs (回访): whoever called or complained is asked, within the hours of the rules, whether all
 * is well. They stay with whom spoke to the customer (谁的客户谁负责); what is overdue anybody may take.
 */
import { z } from 'zod'
import type { UsagePointId } from '../../facts/ids.ts'
import { formatInstant, formatInstantOrNull } from '../../facts/time.ts'
import { auditEntry, audited } from '../audited.ts'
import { CALL_BACK_LISTS, CALL_BACK_STATES, type CallBack } from '../callback-port.ts'
import type { Customer } from '../ports.ts'
import { SUBSCRIPTION_CHANNELS } from '../ports.ts'
import { Problem } from '../problem.ts'
import { type Call, callerOf, route } from '../route.ts'
import { instantOut, paging } from '../schemas.ts'
import { fileComplaint } from './complaints.ts'
import { customerSchema } from './customers.ts'
import { voiceLanguage } from './self.ts'

/** Why a customer is not satisfied. */
export const DISSATISFIED_REASONS = [
  'slowRepair',
  'noInformation',
  'wrongTime',
  'attitude',
  'frequentOutage',
  'notRestored',
  'other',
] as const
/** Why nobody was asked. `noAnswer` ends it only after the calls of the rules. */
export const SKIP_REASONS = ['noAnswer', 'refused', 'wrongNumber', 'spokenAlready'] as const

/** From this mark down a reason is asked for: 1 and 2 are dissatisfied. */
const DISSATISFIED_UP_TO = 2

const count = z.number().int().min(0)
const instant = instantOut.nullable()
const text = z.string().nullable()

const callBackFields = {
  id: z.string(),
  incident: text,
  account: z.string().describe('户号'),
  unit: z.string(),
  owner: text.describe('who spoke to the customer first (谁的客户谁负责)'),
  channel: z.string(),
  complained: z.boolean(),
  openedAt: instantOut,
  dueAt: instantOut,
  overdue: z.boolean(),
  state: z.enum(CALL_BACK_STATES),
  takenBy: text,
  takenAt: instant,
  attempts: count,
  satisfaction: z.number().int().min(1).max(5).nullable(),
  reason: text,
  settledBy: text,
  settledAt: instant,
}
const callBackSchema = z.object(callBackFields).meta({ id: 'CallBack' })
const detailSchema = z
  .object({
    ...callBackFields,
    customer: customerSchema.nullable().describe('masked; null where no longer known'),
    scripts: z.array(z.object({ language: z.string(), text: z.string() })),
  })
  .meta({ id: 'CallBackDetail' })

const isWaiting = ({ state }: CallBack) => state === 'open' || state === 'taken'

function view(call: Call, one: CallBack) {
  const { deps } = call
  const { number, openedAt, takenAt, settledAt, ...rest } = one
  const dueAt = openedAt + deps.callBacks.rules().dueMs
  return {
    ...rest,
    id: `cb-${number}`,
    openedAt: formatInstant(openedAt),
    dueAt: formatInstant(dueAt),
    overdue: isWaiting(one) && dueAt <= deps.now(),
    takenAt: formatInstantOrNull(takenAt),
    settledAt: formatInstantOrNull(settledAt),
  }
}

async function customerOf(call: Call, { account }: CallBack): Promise<Customer | undefined> {
  return (await call.deps.customers.find({ account }, call.scope.units)).customers[0]
}

async function detail(call: Call, one: CallBack) {
  const { deps } = call
  const customer = await customerOf(call, one)
  const { incident, complained } = one
  const language = voiceLanguage(customer?.language ?? 'zh')
  const usagePoint = customer?.usagePoint ?? ''
  return {
    ...view(call, one),
    customer: customer ?? null,
    scripts: [...deps.callBacks.script({ incident, complained, usagePoint, language })],
  }
}

/** The call-back of an id; of another unit there is none. @throws Problem */
function find(call: Call<{ id: string }, unknown, unknown>): CallBack {
  const one = call.deps.callBacks.one(Number(call.params.id.slice(3)))
  if (!one || !call.scope.seesUnit(one.unit))
    throw new Problem('callBack.notFound', `no call-back ${call.params.id}`)
  return one
}

const params = z.object({ id: z.string().regex(/^cb-\d{1,15}$/, 'not a call-back') })

const overdueUpTo = ({ deps }: Pick<Call, 'deps'>) => deps.now() - deps.callBacks.rules().dueMs

const list = route({
  method: 'GET',
  path: '/api/v1/callbacks',
  demand: 'callbacks.read',
  summary: 'Call-backs of the units that may be seen, the oldest first',
  query: z.object({
    state: z.enum(CALL_BACK_LISTS).default('waiting'),
    mine: z
      .enum(['true', 'false'])
      .default('false')
      .describe('those that are the caller’s to make'),
    ...paging,
  }),
  answers: {
    200: {
      description: 'A page with how many wait and how many of them too long',
      schema: z.object({
        asOf: instantOut,
        cursor: text,
        waiting: count,
        overdue: count,
        callBacks: z.array(callBackSchema),
      }),
    },
  },
  handle(call) {
    const { deps, scope, query } = call
    const { state, mine, limit, cursor } = query
    const units = scope.units && [...scope.units]
    const upTo = overdueUpTo(call)
    const page = deps.callBacks.page({
      ...{ state, overdueUpTo: upTo, limit },
      ...(units ? { units } : {}),
      ...(mine === 'true' ? { of: callerOf(call).account } : {}),
      ...(cursor === undefined ? {} : { cursor }),
    })
    return {
      json: {
        asOf: formatInstant(deps.now()),
        cursor: page.cursor,
        ...deps.callBacks.counts(units, upTo),
        callBacks: page.callBacks.map((one) => view(call, one)),
      },
    }
  },
})

const one = route({
  method: 'GET',
  path: '/api/v1/callbacks/{id}',
  demand: 'callbacks.read',
  summary: 'One call-back: the customer, masked, and what to say',
  params,
  answers: { 200: { description: 'As it stands', schema: detailSchema } },
  handle: async (call) => ({ json: await detail(call, find(call)) }),
})

const take = route({
  method: 'POST',
  path: '/api/v1/callbacks/{id}/take',
  demand: 'callbacks.write',
  summary: 'Take a call-back: the own ones, those of nobody, overdue ones; a shift leader any',
  params,
  answers: {
    200: { description: 'Taken; taking it again does nothing', schema: detailSchema },
    409: { description: 'Somebody else’s, and not overdue; or settled' },
  },
  async handle(call) {
    const { deps } = call
    const asked = waiting(find(call))
    const { account: by, role } = callerOf(call)
    const at = deps.now()
    const othersUpTo = role === 'shiftLeader' ? at : overdueUpTo(call)
    const audit = auditEntry(call, 'callBack.take', subjectOf(asked))
    await deps.callBacks.take(asked.number, by, at, othersUpTo, audit)
    const taken = find(call)
    if (taken.takenBy !== by || taken.state !== 'taken')
      throw new Problem('callBack.notYours', 'it is somebody else’s, and not overdue')
    return { json: await detail(call, taken) }
  },
})

const answer = route({
  method: 'POST',
  path: '/api/v1/callbacks/{id}/answer',
  demand: 'callbacks.write',
  summary: 'What the customer said: satisfaction 1 to 5, light or none, a complaint',
  params,
  body: z
    .strictObject({
      satisfaction: z.number().int().min(1).max(5),
      reason: z.enum(DISSATISFIED_REASONS).optional().describe('needed for 1 and 2'),
      supply: z.enum(['live', 'dark']).optional().describe('evidence, as the customer’s own word'),
      complaint: z.boolean().default(false),
      subscribe: z
        .enum(SUBSCRIPTION_CHANNELS)
        .optional()
        .describe('with a complaint: wants to be told of outages on this channel'),
    })
    .refine(({ satisfaction, reason }) => satisfaction > DISSATISFIED_UP_TO || reason, {
      message: 'a reason is needed where the customer is not satisfied',
    })
    .meta({ id: 'CallBackAnswer' }),
  answers: {
    200: { description: 'Settled', schema: callBackSchema },
    409: { description: 'Not taken by the caller, or settled' },
  },
  async handle(call) {
    const { deps, body } = call
    const mine = own(call, find(call))
    const { account: by } = callerOf(call)
    const { number, incident } = mine
    const { satisfaction, reason = null } = body
    const customer = await customerOf(call, mine)
    const requestId = `callback/${number}`
    await audited(
      call,
      'callBack.answer',
      subjectOf(mine),
      `${satisfaction} ${reason ?? ''}`.trim(),
    )
    if (customer && body.supply) await tell(call, customer, body.supply, requestId)
    if (customer && body.complaint)
      await fileComplaint(call, {
        ...{ customer, incident, reason: reasonOf(reason), channel: 'phone', requestId },
        subscribe: body.subscribe ?? null,
      })
    const at = deps.now()
    await deps.callBacks.settle({ number, as: 'answered', satisfaction, reason, by, at })
    return { json: view(call, find(call)) }
  },
})

const skip = route({
  method: 'POST',
  path: '/api/v1/callbacks/{id}/skip',
  demand: 'callbacks.write',
  summary: 'Nobody was asked, and why; without an answer it waits for another try',
  params,
  body: z.strictObject({ reason: z.enum(SKIP_REASONS) }).meta({ id: 'CallBackSkip' }),
  answers: {
    200: { description: 'Settled, or counted as a call in vain', schema: callBackSchema },
    409: { description: 'Not taken by the caller, or settled' },
  },
  async handle(call) {
    const { deps, body } = call
    const mine = own(call, find(call))
    const { number, attempts } = mine
    const { account: by } = callerOf(call)
    const { reason } = body
    await audited(call, 'callBack.skip', subjectOf(mine), reason)
    const inVain = reason === 'noAnswer'
    if (inVain) await deps.callBacks.missed(number, by)
    if (!inVain || attempts + 1 >= deps.callBacks.rules().attempts)
      await deps.callBacks.settle({
        ...{ number, as: 'skipped', satisfaction: null, reason, by, at: deps.now() },
      })
    return { json: view(call, find(call)) }
  },
})

/** @throws Problem where it is settled */
function waiting(one: CallBack): CallBack {
  if (!isWaiting(one)) throw new Problem('callBack.settled', 'it was settled before')
  return one
}

/** @throws Problem where the caller has not taken it */
function own(call: Call, one: CallBack): CallBack {
  waiting(one)
  if (one.state !== 'taken' || one.takenBy !== callerOf(call).account)
    throw new Problem('callBack.notYours', 'take it first')
  return one
}

const subjectOf = ({ number, incident }: CallBack) =>
  incident === null ? `cb-${number}` : `cb-${number} ${incident}`

const reasonOf = (reason: (typeof DISSATISFIED_REASONS)[number] | null) => {
  if (reason === 'slowRepair' || reason === 'notRestored') return 'longOutage'
  if (reason === 'wrongTime') return 'wrongInformation'
  return reason ?? 'other'
}

/** The customer's own word on the supply, for the engine. */
async function tell(
  call: Call,
  { account, usagePoint }: Customer,
  says: 'live' | 'dark',
  requestId: string,
): Promise<void> {
  const { deps } = call
  if (deps.grid().usagePoints.ids.indexOf(usagePoint) < 0) return
  const { account: by, role } = callerOf(call)
  const point = usagePoint as UsagePointId
  await deps.facts.append({
    ...{ type: 'callerReport', receivedAt: deps.now(), requestId, channel: 'phone' },
    ...{ usagePoint: point, says, account, by, role },
  })
}

export const callBackRoutes = [list, one, take, answer, skip]
