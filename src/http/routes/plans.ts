/** Announced outages: planned work, rationing, arrears, suspended supply. Each is a fact. */
import { z } from 'zod'
import type { Plan } from '../../engine/plans/plan.ts'
import type { DeviceId, UsagePointId } from '../../facts/ids.ts'
import { PLAN_KINDS, type PlanAnnouncedFact, type PlanKind } from '../../facts/plans.ts'
import { formatInstant, type InstantMs } from '../../facts/time.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { DEVICE_TYPES, type DeviceType } from '../../grid/model.ts'
import { audited } from '../audited.ts'
import {
  MAX_PLAN_AHEAD_DAYS,
  MAX_PLAN_DAYS,
  MAX_PLAN_DEVICES,
  MAX_PLAN_USAGE_POINTS,
  MAX_PLANS,
} from '../limits.ts'
import { Problem } from '../problem.ts'
import { callerOf, route } from '../route.ts'
import { id, idParams, instantIn, instantOut, paging } from '../schemas.ts'
import type { Scope } from '../scope.ts'

const DAY_MS = 86_400_000

/** Every thing named once: twice would count it twice. */
const once = (list: readonly string[]) => new Set(list).size === list.length
const ids = (most: number) => z.array(id).max(most).refine(once, 'names something twice')

const planBody = z
  .strictObject({
    id,
    kind: z.enum(PLAN_KINDS),
    temporary: z
      .boolean()
      .default(false)
      .describe('临时停电: planned work at short notice; of `planned` alone'),
    devices: ids(MAX_PLAN_DEVICES).default([]),
    usagePoints: ids(MAX_PLAN_USAGE_POINTS).default([]),
    from: instantIn,
    to: instantIn,
  })
  .refine(({ devices, usagePoints }) => devices.length + usagePoints.length > 0, {
    message: 'names neither devices nor usage points',
    path: ['devices'],
  })
  .refine(({ kind, temporary }) => kind === 'planned' || !temporary, {
    message: 'only planned work is temporary',
    path: ['temporary'],
  })
  .meta({ id: 'PlanRequest' })

const planSchema = z
  .object({
    id: z.string(),
    kind: z.enum(PLAN_KINDS),
    temporary: z.boolean(),
    devices: z.array(z.string()),
    usagePoints: z.array(z.string()),
    from: instantOut,
    to: instantOut,
    state: z.enum(['ahead', 'inForce', 'over']),
    by: z.string().describe('account that announced it'),
    announcedAt: instantOut,
  })
  .meta({ id: 'Plan' })

type Announced = Omit<Plan, 'position'>

const stateOf = ({ from, to }: Announced, now: InstantMs) =>
  now < from ? 'ahead' : now <= to ? 'inForce' : 'over'

const view = (plan: Announced, now: InstantMs) => ({
  id: plan.id,
  kind: plan.kind,
  temporary: plan.temporary === true,
  devices: plan.devices,
  usagePoints: plan.usagePoints,
  from: formatInstant(plan.from),
  to: formatInstant(plan.to),
  state: stateOf(plan, now),
  by: plan.by,
  announcedAt: formatInstant(plan.announcedAt),
})

/** True where any of what the plan names may be seen. */
function isSeen(plan: Announced, grid: CompiledGrid, scope: Scope): boolean {
  if (scope.units === undefined) return true
  return (
    plan.devices.some((device) => seesDevice(grid, scope, device)) ||
    plan.usagePoints.some((point) => seesPoint(grid, scope, point))
  )
}

function seesDevice({ devices }: CompiledGrid, scope: Scope, name: string): boolean {
  const index = devices.ids.indexOf(name)
  return index >= 0 && scope.seesFeeder(devices.feeder[index]!)
}

function seesPoint({ devices, usagePoints }: CompiledGrid, scope: Scope, name: string): boolean {
  const index = usagePoints.ids.indexOf(name)
  return index >= 0 && scope.seesFeeder(devices.feeder[usagePoints.device[index]!]!)
}

/** What is unknown or of another unit is the same to the caller. @throws Problem */
function checkPlaces(plan: Announced, grid: CompiledGrid, scope: Scope): void {
  const device = plan.devices.find((name) => !seesDevice(grid, scope, name))
  if (device !== undefined) throw new Problem('device.unknown', `devices: no device ${device}`)
  const point = plan.usagePoints.find((name) => !seesPoint(grid, scope, name))
  if (point !== undefined)
    throw new Problem('usagePoint.unknown', `usagePoints: no usage point ${point}`)
}

/** A meter exchange disconnects one by one: an area at most, not half a town. @throws Problem */
function checkArea({ kind, devices: named }: Announced, { devices }: CompiledGrid): void {
  if (kind !== 'meterExchange') return
  const levels: readonly DeviceType[] = ['transformer', 'lvBranch', 'meterBox', 'service']
  const high = named.find(
    (id) => !levels.includes(DEVICE_TYPES[devices.type[devices.ids.indexOf(id)]!]!),
  )
  if (high !== undefined)
    throw new Problem(
      'plan.place',
      `devices: ${high} lies above a transformer; name transformers or meters`,
    )
}

/** @throws Problem where the plan is over, too long or too far ahead. */
function checkWindow(kind: PlanKind, from: InstantMs, to: InstantMs, now: InstantMs): void {
  const wrong = (detail: string): never => {
    throw new Problem('plan.window', detail)
  }
  if (from >= to) wrong('to: must be later than from')
  if (to <= now) wrong('to: is over already')
  if (to - from > MAX_PLAN_DAYS[kind] * DAY_MS)
    wrong(`to: a plan of kind ${kind} lasts at most ${MAX_PLAN_DAYS[kind]} days`)
  if (from - now > MAX_PLAN_AHEAD_DAYS * DAY_MS)
    wrong(`from: at most ${MAX_PLAN_AHEAD_DAYS} days ahead`)
}

const sameList = (a: readonly string[], b: readonly string[]) => a.join() === b.join()

function isSame(a: Announced, b: Announced): boolean {
  return (
    a.kind === b.kind &&
    a.temporary === b.temporary &&
    a.from === b.from &&
    a.to === b.to &&
    sameList(a.devices, b.devices) &&
    sameList(a.usagePoints, b.usagePoints)
  )
}

const announce = route({
  method: 'POST',
  path: '/api/v1/plans',
  demand: 'plans.write',
  summary: 'Announce an outage; the same `id` again replaces it',
  body: planBody,
  answers: {
    200: { description: 'Recorded', schema: planSchema },
    409: { description: 'Another unit announced a plan of this id' },
  },
  async handle(call) {
    const { deps, body, scope } = call
    const { account: by, role } = callerOf(call)
    const now = deps.now()
    const { temporary, ...said } = body
    const plan: Announced = {
      ...said,
      ...(temporary && { temporary }),
      devices: body.devices as DeviceId[],
      usagePoints: body.usagePoints as UsagePointId[],
      by,
      announcedAt: now,
    }
    checkWindow(plan.kind, plan.from, plan.to, now)
    checkPlaces(plan, deps.grid(), scope)
    checkArea(plan, deps.grid())
    const plans = deps.plans()
    const known = plans.get(plan.id)
    if (known && !isSeen(known, deps.grid(), scope))
      throw new Problem('plan.taken', `the id ${plan.id} is in use`)
    if (known && isSame(known, plan)) return { json: view(known, now) }
    if (!known && plans.size >= MAX_PLANS)
      throw new Problem('plan.tooMany', `${MAX_PLANS} plans are announced already`)
    const { id: name, announcedAt, ...rest } = plan
    const fact: PlanAnnouncedFact = {
      type: 'planAnnounced',
      receivedAt: announcedAt,
      plan: name,
      ...rest,
      role,
    }
    await audited(call, 'plan.announce', name, plan.kind)
    await deps.facts.append(fact)
    return { json: view(plan, now) }
  },
})

const list = route({
  method: 'GET',
  path: '/api/v1/plans',
  demand: 'plans.read',
  summary: 'Announced outages that are not over, as announced',
  query: z.object({ kind: z.enum(PLAN_KINDS).optional(), ...paging }),
  answers: {
    200: {
      description: 'In the order in which they were announced',
      schema: z.object({
        asOf: instantOut,
        cursor: z.string().nullable(),
        plans: z.array(planSchema),
      }),
    },
  },
  handle({ deps, scope, query }) {
    const now = deps.now()
    const after = query.cursor === undefined ? 0 : Number(query.cursor)
    if (!Number.isSafeInteger(after)) throw new Problem('request.invalid', 'query.cursor: not ours')
    const page: Plan[] = []
    let more = false
    for (const plan of deps.plans().values()) {
      if (plan.position <= after || (query.kind && plan.kind !== query.kind)) continue
      if (!isSeen(plan, deps.grid(), scope)) continue
      more = page.length === query.limit
      if (more) break
      page.push(plan)
    }
    return {
      json: {
        asOf: formatInstant(now),
        cursor: more ? String(page.at(-1)!.position) : null,
        plans: page.map((plan) => view(plan, now)),
      },
    }
  },
})

const withdraw = route({
  method: 'DELETE',
  path: '/api/v1/plans/{id}',
  demand: 'plans.write',
  summary: 'Withdraw an announced outage',
  params: idParams,
  answers: { 204: { description: 'Recorded' } },
  async handle(call) {
    const { deps, params, scope } = call
    const { account: by, role } = callerOf(call)
    const plan = deps.plans().get(params.id)
    if (!plan || !isSeen(plan, deps.grid(), scope))
      throw new Problem('plan.notFound', `no plan ${params.id}`)
    checkPlaces(plan, deps.grid(), scope)
    await audited(call, 'plan.withdraw', plan.id, plan.kind)
    await deps.facts.append({
      type: 'planWithdrawn',
      receivedAt: deps.now(),
      plan: plan.id,
      by,
      role,
    })
    return { status: 204 }
  },
})

export const planRoutes = [announce, list, withdraw]
