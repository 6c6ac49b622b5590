/** Weather that makes an outage graver, as a weather service or a person tells it: a fact for the engine. */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { UnitId } from '../../facts/ids.ts'
import { formatInstant } from '../../facts/time.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { audited } from '../audited.ts'
import { Problem } from '../problem.ts'
import { callerOf, read, route } from '../route.ts'
import { id, instantOut, requestKey } from '../schemas.ts'

const temperature = route({
  method: 'POST',
  path: '/api/v1/weather/temperature',
  demand: 'weather.write',
  summary: 'How cold it is in a unit and those below it; it holds for the hours of the rules',
  body: z
    .strictObject({
      unit: id,
      // The coldest and the hottest that was ever measured in the country, and some more.
      celsius: z.number().min(-70).max(60).nullable().describe('null takes back what was told'),
    })
    .meta({ id: 'TemperatureRequest' }),
  headers: { 'Idempotency-Key': 'Repeating a request with the same key says the same again' },
  answers: {
    200: {
      description: 'Recorded, audited',
      schema: z
        .object({ unit: z.string(), celsius: z.number().nullable(), receivedAt: instantOut })
        .meta({ id: 'TemperatureAnswer' }),
    },
  },
  async handle(call) {
    const { deps, body, scope, request } = call
    const { unit, celsius } = body
    if (!deps.grid().units.some((one) => one.id === unit) || !scope.seesUnit(unit))
      throw new Problem('request.invalid', `unit: no unit ${unit}`)
    const key = request.headers['idempotency-key']
    const requestId = key === undefined ? randomUUID() : read(requestKey, key, 'Idempotency-Key')
    const { account: by, role } = callerOf(call)
    const receivedAt = deps.now()
    await audited(call, 'weather.temperature', unit, celsius === null ? 'none' : String(celsius))
    await deps.facts.append({
      ...{ type: 'temperatureNoted', receivedAt, requestId, by, role, celsius },
      unit: unit as UnitId,
    })
    return { json: { unit, celsius, receivedAt: formatInstant(receivedAt) } }
  },
})

const inForce = route({
  method: 'GET',
  path: '/api/v1/weather/temperature',
  demand: 'status.read',
  summary: 'The temperatures that hold now, of the units that may be seen and of those above them',
  answers: {
    200: {
      description: 'By unit; of one without its own that of the nearest above holds',
      schema: z.object({
        asOf: instantOut,
        belowCelsius: z.number().describe('severe cold (严寒) at and below'),
        temperatures: z.array(
          z
            .object({
              ...{ unit: z.string(), celsius: z.number(), severe: z.boolean() },
              toldAt: instantOut,
              until: instantOut.describe('when it is too old to hold'),
            })
            .meta({ id: 'TemperatureInForce' }),
        ),
      }),
    },
  },
  handle({ deps, scope }) {
    const { belowCelsius, told } = deps.temperatures()
    const concerns = unitsConcerned(deps.grid(), scope.units)
    const temperatures = told.flatMap(({ unit, celsius, at, until }) =>
      concerns(unit)
        ? [
            {
              ...{ unit, celsius, severe: celsius <= belowCelsius },
              ...{ toldAt: formatInstant(at), until: formatInstant(until) },
            },
          ]
        : [],
    )
    return { json: { asOf: formatInstant(deps.now()), belowCelsius, temperatures } }
  },
})

/** Units that may be seen, and those above them: what is told of those holds below. */
function unitsConcerned({ units }: CompiledGrid, seen: ReadonlySet<string> | undefined) {
  if (!seen) return () => true
  const concerned = new Set(seen)
  // A unit stands before those below it or after: looked through until nothing more is found.
  for (let known = -1; known !== concerned.size; ) {
    known = concerned.size
    for (const { id, parent } of units)
      if (parent >= 0 && concerned.has(id)) concerned.add(units[parent]!.id)
  }
  return (unit: string) => concerned.has(unit)
}

export const weatherRoutes = [temperature, inForce]
