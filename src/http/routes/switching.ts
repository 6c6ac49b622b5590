/** Switch positions: what differs from the normal state, and a dispatcher's word on a switch. */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Operation } from '../../engine/switching/state.ts'
import type { SwitchingFact } from '../../facts/facts.ts'
import type { DeviceId } from '../../facts/ids.ts'
import { formatInstant, type InstantMs } from '../../facts/time.ts'
import { RECLOSING_STATES } from '../../facts/wire.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { feedersBeside } from '../../grid/feeders-beside.ts'
import { DEVICE_TYPES } from '../../grid/model.ts'
import { audited } from '../audited.ts'
import {
  MAX_SWITCHING_AHEAD_DAYS,
  MAX_SWITCHING_LATE_HOURS,
  MAX_SWITCHING_PLANNED,
} from '../limits.ts'
import { Problem } from '../problem.ts'
import { callerOf, read, route } from '../route.ts'
import { deviceRef, id, instantIn, instantOut } from '../schemas.ts'
import { type Scope, unitOfFeeder } from '../scope.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

const position = z.enum(['open', 'closed'])
const count = z.number().int()

const operated = z
  .object({
    device: deviceRef,
    feeder: z.string().nullable(),
    unit: z.string().nullable(),
    position,
    normally: position,
    since: instantOut,
    source: z.enum(['terminal', 'dispatcher', 'planned']),
    by: z.string().nullable().describe('terminal or account'),
  })
  .meta({ id: 'OperatedDevice' })

const operation = z
  .object({
    requestId: z.string(),
    device: z.string(),
    position,
    at: instantOut,
    source: z.enum(['dispatcher', 'planned']),
    by: z.string(),
  })
  .meta({ id: 'SwitchingOperation' })

/** A tie concerns the units on both its sides. */
function seesDevice(grid: CompiledGrid, scope: Scope, name: string): boolean {
  const { devices } = grid
  const index = devices.ids.indexOf(name)
  if (index < 0) return false
  return scope.units === undefined || feedersBeside(grid, index).some(scope.seesFeeder)
}

function refOf({ devices }: CompiledGrid, name: string) {
  const index = devices.ids.indexOf(name)
  return {
    id: name,
    type: DEVICE_TYPES[devices.type[index]!]!,
    name: devices.nameOf(index) || name,
  }
}

const positionOf = (open: boolean) => (open ? ('open' as const) : ('closed' as const))

const view = ({ requestId, device, open, at, source, by }: Omit<Operation, 'position'>) => ({
  requestId,
  device,
  position: positionOf(open),
  at: formatInstant(at),
  source,
  by,
})

const list = route({
  method: 'GET',
  path: '/api/v1/switching',
  demand: 'switching.read',
  summary: 'Devices away from their normal position, planned switching, loops and islands',
  answers: {
    200: {
      description: 'Of now; an island is named by the open device that keeps it from its supply',
      schema: z.object({
        asOf: instantOut,
        operated: z.array(operated),
        planned: z.array(operation),
        loops: z.array(deviceRef),
        islands: z.array(z.object({ device: deviceRef, customers: count, transformers: count })),
      }),
    },
  },
  handle({ deps, scope }) {
    const grid = deps.grid()
    const { devices } = grid
    const now = deps.switching()
    const isSeen = (name: string) => seesDevice(grid, scope, name)
    return {
      json: {
        asOf: formatInstant(deps.now()),
        operated: now.operated
          .filter(({ device }) => isSeen(device))
          .map(({ device, since, ...rest }) => {
            const index = devices.ids.indexOf(device)
            const feeder = feedersBeside(grid, index)[0] ?? -1
            return {
              device: refOf(grid, device),
              feeder: grid.feeders[feeder]?.id ?? null,
              unit: unitOfFeeder(grid, feeder) ?? null,
              normally: positionOf(devices.normallyOpen[index] === 1),
              ...rest,
              since: formatInstant(since),
            }
          }),
        planned: now.planned.filter(({ device }) => isSeen(device)).map(view),
        loops: now.loops.filter(isSeen).map((device) => refOf(grid, device)),
        islands: now.islands
          .filter(({ device }) => isSeen(device))
          .map(({ device, ...rest }) => ({ device: refOf(grid, device), ...rest })),
      },
    }
  },
})

/** @throws Problem where nobody can mean that time. */
function checkTime(at: InstantMs, now: InstantMs): void {
  if (at < now - MAX_SWITCHING_LATE_HOURS * HOUR_MS)
    throw new Problem('switching.time', `at: more than ${MAX_SWITCHING_LATE_HOURS} hours ago`)
  if (at > now + MAX_SWITCHING_AHEAD_DAYS * DAY_MS)
    throw new Problem('switching.time', `at: more than ${MAX_SWITCHING_AHEAD_DAYS} days ahead`)
}

const operate = route({
  method: 'POST',
  path: '/api/v1/switching',
  demand: 'switching.write',
  summary: 'Say that a switch was operated, or will be (`at` in the future)',
  headers: { 'Idempotency-Key': 'Repeating a request with the same key does nothing twice' },
  body: z
    .strictObject({
      device: id,
      position,
      reclosing: z
        .enum(RECLOSING_STATES)
        .optional()
        .describe('重合闸投退: whether it would reclose by itself; not of what is planned'),
      at: instantIn.optional(),
    })
    .meta({ id: 'SwitchingRequest' }),
  answers: {
    200: {
      description: 'Recorded; the network follows at once, or when it is due',
      schema: operation,
    },
  },
  async handle(call) {
    const { deps, body, scope, request } = call
    const now = deps.now()
    const key = request.headers['idempotency-key']
    const requestId =
      key === undefined
        ? randomUUID()
        : read(
            z.string().regex(/^[!-~]{1,128}$/, 'not 1 to 128 printable characters'),
            key,
            'Idempotency-Key',
          )
    if (!seesDevice(deps.grid(), scope, body.device))
      throw new Problem('device.unknown', `device: no device ${body.device}`)
    const { decided, planned } = deps.switching()
    const earlier = decided(requestId)
    if (earlier) {
      if (earlier.device !== body.device || positionOf(earlier.open) !== body.position)
        throw new Problem('action.keyReused', 'this Idempotency-Key was used for another switching')
      return { json: view(earlier) }
    }
    const at = body.at ?? now
    checkTime(at, now)
    const source = at > now ? 'planned' : 'dispatcher'
    if (source === 'planned' && body.reclosing !== undefined)
      throw new Problem('switching.time', 'reclosing: is told when it is so, not ahead')
    if (source === 'planned' && planned.length >= MAX_SWITCHING_PLANNED)
      throw new Problem(
        'switching.tooMany',
        `${MAX_SWITCHING_PLANNED} operations are planned already`,
      )
    const fact: SwitchingFact = {
      type: 'switching',
      receivedAt: now,
      requestId,
      device: body.device as DeviceId,
      position: body.position,
      ...(body.reclosing === undefined ? {} : { reclosing: body.reclosing }),
      at,
      source,
      by: callerOf(call).account,
    }
    await audited(call, 'switching.operate', body.device, `${body.position} ${source} ${requestId}`)
    await deps.facts.append(fact)
    return { json: view({ ...fact, open: fact.position === 'open' }) }
  },
})

const cancel = route({
  method: 'DELETE',
  path: '/api/v1/switching/{requestId}',
  demand: 'switching.write',
  summary: 'Cancel switching that was planned and is not due yet',
  params: z.object({ requestId: z.string().regex(/^[!-~]{1,128}$/) }),
  answers: { 204: { description: 'Recorded' } },
  async handle(call) {
    const { deps, params, scope } = call
    const { requestId } = params
    const planned = deps.switching().planned.find((one) => one.requestId === requestId)
    if (!planned || planned.at <= deps.now() || !seesDevice(deps.grid(), scope, planned.device))
      throw new Problem('switching.notPlanned', `no switching ${requestId} is to come`)
    const by = callerOf(call).account
    await audited(call, 'switching.cancel', planned.device, requestId)
    await deps.facts.append({
      type: 'switchingCancelled',
      receivedAt: deps.now(),
      requestId,
      by,
    })
    return { status: 204 }
  },
})

export const switchingRoutes = [operate, list, cancel]
