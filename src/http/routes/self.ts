/**
 * A customer's own outage: a trusted back-end, which signed the customer in, gets a token bound to one
 * account; with it the app or mini-programme asks. The account is in the token: no URL holds it.
 */
import { z } from 'zod'
import { formatInstant } from '../../facts/time.ts'
import {
  TOLD_SITUATIONS,
  type Told,
  VOICE_LANGUAGES,
  type VoiceLanguage,
} from '../customer-voice.ts'
import { Problem } from '../problem.ts'
import { callerOf, route } from '../route.ts'
import { id, instantOut } from '../schemas.ts'
import { customerFor } from './customers.ts'

const issue = route({
  method: 'POST',
  path: '/api/v1/self/tokens',
  demand: 'self.issue',
  summary: 'A short-lived token for one customer, asked for by the back-end that signed them in',
  body: z.strictObject({ account: id }).meta({ id: 'CustomerTokenRequest' }),
  answers: {
    200: {
      description: 'Good for `GET /self/outage` of this account alone',
      schema: z.object({ token: z.string(), expiresAt: instantOut }),
    },
    404: { description: 'No customer of this account in the units of the caller' },
  },
  async handle({ deps, scope, body }) {
    const { account } = await customerFor(deps, scope, body.account)
    const { token, expiresAt } = await deps.identity.issueCustomerToken(account)
    return { json: { token, expiresAt: formatInstant(expiresAt) } }
  },
})

const minutes = z.number().int().min(0)
const outageSchema = z
  .object({
    asOf: instantOut.describe('信息更新于'),
    stale: z.boolean().describe('too old to read a time from'),
    situation: z.enum(TOLD_SITUATIONS),
    startedAt: instantOut.nullable(),
    area: z.string().nullable().describe('no finer than the transformer area'),
    cause: z.string().nullable().describe('in words, once the crew has named it'),
    progress: z
      .object({ step: z.string(), of: z.array(z.string()) })
      .nullable()
      .describe('已感知 · 抢修途中 · 现场抢修 · 部分恢复 · 已恢复'),
    restoration: z
      .object({
        at: instantOut,
        source: z.enum(['estimated', 'field']).describe('初步预计 or 预计'),
        ageSeconds: minutes,
        passed: z.boolean(),
      })
      .nullable(),
    plans: z.array(z.object({ from: instantOut, to: instantOut })),
    outages: z.object({ days: minutes, count: minutes }),
    message: z.string(),
  })
  .meta({ id: 'SelfOutage' })

const outage = route({
  method: 'GET',
  path: '/api/v1/self/outage',
  demand: 'self.read',
  summary: 'What a signed-in customer may know of the own supply, in five steps',
  query: z.object({ language: z.enum(VOICE_LANGUAGES).optional() }),
  answers: {
    200: { description: 'Of the own account alone; only what is confirmed', schema: outageSchema },
  },
  async handle(call) {
    const { deps, query } = call
    const { customer: account } = callerOf(call)
    if (account === undefined) throw new Problem('auth.forbidden', 'the token names no customer')
    const [customer] = (await deps.customers.find({ account })).customers
    if (!customer) throw new Problem('customer.notFound', 'the account is no longer known')
    const language = query.language ?? voiceLanguage(customer.language)
    const { usagePoint } = customer
    return { json: toldView(deps.voice.told({ account, usagePoint, language })) }
  },
})

/** Mongolian has no reviewed wording for machines; Chinese is what its speakers read too. */
export const voiceLanguage = (language: string): VoiceLanguage => (language === 'en' ? 'en' : 'zh')

/** Field by field: what is not named here does not leave. */
function toldView(told: Told): z.input<typeof outageSchema> {
  const { stale, situation, area, cause, progress, restoration, outages, message } = told
  return {
    asOf: formatInstant(told.asOf),
    stale,
    situation,
    startedAt: told.startedAt === null ? null : formatInstant(told.startedAt),
    area,
    cause,
    progress: progress && { step: progress.step, of: [...progress.of] },
    restoration: restoration && {
      at: formatInstant(restoration.at),
      source: restoration.source,
      ageSeconds: Math.round(restoration.ageMs / 1000),
      passed: restoration.passed,
    },
    plans: told.plans.map(({ from, to }) => ({ from: formatInstant(from), to: formatInstant(to) })),
    outages: { days: outages.days, count: outages.count },
    message,
  }
}

export const selfRoutes = [issue, outage]
