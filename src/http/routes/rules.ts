/** The rules in force and before, and new ones: a set of rules is a fact like everything else. */
import { z } from 'zod'
import { formatInstant } from '../../facts/time.ts'
import { audited } from '../audited.ts'
import { MAX_RULES_LISTED, RULE_TRIALS_PER_MINUTE } from '../limits.ts'
import type { HttpDeps } from '../ports.ts'
import { Problem } from '../problem.ts'
import { callerOf, route } from '../route.ts'
import { instantOut } from '../schemas.ts'

const ruleFile = z.strictObject({
  name: z.enum(['judgement.yaml', 'grading.yaml']),
  text: z.string(),
})

const files = z
  .array(ruleFile)
  .min(1)
  .max(2)
  .refine((given) => new Set(given.map(({ name }) => name)).size === given.length, {
    message: 'each file once',
  })

const applied = z.object({
  version: z.string(),
  digest: z.string(),
  since: instantOut,
  by: z.string(),
})

const rulesAnswer = z
  .object({
    version: z.string(),
    digest: z.string(),
    since: instantOut.nullable(),
    by: z.string().nullable(),
    values: z.looseObject({}),
    files: z.array(ruleFile),
    history: z.array(applied),
  })
  .meta({ id: 'Rules' })

function answer({ records, rules }: HttpDeps) {
  const { version, digest, files, values } = rules()
  const history = records
    .applied('rules', MAX_RULES_LISTED)
    .map((one) => ({ ...one, since: formatInstant(one.since) }))
  // What was applied before the ledger kept it has no row.
  const inForce = history[0]?.digest === digest ? history[0] : undefined
  const { since = null, by = null } = inForce ?? {}
  return { json: { version, digest, since, by, values, files, history } }
}

const read = route({
  method: 'GET',
  path: '/api/v1/rules',
  demand: 'rules.read',
  summary: 'The rules in force, as values and as written, and those applied before',
  answers: {
    200: {
      description: 'Version, digest, since when and by whom; newest first',
      schema: rulesAnswer,
    },
  },
  handle: ({ deps }) => answer(deps),
})

const apply = route({
  method: 'POST',
  path: '/api/v1/rules',
  demand: 'rules.apply',
  summary: 'Put rule files in force; a file left out stays as it is',
  body: z.strictObject({ files }).meta({ id: 'RulesRequest' }),
  answers: {
    200: { description: 'In force now', schema: rulesAnswer },
    422: { description: 'Not usable; `problems` has one line for each place' },
  },
  async handle(call) {
    const { deps, body } = call
    await audited(call, 'rules.apply', body.files.map(({ name }) => name).join(' '))
    try {
      await deps.applyRules(body.files, callerOf(call).account)
    } catch (error) {
      const { code, message, problems } = error as Error & { code?: string; problems?: string[] }
      if (code === 'rules.invalid') throw new Problem('rules.invalid', message, { problems })
      throw error
    }
    return answer(deps)
  },
})

const check = route({
  method: 'POST',
  path: '/api/v1/rules/check',
  demand: 'rules.read',
  summary: 'Whether rule files could be put in force; nothing is changed',
  body: z.strictObject({ files }).meta({ id: 'RulesCheckRequest' }),
  answers: {
    200: {
      description: 'Usable where there are no problems',
      schema: z.object({
        version: z.string().nullable(),
        problems: z.array(z.string()).describe('`file:line: what`'),
      }),
    },
  },
  handle: ({ deps, body }) => ({ json: deps.checkRules(body.files) }),
})

const tried = z.object({
  id: z.string(),
  kind: z.string(),
  outageKind: z.string(),
  outcome: z.string().nullable(),
  level: z.string(),
  grade: z.number().int(),
  device: z.object({ id: z.string(), name: z.string() }),
  customers: z.number().int(),
})

const test = route({
  method: 'POST',
  path: '/api/v1/rules/test',
  demand: 'rules.apply',
  summary: 'Play a scenario under rule files and under those in force, on a made-up county',
  body: z
    .strictObject({ files, scenario: z.string().regex(/^[\w-]{1,64}$/) })
    .meta({ id: 'RulesTestRequest' }),
  answers: {
    200: {
      description: 'The incidents as they ended under each',
      schema: z.object({
        scenario: z.string(),
        facts: z.number().int(),
        tried: z.array(tried),
        inForce: z.array(tried),
      }),
    },
    422: { description: 'Not usable; `problems` has one line for each place' },
  },
  perMinute: RULE_TRIALS_PER_MINUTE,
  async handle({ deps, body }) {
    const { problems } = deps.checkRules(body.files)
    if (problems.length > 0) throw new Problem('rules.invalid', problems[0]!, { problems })
    if (!deps.simulator?.scenarios.some(({ name }) => name === body.scenario))
      throw new Problem('simulator.noScenario', `no scenario ${body.scenario}`)
    return { json: await deps.testRules(body.files, body.scenario) }
  },
})

export const ruleRoutes = [read, apply, check, test]
