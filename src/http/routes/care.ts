/**
 * Why customers and areas are served more attentively (服务等级): staff flag public opinion (舆情) and take
 * notes back; complaints and frequent outages note themselves. Each is a fact and in the audit chain.
 */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { CARE_REASONS, type CareNote, type CareReason } from '../../facts/care.ts'
import type { DeviceId, UsagePointId } from '../../facts/ids.ts'
import { formatInstant, type InstantMs } from '../../facts/time.ts'
import { DEVICE_TYPES } from '../../grid/model.ts'
import { audited } from '../audited.ts'
import { type CareNoted, careNotedSchema, careNotedView } from '../care-port.ts'
import { MAX_CARE_DAYS, MAX_CARE_LISTED } from '../limits.ts'
import { Problem } from '../problem.ts'
import { type Call, callerOf, read, route } from '../route.ts'
import { id, instantOut, paging, requestKey } from '../schemas.ts'
import { customerFor } from './customers.ts'

const DAY_MS = 86_400_000
const TRANSFORMER = DEVICE_TYPES.indexOf('transformer')

type Place = Pick<CareNote, 'usagePoint' | 'transformer' | 'account'>

const place = {
  account: id.optional().describe('a customer'),
  transformer: id.optional().describe('all of an area (台区)'),
}
const onePlace = (body: { account?: string | undefined; transformer?: string | undefined }) =>
  (body.account === undefined) !== (body.transformer === undefined)
const ONE_PLACE = 'exactly one of account, transformer'

/** The place meant, where the caller may see it. @throws Problem */
async function placeOf(
  { deps, scope }: Call<unknown, unknown, unknown>,
  { account, transformer }: { account?: string | undefined; transformer?: string | undefined },
): Promise<Place> {
  if (account !== undefined) {
    const { usagePoint } = await customerFor(deps, scope, account)
    return { usagePoint: usagePoint as UsagePointId, account }
  }
  const { devices } = deps.grid()
  const device = devices.ids.indexOf(transformer!)
  const known = device >= 0 && devices.type[device] === TRANSFORMER
  if (!known || !scope.seesFeeder(devices.feeder[device]!))
    throw new Problem('device.notFound', `no transformer ${transformer}`)
  return { transformer: transformer as DeviceId }
}

const asked = z.object({ requestId: z.string(), until: instantOut })

/** Appends the note under the caller's name; the audit chain has it first. */
async function note(call: Call<unknown, unknown, unknown>, one: CareNote, what: string) {
  const { deps, request } = call
  const { account: by, role } = callerOf(call)
  const key = request.headers['idempotency-key']
  const requestId = key === undefined ? randomUUID() : read(requestKey, key, 'Idempotency-Key')
  await audited(call, what, one.account ?? one.transformer ?? '', `${one.reason} ${requestId}`)
  const receivedAt = deps.now()
  await deps.facts.append({ type: 'careNoted', receivedAt, requestId, notes: [one], by, role })
  return { status: 201, json: { requestId, until: formatInstant(one.until) } }
}

const flag = route({
  method: 'POST',
  path: '/api/v1/care',
  demand: 'care.write',
  summary:
    'Flag public opinion (舆情) on a customer or an area: served at the most attentive level',
  body: z
    .strictObject({
      ...place,
      reason: z.literal('publicOpinion'),
      days: z.number().int().min(1).max(MAX_CARE_DAYS).optional(),
    })
    .refine(onePlace, { message: ONE_PLACE })
    .meta({ id: 'CareRequest' }),
  headers: { 'Idempotency-Key': 'Repeating a request with the same key says the same again' },
  answers: { 201: { description: 'Noted, audited; holds until then', schema: asked } },
  async handle(call) {
    const { deps, body } = call
    const days = body.days ?? deps.care.publicOpinionDays()
    const until = deps.now() + days * DAY_MS
    const noted = { ...(await placeOf(call, body)), reason: body.reason, until }
    return note(call, noted, 'care.noted')
  },
})

/** Lists of frequent outages note and take back by themselves. */
const TAKEN_BACK = ['publicOpinion', 'complaint'] as const satisfies readonly CareReason[]

const takeBack = route({
  method: 'POST',
  path: '/api/v1/care/end',
  demand: 'care.write',
  summary: 'Take back what was noted of a customer or an area',
  body: z
    .strictObject({ ...place, reason: z.enum(TAKEN_BACK) })
    .refine(onePlace, { message: ONE_PLACE })
    .meta({ id: 'CareEndRequest' }),
  headers: { 'Idempotency-Key': 'Repeating a request with the same key says the same again' },
  answers: { 201: { description: 'Taken back, audited', schema: asked } },
  async handle(call) {
    const { deps, body } = call
    const noted = { ...(await placeOf(call, body)), reason: body.reason, until: deps.now() }
    return note(call, noted, 'care.ended')
  },
})

const list = route({
  method: 'GET',
  path: '/api/v1/care',
  demand: 'care.read',
  summary: 'Customers and areas that are served more attentively, and why, newest first',
  query: z.object({ reason: z.enum(CARE_REASONS).optional(), limit: paging.limit }),
  answers: {
    200: {
      description: 'What holds now in the units that may be seen',
      schema: z.object({ asOf: instantOut, notes: z.array(careNotedSchema) }),
    },
  },
  handle({ deps, scope, query }) {
    const at: InstantMs = deps.now()
    const { reason, limit } = query
    const { devices, usagePoints } = deps.grid()
    const seen = ({ usagePoint, transformer, reason: why }: CareNoted) => {
      // Whose life hangs on supply is shown with the customer alone, not as a list.
      if (why === 'lifeSupport') return false
      const point = usagePoint === null ? -1 : usagePoints.ids.indexOf(usagePoint)
      const device =
        point >= 0 ? usagePoints.device[point]! : devices.ids.indexOf(transformer ?? '')
      return scope.seesFeeder(device < 0 ? -1 : devices.feeder[device]!)
    }
    const of = reason === undefined ? {} : { reason }
    const notes = deps.care.list({ at, limit: MAX_CARE_LISTED, ...of }).filter(seen)
    return { json: { asOf: formatInstant(at), notes: notes.slice(0, limit).map(careNotedView) } }
  },
})

export const careRoutes = [flag, takeBack, list]
