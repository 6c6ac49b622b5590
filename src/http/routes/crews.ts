/** Crews (抢修班组): the register, what each is on and where it was seen last. */
import { z } from 'zod'
import { STAGES } from '../../engine/changes.ts'
import { formatInstant } from '../../facts/time.ts'
import { MAX_CREWS } from '../limits.ts'
import { Problem } from '../problem.ts'
import { type CrewNow, SHIFTS } from '../repair-ports.ts'
import { callerOf, route } from '../route.ts'
import { id, instantOut } from '../schemas.ts'

const crewBody = z
  .strictObject({
    id,
    name: z.string().trim().min(1).max(60).describe('of the crew, never of a person'),
    unit: id,
    members: z.number().int().min(0).max(100),
    shift: z.enum(SHIFTS),
    active: z.boolean().default(true),
  })
  .meta({ id: 'CrewRequest' })

export const crewSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    unit: z.string(),
    members: z.number().int(),
    shift: z.enum(SHIFTS),
    active: z.boolean(),
    changedAt: instantOut,
    by: z.string(),
    position: z.object({ lon: z.number(), lat: z.number(), at: instantOut }).nullable(),
    orders: z.array(
      z.object({
        incident: z.string(),
        stage: z.enum(STAGES),
        grade: z.number().int().min(1).max(4),
        metres: z.number().nullable().describe('to the open device'),
      }),
    ),
  })
  .meta({ id: 'Crew' })

/** A crew as the caller may see it: orders of other units are theirs alone. */
export function crewView(crew: CrewNow, seesUnit: (unit: string) => boolean) {
  const { position } = crew
  return {
    ...crew,
    changedAt: formatInstant(crew.changedAt),
    position: position && { ...position, at: formatInstant(position.at) },
    orders: crew.orders.filter(({ unit }) => seesUnit(unit)).map(({ unit: _, ...order }) => order),
  }
}

/** A crew of the caller's units, or sent to one of them. */
export const isSeenBy = (crew: CrewNow, seesUnit: (unit: string) => boolean) =>
  seesUnit(crew.unit) || crew.orders.some(({ unit }) => seesUnit(unit))

const crews = route({
  method: 'GET',
  path: '/api/v1/crews',
  demand: 'crews.read',
  summary: 'Crews of the units that may be seen, with their orders and latest positions',
  answers: {
    200: {
      description: 'By id. A position is of the latest message; none after a start until one comes',
      schema: z.object({ asOf: instantOut, crews: z.array(crewSchema) }),
    },
  },
  handle(call) {
    const { deps, scope } = call
    const seen = deps.repair
      .crews()
      .filter((crew) => isSeenBy(crew, (unit) => scope.seesUnit(unit)))
    const list = seen.map((crew) => crewView(crew, (unit) => scope.seesUnit(unit)))
    return { json: { asOf: formatInstant(deps.now()), crews: list } }
  },
})

const keep = route({
  method: 'POST',
  path: '/api/v1/crews',
  demand: 'crews.write',
  summary: 'Enter a crew, or change one: the same `id` again replaces it',
  body: crewBody,
  answers: { 200: { description: 'As it stands now', schema: crewSchema } },
  async handle(call) {
    const { deps, body, scope } = call
    const { account: by, role } = callerOf(call)
    const known = deps.repair.crews()
    const before = known.find((crew) => crew.id === body.id)
    const units = new Set(deps.grid().units.map((unit) => unit.id))
    const isOurs = (unit: string) => units.has(unit) && scope.seesUnit(unit)
    if (!isOurs(body.unit) || (before && !scope.seesUnit(before.unit)))
      throw new Problem('crew.unit', 'unit: not one of yours')
    if (!before && known.length >= MAX_CREWS)
      throw new Problem('crew.tooMany', `at most ${MAX_CREWS} crews`)
    const changedAt = deps.now()
    const detail = `${body.unit} ${body.shift} ${body.active ? 'active' : 'inactive'}`
    const what = before ? 'crew.changed' : 'crew.entered'
    await deps.records.audit({ at: changedAt, by, role, what, subject: body.id, detail })
    await deps.repair.keepCrew({ ...body, changedAt, by })
    const now = deps.repair.crews().find((crew) => crew.id === body.id)
    if (!now) throw new Problem('crew.notFound', `no crew ${body.id}`)
    return { json: crewView(now, (unit) => scope.seesUnit(unit)) }
  },
})

export const crewRoutes = [crews, keep]
