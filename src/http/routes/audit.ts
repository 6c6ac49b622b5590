/** The audit chain, as auditors read it. */
import { z } from 'zod'
import { formatInstant } from '../../facts/time.ts'
import { route } from '../route.ts'
import { instantOut, paging } from '../schemas.ts'

const list = route({
  method: 'GET',
  path: '/api/v1/audit',
  demand: 'audit.read',
  summary: 'Who did or saw what, newest first; each entry holds the hash of the one before',
  query: z.object(paging),
  answers: {
    200: {
      description: 'A page; `audit verify` checks the chain',
      schema: z.object({
        asOf: instantOut,
        cursor: z.string().nullable(),
        entries: z.array(
          z.object({
            no: z.number().int(),
            at: instantOut,
            by: z.string(),
            role: z.string(),
            what: z.string(),
            subject: z.string(),
            detail: z.string(),
            hash: z.string(),
          }),
        ),
      }),
    },
  },
  handle({ deps, query: { limit, cursor } }) {
    const page = deps.records.audited({ limit, ...(cursor === undefined ? {} : { cursor }) })
    return {
      json: {
        asOf: formatInstant(deps.now()),
        cursor: page.cursor,
        entries: page.entries.map((entry) => ({ ...entry, at: formatInstant(entry.at) })),
      },
    }
  },
})

export const auditRoutes = [list]
