/**
 * Subscriptions: a customer, or all customers of a transformer's area (台区), wish to be told of
 * outages. Asked for and looked up by body: no URL holds an account.
 */
import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { formatInstant, formatInstantOrNull, type InstantMs } from '../../facts/time.ts'
import { DEVICE_TYPES } from '../../grid/model.ts'
import { MAX_SUBSCRIPTION_DAYS, MAX_SUBSCRIPTIONS } from '../limits.ts'
import type { HttpDeps, Subscription } from '../ports.ts'
import { SUBSCRIPTION_CHANNELS, SUBSCRIPTION_LANGUAGES, SUBSCRIPTION_SOURCES } from '../ports.ts'
import { Problem } from '../problem.ts'
import { type Call, callerOf, read, route } from '../route.ts'
import { id, idParams, instantIn, instantOut, requestKey } from '../schemas.ts'
import { customerFor } from './customers.ts'

const TRANSFORMER = DEVICE_TYPES.indexOf('transformer')
const DAY_MS = 86_400_000

const target = {
  account: id.optional().describe('户号: this customer'),
  area: id.optional().describe('a transformer: all customers of its area (台区)'),
}
const hasTarget = (body: { account?: string | undefined; area?: string | undefined }) =>
  (body.account === undefined) !== (body.area === undefined)
const targetMessage = { message: 'exactly one of account, area' }

const subscribeBody = z
  .strictObject({
    ...target,
    channel: z.enum(SUBSCRIPTION_CHANNELS),
    language: z.enum(SUBSCRIPTION_LANGUAGES).nullable().default(null).describe("null: customer's"),
    atNight: z.boolean().default(false).describe('short messages in the quiet hours as well'),
    source: z.enum(SUBSCRIPTION_SOURCES).default('agent'),
    until: instantIn.optional().describe('after a complaint: 90 days from now, if not said'),
    consent: z.literal(true).describe('the customer was asked, and agreed'),
  })
  .refine(hasTarget, targetMessage)
  .meta({ id: 'SubscriptionRequest' })

const subscriptionSchema = z
  .object({
    id: z.string(),
    account: z.string().nullable(),
    area: z.string().nullable(),
    channel: z.enum(SUBSCRIPTION_CHANNELS),
    language: z.enum(SUBSCRIPTION_LANGUAGES).nullable(),
    atNight: z.boolean(),
    source: z.enum(SUBSCRIPTION_SOURCES),
    createdAt: instantOut,
    by: z.string(),
    until: instantOut.nullable().describe('null: until it is ended'),
    endedAt: instantOut.nullable(),
    inForce: z.boolean(),
  })
  .meta({ id: 'Subscription' })

const view = (one: Subscription, now: InstantMs) => ({
  ...one,
  createdAt: formatInstant(one.createdAt),
  until: formatInstantOrNull(one.until),
  endedAt: formatInstantOrNull(one.endedAt),
  inForce: isInForce(one, now),
})

const isInForce = ({ endedAt, until }: Subscription, now: InstantMs) =>
  endedAt === null && (until === null || until > now)

type Target = { readonly account?: string | undefined; readonly area?: string | undefined }
type TargetCall = Pick<Call, 'deps' | 'scope'>

/** @throws Problem where the caller may see no such customer or area */
async function checkTarget({ deps, scope }: TargetCall, { account, area }: Target): Promise<void> {
  if (account !== undefined) await customerFor(deps, scope, account)
  if (area !== undefined && !seesArea({ deps, scope }, area))
    throw new Problem('device.unknown', `area: no transformer ${area}`)
}

function seesArea({ deps, scope }: TargetCall, area: string): boolean {
  const { devices } = deps.grid()
  const index = devices.ids.indexOf(area)
  return (
    index >= 0 && devices.type[index] === TRANSFORMER && scope.seesFeeder(devices.feeder[index]!)
  )
}

const listed = ({ subscriptions }: HttpDeps, { account, area }: Target) =>
  account !== undefined ? subscriptions.ofAccount(account) : subscriptions.ofArea(area!)

const subscribe = route({
  method: 'POST',
  path: '/api/v1/subscriptions',
  demand: 'subscriptions.write',
  summary: 'Tell a customer, or all customers of an area, of outages on a channel',
  body: subscribeBody,
  headers: { 'Idempotency-Key': 'Repeating a request with the same key subscribes once' },
  answers: { 201: { description: 'Kept, audited', schema: subscriptionSchema } },
  async handle(call) {
    const { deps, body } = call
    const now = deps.now()
    await checkTarget(call, body)
    const until = endOf(body, now, deps.subscriptions.complaintDays())
    const { account: by, role } = callerOf(call)
    const key = call.request.headers['idempotency-key']
    const asked = key === undefined ? undefined : read(requestKey, key, 'Idempotency-Key')
    const known = asked === undefined ? undefined : deps.subscriptions.find(idOf(by, asked))
    if (known) return { status: 201, json: view(known, now) }
    if (listed(deps, body).filter((one) => isInForce(one, now)).length >= MAX_SUBSCRIPTIONS)
      throw new Problem('subscription.tooMany', `${MAX_SUBSCRIPTIONS} are in force already`)
    const { account = null, area = null, channel, language, atNight, source } = body
    const subscription: Subscription = {
      id: asked === undefined ? `su_${randomBytes(12).toString('hex')}` : idOf(by, asked),
      ...{ account, area, channel, language, atNight, source, by, until },
      createdAt: now,
      endedAt: null,
    }
    const detail = `${account === null ? 'area' : 'account'} ${channel} ${source}`
    const subject = account ?? area!
    await deps.records.audit({ at: now, by, role, what: 'subscription.add', subject, detail })
    await deps.subscriptions.add(subscription)
    return { status: 201, json: view(subscription, now) }
  },
})

/** The same key of the same caller names the same subscription. */
function idOf(by: string, key: string): string {
  const named = JSON.stringify([by, key])
  return `su_${createHash('sha256').update(named).digest('hex').slice(0, 24)}`
}

/** @throws Problem where it would hold for no time, or for longer than anyone remembers */
function endOf(
  { until, source }: z.output<typeof subscribeBody>,
  now: InstantMs,
  complaintDays: number,
): InstantMs | null {
  if (until === undefined) return source === 'complaint' ? now + complaintDays * DAY_MS : null
  if (until <= now || until > now + MAX_SUBSCRIPTION_DAYS * DAY_MS)
    throw new Problem('subscription.until', `until: within ${MAX_SUBSCRIPTION_DAYS} days from now`)
  return until
}

const search = route({
  method: 'POST',
  path: '/api/v1/subscriptions/search',
  demand: 'subscriptions.read',
  summary: 'Subscriptions of an account or an area, newest first, ended ones as well',
  body: z.strictObject(target).refine(hasTarget, targetMessage).meta({ id: 'SubscriptionSearch' }),
  answers: {
    200: {
      description: 'All there are, at most 50',
      schema: z.object({ asOf: instantOut, subscriptions: z.array(subscriptionSchema) }),
    },
  },
  async handle(call) {
    await checkTarget(call, call.body)
    const now = call.deps.now()
    const found = listed(call.deps, call.body)
    return {
      json: { asOf: formatInstant(now), subscriptions: found.map((one) => view(one, now)) },
    }
  },
})

const end = route({
  method: 'DELETE',
  path: '/api/v1/subscriptions/{id}',
  demand: 'subscriptions.write',
  summary: 'End a subscription; what is still to be said of an open outage is said no more',
  params: idParams,
  answers: { 204: { description: 'Ended, audited' } },
  async handle(call) {
    const { deps, params } = call
    const found = deps.subscriptions.find(params.id)
    const missing = () => new Problem('subscription.notFound', `no subscription ${params.id}`)
    if (!found) throw missing()
    const { account, area } = found
    await checkTarget(call, { account: account ?? undefined, area: area ?? undefined }).catch(
      () => {
        throw missing()
      },
    )
    const { account: by, role } = callerOf(call)
    const at = deps.now()
    const subject = account ?? area!
    const detail = params.id
    await deps.records.audit({ at, by, role, what: 'subscription.end', subject, detail })
    await deps.subscriptions.end(params.id, at)
    return { status: 204 }
  },
})

export const subscriptionRoutes = [subscribe, search, end]
