/**
 * The HTTP server: turns the route table into served routes, each with its right checked before
 * anything of the request is believed. It holds no business rules and no state but tickets.
 */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import fastifyStatic from '@fastify/static'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { authenticate, isOwnOrigin, unauthorised } from './authenticate.ts'
import { consoleFiles } from './console-files.ts'
import type { GatewayDeps } from './gateway-port.ts'
import { type Demand, holds, type Principal } from './identity/rights.ts'
import { BODY_LIMIT_BYTES, REQUEST_TIMEOUT_MS, REQUESTS_PER_MINUTE } from './limits.ts'
import type { PassOn } from './pass-on.ts'
import type { HttpDeps } from './ports.ts'
import { Problem, toProblem } from './problem.ts'
import type { WorkerDeps } from './role-ports.ts'
import { type Answer, type Route, read } from './route.ts'
import { routeTable } from './routes/table.ts'
import { scopeOf } from './scope.ts'
import { createTickets } from './tickets.ts'
import { serveLive } from './upgrade.ts'

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal | null
    startedAt: number
    /** The body as it came, on routes whose body is signed. */
    signedText?: string
  }
  interface FastifyContextConfig {
    /** The right the route asks for; a route without one does not start. */
    demand?: Demand
  }
}

export interface HttpServer {
  readonly app: FastifyInstance
  readonly routes: readonly Route[]
  /** Resolves with where it listens, `{host, port, url}`. */
  listen(host: string, port: number): Promise<{ host: string; port: number; url: string }>
  close(): Promise<void>
}

/** Answers that say a limit was reached: too large, too many, no room. */
const LIMITED: ReadonlySet<number> = new Set([413, 429, 503])

/** Nobody: what a public route may see without a sign-in. */
const NOBODY = { units: [] }

/** What a gateway answers itself, beside the live sockets and the console's files. */
const OF_A_GATEWAY: ReadonlySet<string> = new Set([
  ...['/healthz', '/readyz', '/metrics', '/openapi.json', '/asyncapi.json'],
])

/** A server that holds sockets and passes everything else on; see `createPassOn`. */
export function createGatewayServer(deps: GatewayDeps): Promise<HttpServer> {
  // The routes it serves itself ask for nothing else.
  return createHttpServer(deps as unknown as HttpDeps)
}

/** What a process without consoles answers. */
const OF_A_WORKER: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics'])

/** A server of a process that others watch and nobody signs in at. */
export function createWorkerServer(deps: WorkerDeps): Promise<HttpServer> {
  const passOn: PassOn = async () => {
    throw new Problem('unavailable', 'this process answers /healthz, /readyz and /metrics alone')
  }
  return createHttpServer({ ...deps, passOn, answers: OF_A_WORKER } as unknown as HttpDeps)
}

/** Builds the server; nothing listens before `listen`. */
export async function createHttpServer(deps: HttpDeps): Promise<HttpServer> {
  const app = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    trustProxy: deps.trustedProxies ? [...deps.trustedProxies] : false,
    logger: false,
  })
  // One content type in: a second parser is a second way around every check.
  app.removeContentTypeParser('text/plain')
  app.decorateRequest('principal', null)
  app.decorateRequest('startedAt', 0)
  app.addHook('onRoute', ({ method, url, config }) => {
    if (!config?.demand) throw new Error(`route ${String(method)} ${url} declares no right`)
  })
  app.addHook('onRequest', async (request) => {
    request.startedAt = performance.now()
  })
  app.addHook('onResponse', async (request, reply) => {
    deps.telemetry.emit('http.answered', {
      status: `${Math.floor(reply.statusCode / 100)}xx`,
      seconds: (performance.now() - request.startedAt) / 1000,
    })
  })
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error)
    if (problem.code === 'internal')
      deps.telemetry.emit('http.failed', { route: request.routeOptions.url }, error)
    else if (LIMITED.has(problem.status))
      deps.telemetry.emit('http.refused', { reason: problem.code })
    return reply
      .status(problem.status)
      .headers(problem.headers)
      .type('application/problem+json')
      .send(JSON.stringify(problem.body()))
  })

  await app.register(cookie)
  await app.register(helmet, HEADERS)
  await app.register(rateLimit, {
    max: deps.requestsPerMinute ?? REQUESTS_PER_MINUTE,
    timeWindow: 60_000,
    ...(deps.limits ? { store: deps.limits } : {}),
    errorResponseBuilder: () => new Problem('rate.exceeded', 'too many requests; wait a minute'),
  })
  if (deps.consoleDir !== undefined)
    await app.register(fastifyStatic, {
      root: deps.consoleDir,
      serve: false,
      // The build lays compressed forms beside what it makes.
      preCompressed: true,
    })

  const tickets = deps.tickets ?? createTickets(deps.now)
  const routes = routeTable(tickets, deps.version)
  for (const route of routes)
    if (deps.passOn && !(deps.answers ?? OF_A_GATEWAY).has(route.path))
      await passRoute(app, route, deps.passOn)
    else if (route.signed) await serveSigned(app, route, deps)
    else if (route.binaryUpTo === undefined) serve(app, route, deps)
    else await serveBinary(app, route, deps)

  const files = consoleFiles(deps.consoleDir)
  app.get('/*', { config: { demand: 'public' } }, files)
  app.setNotFoundHandler((request) => {
    throw new Problem('notFound', `nothing at ${request.url.split('?', 1)[0]}`)
  })
  if (deps.live) {
    const endLive = serveLive(app.server as Server, tickets, deps)
    // A server waits for its sockets, and those that were upgraded are nobody else's.
    app.addHook('preClose', async () => endLive())
  }

  return {
    app,
    routes,
    async listen(host, port) {
      await app.listen({ host, port })
      const address = app.server.address() as AddressInfo
      const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
      return {
        host: address.address,
        port: address.port,
        url: `http://${name}:${address.port}`,
      }
    },
    async close() {
      await app.close()
    },
  }
}

/** Response headers of every answer. Ant Design writes its styles into the page at run time. */
const HEADERS = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'self'"],
      'script-src': ["'self'"],
      'style-src': ["'self'", "'unsafe-inline'"],
      'img-src': ["'self'", 'data:', 'blob:'],
      'font-src': ["'self'", 'data:'],
      'worker-src': ["'self'", 'blob:'],
      'connect-src': ["'self'", 'ws:', 'wss:'],
      'object-src': ["'none'"],
      'base-uri': ["'self'"],
      'form-action': ["'self'"],
      'frame-ancestors': ["'none'"],
    },
  },
  // Set by the proxy that speaks https; here it would lock browsers out of a plain installation.
  strictTransportSecurity: false,
}

/** Takes bytes on this route alone: elsewhere a second content type would be a way around checks. */
async function serveBinary(app: FastifyInstance, route: Route, deps: HttpDeps): Promise<void> {
  await app.register(async (alone) => {
    alone.removeAllContentTypeParsers()
    alone.addContentTypeParser(
      'application/octet-stream',
      { parseAs: 'buffer', bodyLimit: route.binaryUpTo! },
      (_request, body, done) => done(null, body),
    )
    serve(alone, route, deps)
  })
}

/** A signature is over the text: what JSON makes of it would be signed otherwise. */
async function serveSigned(app: FastifyInstance, route: Route, deps: HttpDeps): Promise<void> {
  await app.register(async (alone) => {
    const parse = alone.getDefaultJsonParser('error', 'error')
    alone.removeAllContentTypeParsers()
    alone.addContentTypeParser<string>(
      'application/json',
      { parseAs: 'string' },
      (request, text, done) => {
        request.signedText = text
        parse(request, text, done)
      },
    )
    serve(alone, route, deps)
  })
}

function serve(app: FastifyInstance, route: Route, deps: HttpDeps): void {
  app.route({
    method: route.method,
    url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    config: {
      demand: route.demand,
      ...(route.perMinute === undefined
        ? {}
        : { rateLimit: { max: route.perMinute, timeWindow: 60_000 } }),
    },
    onRequest: async (request) => admit(deps, route, request),
    async handler(request, reply) {
      const answer = await route.handle({
        deps,
        principal: request.principal,
        scope: scopeOf(deps.grid(), request.principal ?? NOBODY),
        params: route.params && read(route.params, request.params, 'path'),
        query: route.query && read(route.query, request.query, 'query'),
        body: route.body && read(route.body, request.body, 'body'),
        request,
        reply,
      })
      return send(reply, answer)
    },
  })
}

/** Who may is decided where the request ends. */
async function passRoute(
  app: FastifyInstance,
  { method, path }: Route,
  passOn: PassOn,
): Promise<void> {
  await app.register(async (alone) => {
    alone.removeAllContentTypeParsers()
    // Read by nobody here, whatever it is: its limit is that of where it ends.
    alone.addContentTypeParser('*', (_request, body, done) => done(null, body))
    alone.route({
      method,
      url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
      config: { demand: 'public' },
      handler: passOn,
    })
  })
}

/** Who calls, whether the role may, and whether a browser's write comes from a page of ours. */
async function admit(deps: HttpDeps, route: Route, request: FastifyRequest): Promise<void> {
  const writes = route.method !== 'GET'
  if (route.demand === 'public') {
    if (writes && !isOwnOrigin(request.headers, deps.allowedOrigins))
      throw new Problem('auth.origin', 'this page may not do that')
    return
  }
  request.principal = await authenticate(deps, request)
  if (!request.principal) throw unauthorised('sign in, or send a bearer token')
  if (!holds(request.principal, route.demand))
    throw new Problem('auth.forbidden', `role ${request.principal.role} lacks ${route.demand}`)
  const byCookie = request.principal.by === 'cookie'
  if (writes && byCookie && !isOwnOrigin(request.headers, deps.allowedOrigins))
    throw new Problem('auth.origin', 'this page may not do that')
}

function send(reply: import('fastify').FastifyReply, answer: Answer) {
  const { status = 200, json, bytes, contentType, headers } = answer
  reply.status(status)
  if (headers) reply.headers(headers)
  else reply.header('cache-control', 'no-store')
  if (json === undefined && bytes === undefined) return reply.send()
  reply.type(contentType ?? 'application/json')
  return reply.send(bytes ?? JSON.stringify(json))
}
