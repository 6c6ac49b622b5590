/** The OpenAPI 3.1 document, made from the route table: what is not in the table is not in it. */
import { STATUS_CODES } from 'node:http'
import { z } from 'zod'
import type { AnswerSpec, Route } from './route.ts'
import { problemSchema } from './schemas.ts'

type Json = { [key: string]: unknown }

/** Turns the schemas of all routes into components and operations. */
export function openApiOf(routes: readonly Route[], version: string): Json {
  const components: Json = {}

  const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
    const { $schema, $defs, ...json } = z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
    }) as Json
    // A named schema asked for by itself is written in full at the root; it belongs to the components.
    for (const [name, definition] of Object.entries(($defs as Json | undefined) ?? {}))
      components[name] = toComponents(definition)
    if (typeof json.id !== 'string') return toComponents(json) as Json
    components[json.id] = toComponents(json)
    return { $ref: `#/components/schemas/${json.id}` }
  }

  const parametersOf = (schema: z.ZodObject | undefined, where: 'path' | 'query'): Json[] => {
    if (!schema) return []
    const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
      properties?: Json
      required?: string[]
    }
    return Object.entries(properties).map(([name, value]) => ({
      name,
      in: where,
      required: where === 'path' || required.includes(name),
      schema: value,
    }))
  }

  const responseOf = ({ description, schema, contentType }: AnswerSpec): Json => {
    if (!schema && !contentType) return { description }
    const type = contentType ?? 'application/json'
    const content = { [type]: schema ? { schema: schemaOf(schema, 'output') } : {} }
    return { description, content }
  }

  const problem = (status: number): Json => ({
    description: STATUS_CODES[status],
    content: { 'application/problem+json': { schema: schemaOf(problemSchema, 'output') } },
  })

  const operationOf = (route: Route): Json => {
    const responses: Json = {}
    for (const status of problemsOf(route)) responses[status] = problem(status)
    for (const [status, answer] of Object.entries(route.answers))
      responses[status] =
        answer.schema || answer.contentType || Number(status) < 400
          ? responseOf(answer)
          : { ...problem(Number(status)), description: answer.description }
    const headers = Object.entries(route.headers ?? {}).map(([name, description]) => ({
      name,
      in: 'header',
      required: false,
      description,
      schema: { type: 'string' },
    }))
    const parameters = [
      ...parametersOf(route.params, 'path'),
      ...parametersOf(route.query, 'query'),
      ...headers,
    ]
    return {
      summary: route.summary,
      operationId: operationIdOf(route),
      'x-right': route.demand,
      security: route.demand === 'public' ? [] : [{ token: [] }, { session: [] }],
      ...(parameters.length > 0 ? { parameters } : {}),
      ...(route.body
        ? {
            requestBody: {
              required: true,
              content: { 'application/json': { schema: schemaOf(route.body, 'input') } },
            },
          }
        : {}),
      ...(route.binaryUpTo === undefined
        ? {}
        : {
            requestBody: {
              required: true,
              content: {
                'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
              },
            },
          }),
      responses,
    }
  }

  const paths: Record<string, Json> = {}
  for (const route of routes) {
    paths[route.path] ??= {}
    paths[route.path]![route.method.toLowerCase()] = operationOf(route)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Lastgasp',
      version,
      summary: 'Outage sensing for a power company’s hotline',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        session: { type: 'apiKey', in: 'cookie', name: 'lastgasp_session' },
      },
    },
  }
}

function problemsOf({ demand, params, query, body }: Route): number[] {
  const statuses = [429, 500, 503]
  if (demand !== 'public') statuses.push(401, 403)
  if (params) statuses.push(404)
  if (params || query || body) statuses.push(422)
  if (body) statuses.push(400, 413, 415)
  return statuses.sort((a, b) => a - b)
}

/** `GET /api/v1/incidents/{id}` → `getIncidentsId`. */
function operationIdOf({ method, path }: Route): string {
  const words = path.replace('/api/v1', '').split(/[^A-Za-z0-9]+/)
  const name = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('')
  return method.toLowerCase() + name
}

/** References inside a schema point to the document's components. */
function toComponents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toComponents)
  if (typeof value !== 'object' || value === null) return value
  const { id, ...rest } = value as Json
  const kept = typeof id === 'string' ? rest : { ...(id === undefined ? {} : { id }), ...rest }
  return Object.fromEntries(
    Object.entries(kept).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string'
        ? inner.replace('#/$defs/', '#/components/schemas/')
        : toComponents(inner),
    ]),
  )
}
