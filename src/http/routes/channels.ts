/**
 * Doors for channels without an agent: the voice menu that knows who calls, and answers to messages.
 * Numbers and words are bodies, looked at and forgotten: no URL, log or record holds them.
 */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { CallerReportFact } from '../../facts/calls.ts'
import type { UsagePointId } from '../../facts/ids.ts'
import { formatInstant } from '../../facts/time.ts'
import { type Told, VOICE_LANGUAGES } from '../customer-voice.ts'
import type { Contact, Customer } from '../ports.ts'
import { type Call, callerOf, read, route } from '../route.ts'
import { id, instantOut, requestKey } from '../schemas.ts'
import { customerFor } from './customers.ts'
import { voiceLanguage } from './self.ts'

const phone = z.string().min(5).max(24)

/** Situations in which a person has to look, beside those where nobody is known. */
const NEEDS_AGENT: ReadonlySet<Told['situation']> = new Set(['none', 'restored'])

const ivr = route({
  method: 'POST',
  path: '/api/v1/ivr',
  demand: 'ivr.ask',
  summary: 'What the holder of a calling number is told by voice, and whether an agent takes over',
  body: z
    .strictObject({ caller: phone, language: z.enum(VOICE_LANGUAGES).optional() })
    .meta({ id: 'IvrRequest' }),
  headers: { 'Idempotency-Key': 'Repeating a request with the same key counts as one call' },
  answers: {
    200: {
      description:
        'One sentence of at most fifteen seconds. Nothing is said of bills: that needs a check of identity',
      schema: z
        .object({
          asOf: instantOut,
          language: z.enum(VOICE_LANGUAGES),
          say: z.string(),
          seconds: z.number().describe('how long it takes to say'),
          toAgent: z.boolean(),
          reason: z.enum([
            'unknownNumber',
            'severalAccounts',
            'told',
            'noOutageKnown',
            'vulnerable',
          ]),
        })
        .meta({ id: 'IvrAnswer' }),
    },
  },
  async handle(call) {
    const { deps, scope, body } = call
    const { customers, refine } = await deps.customers.find({ phone: body.caller }, scope.units)
    const language = body.language ?? voiceLanguage(customers[0]?.language ?? 'zh')
    const answer = (
      about: Told | 'unknownNumber' | 'severalAccounts',
      toAgent: boolean,
      reason: string,
    ) => {
      const { text: say, seconds } = deps.voice.spoken(about, language, toAgent)
      return { json: { asOf: formatInstant(deps.now()), language, say, seconds, toAgent, reason } }
    }
    if (customers.length === 0) return answer('unknownNumber', true, 'unknownNumber')
    const tolds = customers.map(({ account, usagePoint }) =>
      deps.voice.told({ account, usagePoint, language }),
    )
    const [told] = tolds
    // Several accounts are one only where the same outage has them all.
    if (refine || !told || tolds.some((one) => one.message !== told.message))
      return answer('severalAccounts', true, 'severalAccounts')
    if (customers.length > 1 && told.incident === null)
      return answer('severalAccounts', true, 'severalAccounts')
    for (const customer of customers) await noteAsked(call, customer, told.incident)
    if (told.situation === 'none') return answer(told, true, 'noOutageKnown')
    if (customers.some(isVulnerable)) return answer(told, true, 'vulnerable')
    return answer(told, NEEDS_AGENT.has(told.situation), 'told')
  },
})

/** Who depends on supply to live, or speaks what no machine here speaks, is never left to one. */
const isVulnerable = ({ sensitivities, language }: Customer) =>
  sensitivities.includes('lifeSupport') || language === 'mn'

async function noteAsked(
  call: Call,
  { account }: Customer,
  incident: string | null,
): Promise<void> {
  const key = keyOf(call)
  await noteContact(call, {
    account,
    channel: 'ivr',
    kind: 'inquiry',
    incident,
    requestId: `ivr/${account}/${key}`,
  })
}

const keyOf = ({ request }: Call): string => {
  const key = request.headers['idempotency-key']
  return key === undefined ? randomUUID() : read(requestKey, key, 'Idempotency-Key')
}

function noteContact(
  call: Call,
  contact: Omit<Contact, 'at' | 'by'> & { readonly account: string },
): Promise<void> {
  const { deps } = call
  return deps.records.contact({ ...contact, at: deps.now(), by: callerOf(call).account })
}

const replyBody = z
  .strictObject({
    channel: z.enum(['sms', 'app', 'wechat', 'web']),
    account: id.optional(),
    caller: phone.optional(),
    text: z.string().trim().min(1).max(500),
  })
  .refine((body) => (body.account === undefined) !== (body.caller === undefined), {
    message: 'exactly one of account, caller',
  })
  .meta({ id: 'ReplyRequest' })

type ReplyCall = Call<unknown, unknown, z.output<typeof replyBody>>

const reply = route({
  method: 'POST',
  path: '/api/v1/replies',
  demand: 'replies.write',
  summary: "A customer's answer to a message of ours",
  body: replyBody,
  headers: { 'Idempotency-Key': 'Repeating a request with the same key does nothing twice' },
  answers: {
    200: {
      description:
        '`dark` and `live` are evidence; the answer itself is not kept. `toAgent` where a person should look',
      schema: z
        .object({
          requestId: z.string(),
          receivedAt: instantOut,
          understood: z.enum(['dark', 'live', 'thanks', 'unsubscribe', 'unclear']),
          known: z
            .boolean()
            .describe('false where the sender is no customer, or cannot be told from others'),
          evidence: z.boolean(),
          incident: z.string().nullable(),
          ended: z.number().int().min(0).describe('subscriptions that `unsubscribe` ended'),
          answer: z.string().nullable().describe('to be sent back; null: nothing'),
          toAgent: z.boolean(),
        })
        .meta({ id: 'ReplyAnswer' }),
    },
  },
  async handle(call) {
    const { deps, body } = call
    const requestId = `reply/${keyOf(call)}`
    const receivedAt = deps.now()
    const understood = deps.voice.meaningOf(body.text)
    const found = await senderOf(call)
    const answer = (
      evidence: boolean,
      incident: string | null,
      toAgent: boolean,
      left: { readonly ended: number; readonly answer: string | null } = { ended: 0, answer: null },
    ) => ({
      json: {
        requestId,
        receivedAt: formatInstant(receivedAt),
        understood,
        known: found !== undefined,
        evidence,
        incident,
        ...left,
        toAgent,
      },
    })
    if (!found) return answer(false, null, understood === 'dark' || understood === 'unclear')
    const { customer, told } = found
    const { account } = customer
    const { incident } = told
    const channel = body.channel === 'sms' ? 'phone' : body.channel
    const says = understood === 'dark' || understood === 'live' ? understood : null
    const evidence = says !== null && (await append(call, customer, { requestId, channel, says }))
    const where = evidence && says === 'dark' ? { usagePoint: customer.usagePoint } : {}
    await noteContact(call, { account, channel, kind: 'reply', incident, requestId, ...where })
    const left = understood === 'unsubscribe' ? await unsubscribe(call, customer) : undefined
    // Dark where we say that it is back, or know of nothing: somebody should hear it from us.
    const unexplained = understood === 'dark' && NEEDS_AGENT.has(told.situation)
    return answer(evidence, incident, unexplained || understood === 'unclear', left)
  },
})

/**
 * Nothing more is told on the channel that was answered on, whether the account subscribed to it, its
 * area did, or the ledger names it; until somebody subscribes the account anew.
 */
async function unsubscribe(call: ReplyCall, { account, language }: Customer) {
  const { deps, body } = call
  const { account: by, role } = callerOf(call)
  const at = deps.now()
  const inForce = deps.subscriptions
    .ofAccount(account)
    .filter(({ endedAt, until }) => endedAt === null && (until === null || until > at))
    .filter(({ channel }) => channel === body.channel)
  for (const { id: detail } of inForce) {
    const entry = { at, by, role, what: 'subscription.end', subject: account, detail }
    await deps.records.audit(entry)
    await deps.subscriptions.end(detail, at)
  }
  // A page of ours sends no messages.
  if (body.channel !== 'web') {
    const entry = {
      at,
      by,
      role,
      what: 'subscription.refuse',
      subject: account,
      detail: body.channel,
    }
    await deps.records.audit(entry)
    await deps.subscriptions.refuse(account, body.channel, at)
  }
  const { text } = deps.voice.spoken('unsubscribed', voiceLanguage(language), false)
  return { ended: inForce.length, answer: text }
}

/** Who wrote; of several accounts with one number the one that an outage is about. */
async function senderOf(
  call: ReplyCall,
): Promise<{ readonly customer: Customer; readonly told: Told } | undefined> {
  const { deps, scope, body } = call
  const customers =
    body.account === undefined
      ? (await deps.customers.find({ phone: body.caller! }, scope.units)).customers
      : [await customerFor(deps, scope, body.account)]
  const known = customers.map((customer) => {
    const { account, usagePoint } = customer
    const told = deps.voice.told({ account, usagePoint, language: 'zh' })
    return { customer, told }
  })
  const concerned = known.filter(({ told }) => told.incident !== null)
  const candidates = concerned.length > 0 ? concerned : known
  return candidates.length === 1 ? candidates[0] : undefined
}

/** False where the customer's place in the network is not known: then nothing is shown by it. */
async function append(
  call: ReplyCall,
  { account, usagePoint }: Customer,
  said: Pick<CallerReportFact, 'requestId' | 'channel' | 'says'>,
): Promise<boolean> {
  const { deps } = call
  if (deps.grid().usagePoints.ids.indexOf(usagePoint) < 0) return false
  const { account: by, role } = callerOf(call)
  await deps.facts.append({
    type: 'callerReport',
    receivedAt: deps.now(),
    ...said,
    usagePoint: usagePoint as UsagePointId,
    account,
    by,
    role,
  })
  return true
}

export const channelRoutes = [ivr, reply]
