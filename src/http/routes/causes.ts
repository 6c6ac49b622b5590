/** The cause tree (原因树): what may be named as the cause of an outage, in the words of the rule file. */
import { z } from 'zod'
import { CAUSED_BY, REPAIR_KINDS } from '../../config/causes.ts'
import type { HttpDeps } from '../ports.ts'
import { Problem } from '../problem.ts'
import { route } from '../route.ts'

const words = {
  code: z.string(),
  zh: z.string(),
  en: z.string(),
  mn: z.string().optional(),
  repair: z.enum(REPAIR_KINDS).describe('高压, 低压, 计量, 客户内部, 非电力'),
  by: z.enum(CAUSED_BY),
}
const leaf = z.object({ ...words, children: z.array(z.never()) })
const group = z.object({ ...words, children: z.array(leaf) })
const top = z.object({ ...words, children: z.array(group) }).meta({ id: 'Cause' })

const list = route({
  method: 'GET',
  path: '/api/v1/causes',
  demand: 'incidents.read',
  summary: 'The cause tree: codes for the action `cause`, at most three levels',
  answers: {
    200: { description: 'As the rule file has it', schema: z.object({ causes: z.array(top) }) },
  },
  handle: ({ deps }) => ({ json: { causes: deps.causes().causes } }),
})

/** @throws Problem where the tree has no such code, naming the one most like it */
export function assertKnownCause({ causes }: HttpDeps, code: string): void {
  const tree = causes()
  if (tree.find(code)) return
  const { code: like, zh, en } = tree.nearest(code)
  const what = `no cause ${code} in the tree (GET /api/v1/causes); nearest: ${like} ${zh}`
  throw new Problem('cause.unknown', what, { nearest: { code: like, zh, en } })
}

export const causeRoutes = [list]
