/** Receivers of messages (webhooks): who is told of incidents, notices and escalations, and where. */
import { z } from 'zod'
import { formatInstant } from '../../facts/time.ts'
import { auditEntry, audited } from '../audited.ts'
import { MAX_WEBHOOKS } from '../limits.ts'
import type { Webhook } from '../ports.ts'
import { WEBHOOK_CHANNELS, WEBHOOK_FORMS, WEBHOOK_LANGUAGES, WEBHOOK_TOPICS } from '../ports.ts'
import { Problem } from '../problem.ts'
import { type Call, callerOf, route } from '../route.ts'
import { id, idParams, instantOut } from '../schemas.ts'

const webhookBody = z
  .strictObject({
    name: z.string().trim().min(1).max(64).describe('for people; nothing personal'),
    url: z.string().min(1).max(2048).optional().describe('not for `mqtt`'),
    form: z.enum(WEBHOOK_FORMS).default('standard'),
    language: z.enum(WEBHOOK_LANGUAGES).default('zh').describe('of texts; only `wecom` has them'),
    topics: z
      .array(z.enum(WEBHOOK_TOPICS))
      .max(WEBHOOK_TOPICS.length)
      .optional()
      .describe(
        '`incident` not for `wecom`; if not said `notice` and `escalation`, none beside channels',
      ),
    channels: z
      .array(z.enum(WEBHOOK_CHANNELS))
      .max(WEBHOOK_CHANNELS.length)
      .default([])
      .describe('messages to customers it carries, with the number or account they go to'),
    unit: id.nullable().default(null).describe('of this unit and those below it; null: all'),
  })
  .refine(({ topics, channels }) => topics?.length !== 0 || channels.length > 0, {
    message: 'no topics and no channels',
    path: ['topics'],
  })
  .refine(
    ({ form, topics, channels }) =>
      form !== 'wecom' || (!topics?.includes('incident') && channels.length === 0),
    { message: 'a robot is told of notices and escalations only', path: ['topics'] },
  )
  .refine(({ form, url }) => (form === 'mqtt') === (url === undefined), {
    message: 'an address, but for `mqtt`',
    path: ['url'],
  })
  .refine(
    ({ form, topics = [], channels }) =>
      form !== 'mqtt' || (topics.every((topic) => topic === 'notice') && channels.length === 0),
    { message: 'by topic go notices only', path: ['topics'] },
  )
  .meta({ id: 'WebhookRequest' })

const webhookSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.string().describe('without the values of its query, which may be a key'),
    form: z.enum(WEBHOOK_FORMS),
    language: z.enum(WEBHOOK_LANGUAGES),
    topics: z.array(z.enum(WEBHOOK_TOPICS)),
    channels: z.array(z.enum(WEBHOOK_CHANNELS)).describe('messages to customers that it carries'),
    unit: z.string().nullable(),
    createdAt: instantOut,
    by: z.string(),
    disabledAt: instantOut.nullable().describe('since then it is gone (410) and is sent nothing'),
    waiting: z.number().int().min(0).describe('messages not yet taken'),
    resting: z.boolean().describe('it keeps failing and is left alone for a while'),
  })
  .meta({ id: 'Webhook' })

const secretOnce = z.string().describe('`whsec_…`, shown this once')

/** A robot's address holds its key. */
function withoutValues(text: string): string {
  const url = new URL(text)
  for (const name of [...url.searchParams.keys()]) url.searchParams.set(name, '…')
  return decodeURIComponent(url.toString())
}

const view = ({ url, createdAt, disabledAt, ...rest }: Webhook) => ({
  ...rest,
  url: withoutValues(url),
  createdAt: formatInstant(createdAt),
  disabledAt: disabledAt === null ? null : formatInstant(disabledAt),
})

/** Those without a unit belong to all, and to nobody who sees only some. */
const isSeen = ({ scope }: Pick<Call, 'scope'>, { unit }: Pick<Webhook, 'unit'>) =>
  unit === null ? scope.units === undefined : scope.seesUnit(unit)

type OneCall = Pick<Call, 'deps' | 'scope' | 'principal'> & Call<{ id: string }>

/** @throws Problem where there is none that the caller may see */
function webhookFor(call: OneCall): Webhook {
  const found = call.deps.webhooks.list().find((one) => one.id === call.params.id)
  if (!found || !isSeen(call, found))
    throw new Problem('webhook.notFound', `no webhook ${call.params.id}`)
  return found
}

const list = route({
  method: 'GET',
  path: '/api/v1/webhooks',
  demand: 'webhooks.read',
  summary: 'Receivers of messages, oldest first, without their secrets',
  answers: {
    200: {
      description: `All there are, at most ${MAX_WEBHOOKS}`,
      schema: z.object({ asOf: instantOut, webhooks: z.array(webhookSchema) }),
    },
  },
  handle(call) {
    const seen = call.deps.webhooks.list().filter((one) => isSeen(call, one))
    return { json: { asOf: formatInstant(call.deps.now()), webhooks: seen.map(view) } }
  },
})

const add = route({
  method: 'POST',
  path: '/api/v1/webhooks',
  demand: 'webhooks.write',
  summary:
    'Tell another system, a 企业微信 group robot, or a service that listens by MQTT topic, of what happens from now on',
  body: webhookBody,
  answers: {
    201: {
      description: 'Kept; the secret is shown this once, a robot has none',
      schema: z.object({ webhook: webhookSchema, secret: secretOnce.nullable() }),
    },
  },
  async handle(call) {
    const { deps, body } = call
    const wrong = body.url === undefined ? undefined : deps.webhooks.problemOfUrl(body.url)
    if (wrong !== undefined) throw new Problem('webhook.url', `url: ${wrong}`)
    if (!isSeen(call, body) || !isUnit(call, body.unit))
      throw new Problem('webhook.unit', `unit: ${body.unit ?? 'all'} is not yours, or unknown`)
    if (deps.webhooks.list().length >= MAX_WEBHOOKS)
      throw new Problem('webhook.tooMany', `${MAX_WEBHOOKS} webhooks are kept already`)
    const channels = WEBHOOK_CHANNELS.filter((channel) => body.channels.includes(channel))
    const usual = body.form === 'mqtt' ? ['notice'] : ['notice', 'escalation']
    const asked = body.topics ?? (channels.length > 0 ? [] : usual)
    const topics = WEBHOOK_TOPICS.filter((topic) => asked.includes(topic))
    const { account: by } = callerOf(call)
    const wanted = { ...body, topics, channels, by, url: body.url ?? '' }
    const { webhook, secret } = await deps.webhooks.add(wanted, (id) =>
      auditEntry(call, 'webhook.add', id),
    )
    return { status: 201, json: { webhook: view(webhook), secret } }
  },
})

const isUnit = ({ deps }: Pick<Call, 'deps'>, unit: string | null) =>
  unit === null || deps.grid().units.some(({ id: known }) => known === unit)

const remove = route({
  method: 'DELETE',
  path: '/api/v1/webhooks/{id}',
  demand: 'webhooks.write',
  summary: 'Tell it no more; what still waits for it is dropped, its secrets are erased',
  params: idParams,
  answers: { 204: { description: 'Removed' } },
  async handle(call) {
    const { id: of } = webhookFor(call)
    await audited(call, 'webhook.remove', of)
    await call.deps.webhooks.remove(of)
    return { status: 204 }
  },
})

const rotate = route({
  method: 'POST',
  path: '/api/v1/webhooks/{id}/rotate',
  demand: 'webhooks.write',
  summary: 'A new secret; the one before it signs too, until the next rotation',
  params: idParams,
  answers: { 200: { description: 'The new one', schema: z.object({ secret: secretOnce }) } },
  async handle(call) {
    const { id: of, form } = webhookFor(call)
    if (form === 'wecom') throw new Problem('webhook.noSecret', 'a robot has no secret')
    await audited(call, 'webhook.rotate', of)
    const secret = await call.deps.webhooks.rotate(of)
    return { json: { secret } }
  },
})

const test = route({
  method: 'POST',
  path: '/api/v1/webhooks/{id}/test',
  demand: 'webhooks.write',
  summary: 'Send a trial message; it waits in line like any other, for five minutes at most',
  params: idParams,
  answers: {
    202: { description: 'Its `webhook-id`', schema: z.object({ message: z.string() }) },
  },
  async handle(call) {
    const { id: of, disabledAt } = webhookFor(call)
    if (disabledAt !== null) throw new Problem('webhook.gone', 'it said that it is gone')
    await audited(call, 'webhook.test', of)
    return { status: 202, json: { message: await call.deps.webhooks.test(of) } }
  },
})

export const webhookRoutes = [list, add, remove, rotate, test]
