/** What everyone on the network may ask: probes, metrics, the documents. Nothing personal. */
import { z } from 'zod'
import { route } from '../route.ts'

const healthz = route({
  method: 'GET',
  path: '/healthz',
  demand: 'public',
  summary: 'The process answers',
  answers: { 200: { description: 'Alive', schema: z.object({ status: z.literal('alive') }) } },
  handle: () => ({ json: { status: 'alive' } }),
})

const readiness = z.object({
  ready: z.boolean(),
  reasons: z.array(z.string()),
  map: z
    .object({
      state: z.enum(['preparing', 'failed']),
      done: z.number().int(),
      steps: z.number().int(),
    })
    .optional()
    .describe(
      'how far the map of the grid in force is drawn; absent once it is, and where this process draws none',
    ),
})

const readyz = route({
  method: 'GET',
  path: '/readyz',
  demand: 'public',
  summary: 'The program accepts and judges reports',
  answers: {
    200: { description: 'Ready', schema: readiness },
    503: { description: 'Not ready, with reasons', schema: readiness },
  },
  handle({ deps }) {
    const { ready, reasons, map } = deps.health()
    return {
      status: ready ? 200 : 503,
      json: { ready, reasons, ...(map && map.state !== 'ready' ? { map } : {}) },
    }
  },
})

const metrics = route({
  method: 'GET',
  path: '/metrics',
  demand: 'public',
  summary: 'Prometheus metrics',
  answers: { 200: { description: 'Text exposition format', contentType: 'text/plain' } },
  async handle({ deps: { telemetry } }) {
    return { bytes: await telemetry.metrics(), contentType: telemetry.metricsContentType }
  },
})

const asyncapi = route({
  method: 'GET',
  path: '/asyncapi.json',
  demand: 'public',
  summary: 'The messages of MQTT and WebSocket',
  answers: { 200: { description: 'AsyncAPI', schema: z.looseObject({}) } },
  handle: ({ deps }) => ({ json: deps.asyncapi }),
})

export const publicRoutes = [healthz, readyz, metrics, asyncapi]
