/**
 * Customers: found inside the caller's units and shown masked; unmasked one at a time, for a reason
 * that is in the audit chain before anything is shown. Questions are bodies: no URL holds one.
 */
import { z } from 'zod'
import { formatInstant } from '../../facts/time.ts'
import { CARD_LANGUAGES, cardSchema, cardView } from '../card.ts'
import { customerLevelSchema, customerLevelView } from '../care-port.ts'
import type { Customer, CustomerQuestion, HttpDeps } from '../ports.ts'
import { Problem } from '../problem.ts'
import { type Call, callerOf, route } from '../route.ts'
import { id, instantOut } from '../schemas.ts'
import type { Scope } from '../scope.ts'

/** Longest question; a whole address has some forty characters. */
const MAX_QUESTION = 64

/** Why somebody needs the name, the number or the door: what an auditor asks first. */
export const REVEAL_REASONS = [
  'identityCheck',
  'callBack',
  'fieldVisit',
  'complaint',
  'safety',
] as const

const QUESTIONS = ['account', 'meter', 'usagePoint', 'phone', 'q'] as const

const searchBody = z
  .strictObject({
    account: id.optional(),
    meter: id.optional(),
    usagePoint: id.optional(),
    phone: z.string().min(5).max(24).optional(),
    q: z.string().trim().min(1).max(MAX_QUESTION).optional(),
    language: z.enum(CARD_LANGUAGES).optional(),
    /** The agent has checked who calls; recorded. Without it nothing is said of arrears. */
    identityVerified: z.boolean().default(false),
  })
  .refine((body) => QUESTIONS.filter((name) => body[name] !== undefined).length === 1, {
    message: `exactly one of ${QUESTIONS.join(', ')}`,
  })
  .meta({ id: 'CustomerSearch' })

export const customerSchema = z
  .object({
    account: z.string(),
    meter: z.string(),
    usagePoint: z.string(),
    unit: z.string(),
    name: z.string().describe('masked'),
    phones: z.array(z.string()).describe('masked'),
    address: z.string().describe('masked'),
    gridManager: z.string(),
    important: z.string().nullable(),
    sensitivities: z.array(z.string()),
    language: z.string(),
    preferences: z.array(z.string()),
  })
  .meta({ id: 'Customer' })

const search = route({
  method: 'POST',
  path: '/api/v1/customers/search',
  demand: 'customers.read',
  summary: 'Find customers; of a single one the answer card with what to say',
  body: searchBody,
  answers: {
    200: {
      description: 'At most 20, masked; `refine` where there are more; `card` where there is one',
      schema: z.object({
        asOf: instantOut,
        refine: z.boolean(),
        customers: z.array(customerSchema),
        card: cardSchema.extend({ service: customerLevelSchema }).nullable(),
      }),
    },
    503: { description: 'Customers are being read in for the first time' },
  },
  async handle(call) {
    const { deps, scope, body } = call
    const { customers, refine } = await deps.customers.find(questionOf(body), scope.units)
    const card = customers.length === 1 ? await cardFor(call, customers[0]!) : null
    return { json: { asOf: formatInstant(deps.now()), refine, customers, card } }
  },
})

type SearchCall = Call<unknown, unknown, z.output<typeof searchBody>>

async function cardFor(call: SearchCall, customer: Customer) {
  const { deps, body } = call
  const { account, usagePoint } = customer
  const { identityVerified } = body
  if (identityVerified) {
    const { account: by, role } = callerOf(call)
    const what = 'customer.identified'
    await deps.records.audit({ at: deps.now(), by, role, what, subject: account, detail: '' })
  }
  const language = body.language ?? customer.language
  const card = deps.card({ account, usagePoint, language, identityVerified })
  const transformer = card.supply.path.find(({ type }) => type === 'transformer')?.id ?? null
  const { sensitivities } = customer
  const { urges } = card.contacts
  const about = { account, usagePoint, transformer, sensitivities, urges }
  const level = deps.care.ofCustomer(about, deps.now())
  return { ...cardView(card), service: customerLevelView(level) }
}

function questionOf(body: z.output<typeof searchBody>): CustomerQuestion {
  const name = QUESTIONS.find((one) => body[one] !== undefined)!
  return { [name]: body[name] } as CustomerQuestion
}

/** The customer of an account; of another unit there is none. @throws Problem */
export async function customerFor(
  { customers }: HttpDeps,
  { units }: Scope,
  account: string,
): Promise<Customer> {
  const [customer] = (await customers.find({ account }, units)).customers
  if (!customer) throw new Problem('customer.notFound', `no customer ${account}`)
  return customer
}

const unmask = route({
  method: 'POST',
  path: '/api/v1/customers/{account}/unmask',
  demand: 'customers.reveal',
  summary: 'Name, phones and address of one customer in full, for a reason that is recorded',
  params: z.object({ account: id }),
  body: z.strictObject({ reason: z.enum(REVEAL_REASONS) }).meta({ id: 'UnmaskRequest' }),
  answers: {
    200: {
      description: 'In full; who asked, when and why is in the audit chain',
      schema: z.object({
        account: z.string(),
        name: z.string(),
        phones: z.array(z.string()),
        address: z.string(),
      }),
    },
  },
  async handle(call) {
    const { deps, scope, params, body } = call
    const { account: by, role } = callerOf(call)
    const { account } = await customerFor(deps, scope, params.account)
    await deps.records.audit({
      at: deps.now(),
      by,
      role,
      what: 'customer.revealed',
      subject: account,
      detail: body.reason,
    })
    const revealed = await deps.customers.reveal(account)
    if (!revealed) throw new Problem('customer.notFound', `no customer ${account}`)
    return { json: { account, ...revealed } }
  },
})

export const customerRoutes = [search, unmask]
