/**
 * What a route is: one value from which the server, the rights and the OpenAPI document are made.
 * A route cannot be written without saying which right it asks for.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Demand, Principal } from './identity/rights.ts'
import type { HttpDeps } from './ports.ts'
import { Problem } from './problem.ts'
import type { Scope } from './scope.ts'

export interface Call<P = unknown, Q = unknown, B = unknown> {
  readonly deps: HttpDeps
  /** Null on public routes without sign-in. */
  readonly principal: Principal | null
  readonly scope: Scope
  readonly params: P
  readonly query: Q
  readonly body: B
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

export interface Answer {
  readonly status?: number
  /** Sent as JSON … */
  readonly json?: unknown
  /** … or as these bytes of this type. */
  readonly bytes?: Buffer | string
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface AnswerSpec {
  readonly description: string
  readonly schema?: z.ZodType
  /** Default `application/json` where there is a schema. */
  readonly contentType?: string
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** With `{name}` for parameters, as OpenAPI writes it. */
  readonly path: string
  readonly demand: Demand
  readonly summary: string
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /** The body is bytes (`application/octet-stream`), at most this many, and comes as a `Buffer`. */
  readonly binaryUpTo?: number
  /** The JSON body is signed: `request.signedText` is the text as it came. */
  readonly signed?: boolean
  readonly headers?: Readonly<Record<string, string>>
  readonly answers: Readonly<Record<number, AnswerSpec>>
  /** Requests of one address a minute, where fewer than for all routes. */
  readonly perMinute?: number
  handle(call: Call): Answer | Promise<Answer>
}

type Shape = z.ZodType | undefined
type Read<S extends Shape> = S extends z.ZodType ? z.output<S> : undefined

interface Definition<P extends Shape, Q extends Shape, B extends Shape>
  extends Omit<Route, 'params' | 'query' | 'body' | 'handle'> {
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  handle(call: Call<Read<P>, Read<Q>, Read<B>>): Answer | Promise<Answer>
}

/** Ties the types of a route's inputs to its handler. */
export function route<
  P extends z.ZodObject | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(definition: Definition<P, Q, B>): Route {
  return definition as unknown as Route
}

/** Reads a part of the request; what is wrong with it is listed field by field. */
export function read<S extends z.ZodType>(schema: S, value: unknown, part: string): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const errors = result.error.issues.map(({ path, message }) => ({
    field: [part, ...path].join('.'),
    message,
  }))
  const [first] = errors
  throw new Problem('request.invalid', `${first?.field}: ${first?.message}`, { errors })
}

/** The caller of a route that is not public. */
export function callerOf(call: Call<unknown, unknown, unknown>): Principal {
  if (!call.principal) throw new Problem('auth.required', 'sign in first')
  return call.principal
}
