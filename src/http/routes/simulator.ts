/** The simulator: what it can play, what really happened beside what was said of it, run and stop. */
import { z } from 'zod'
import { formatInstant } from '../../facts/time.ts'
import { audited } from '../audited.ts'
import { MAX_SIMULATION_SPEED } from '../limits.ts'
import type { HttpDeps } from '../ports.ts'
import { Problem } from '../problem.ts'
import { callerOf, route } from '../route.ts'
import { instantOut } from '../schemas.ts'
import { SIMULATION_STATES, SIMULATOR_BARS } from '../simulator-port.ts'

const count = z.number().int()
const named = z.object({ id: z.string(), name: z.string() })

const answer = z
  .object({
    asOf: instantOut,
    bar: z.enum(SIMULATOR_BARS).nullable().describe('why none can be started'),
    network: z.object({ name: z.string(), customers: count, feeders: count }),
    scenarios: z.array(
      z.object({
        name: z.string(),
        title: z.object({ zh: z.string(), en: z.string() }),
        durationSeconds: z.number(),
        loop: z.boolean(),
      }),
    ),
    run: z
      .object({
        scenario: z.string(),
        seed: z.string(),
        speed: z.number(),
        by: z.string(),
        state: z.enum(SIMULATION_STATES),
        startedAt: instantOut,
        endedAt: instantOut.nullable(),
        terminals: count.nullable(),
        problem: z.string().nullable(),
      })
      .nullable(),
    result: z
      .object({
        faults: z.array(
          z.object({
            fault: z.string(),
            device: named,
            level: z.string(),
            customers: count,
            at: instantOut,
            restoredAt: instantOut.nullable(),
            seen: z.boolean(),
            incident: z.string().nullable(),
            named: named.nullable(),
            place: z.enum(['same', 'indistinguishable', 'above', 'below']).nullable(),
            confirmed: z.boolean(),
            sensedAfterMs: z.number().nullable(),
            restoredAfterMs: z.number().nullable(),
            duplicates: z.array(z.string()),
          }),
        ),
        falseIncidents: z.array(z.object({ incident: z.string(), device: named })),
        score: z.record(z.string(), z.number().nullable()),
      })
      .nullable()
      .describe('the faults that really happened, each with what was said of it'),
  })
  .meta({ id: 'Simulator' })

const instantOrNull = (at: number | null) => (at === null ? null : formatInstant(at))

function answerOf({ simulator, grid, now }: HttpDeps) {
  const { name, feeders, usagePoints } = grid()
  const run = simulator?.run ?? null
  const result = simulator?.result() ?? null
  return {
    json: {
      asOf: formatInstant(now()),
      bar: simulator ? simulator.bar : 'notEnabled',
      network: { name, customers: usagePoints.ids.count, feeders: feeders.length },
      scenarios: simulator?.scenarios ?? [],
      run: run && {
        ...run,
        startedAt: formatInstant(run.startedAt),
        endedAt: instantOrNull(run.endedAt),
      },
      result: result && {
        ...result,
        faults: result.faults.map((fault) => ({
          ...fault,
          at: formatInstant(fault.at),
          restoredAt: instantOrNull(fault.restoredAt),
        })),
      },
    },
  }
}

const state = route({
  method: 'GET',
  path: '/api/v1/simulator',
  demand: 'simulator.read',
  summary: 'What can be simulated, what runs, and the truth beside the verdicts',
  answers: { 200: { description: 'As it stands now', schema: answer } },
  handle: ({ deps }) => answerOf(deps),
})

const run = route({
  method: 'POST',
  path: '/api/v1/simulator/run',
  demand: 'simulator.run',
  summary: 'Play a scenario on the network in force, with terminals as real MQTT clients',
  body: z
    .strictObject({
      scenario: z.string().max(64),
      seed: z
        .string()
        .regex(/^[\w.-]{1,32}$/)
        .default('1'),
      speed: z.number().min(1).max(MAX_SIMULATION_SPEED).default(1),
    })
    .meta({ id: 'SimulationRequest' }),
  answers: { 200: { description: 'Begun', schema: answer } },
  async handle(call) {
    const { deps, body } = call
    if (!deps.simulator) throw new Problem('simulator.barred', 'simulator.enabled is not set')
    await audited(call, 'simulator.run', body.scenario, `seed ${body.seed} speed ${body.speed}`)
    deps.simulator.start({ ...body, by: callerOf(call).account })
    return answerOf(deps)
  },
})

const stop = route({
  method: 'POST',
  path: '/api/v1/simulator/stop',
  demand: 'simulator.run',
  summary: 'End the run: every simulated terminal signs off',
  body: z.strictObject({}),
  answers: { 200: { description: 'Ended', schema: answer } },
  async handle(call) {
    const { simulator } = call.deps
    await audited(call, 'simulator.stop', simulator?.run?.scenario ?? '')
    await simulator?.stop()
    return answerOf(call.deps)
  },
})

export const simulatorRoutes = [state, run, stop]
