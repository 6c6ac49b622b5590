/**
 * A gateway's way to the process that judges: requests it does not answer itself go there as they
 * came, and are authorised there. Decides nothing.
 */
import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import type { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { REQUEST_TIMEOUT_MS } from './limits.ts'
import { Problem } from './problem.ts'

export type PassOn = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** Headers that concern one connection (RFC 9110 §7.6.1). */
const OF_ONE_CONNECTION: readonly string[] = [
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'expect'],
]

function carried(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !OF_ONE_CONNECTION.includes(name)),
  )
}

/** Passes requests on to the server at `upstream`; one that is away is a 503. */
export function createPassOn(upstream: string): PassOn {
  const { protocol, hostname, port } = new URL(upstream)
  const secure = protocol === 'https:'
  const agent = secure ? new SecureAgent({ keepAlive: true }) : new PlainAgent({ keepAlive: true })
  const open = secure ? secureRequest : plainRequest

  function ask(request: FastifyRequest): Promise<IncomingMessage> {
    const body = request.body as Readable | undefined
    return new Promise((resolve, reject) => {
      const outgoing = open({
        ...{ agent, hostname, port, method: request.method, path: request.raw.url },
        // `host` stays ours: it is what a browser's `origin` is compared with.
        headers: {
          ...carried(request.headers),
          // Our word alone: what the client says of itself is not carried.
          'x-forwarded-for': request.ip,
        },
      })
      outgoing.once('response', resolve)
      outgoing.once('error', reject)
      outgoing.setTimeout(REQUEST_TIMEOUT_MS, () => outgoing.destroy(new Error('timed out')))
      if (body) body.pipe(outgoing)
      else outgoing.end()
    })
  }

  return async (request, reply) => {
    let answer: IncomingMessage
    try {
      answer = await ask(request)
    } catch {
      throw new Problem('unavailable', 'the part of the program that knows does not answer')
    }
    return reply.status(answer.statusCode!).headers(carried(answer.headers)).send(answer)
  }
}
