/**
 * One attempt at a receiver: signed, without redirects, cut off after a time, whatever it answers.
 */
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { problemOfUrl, publicLookup } from './address.ts'
import type { Endpoint, Parcel } from './port.ts'
import { signedHeaders } from './signature.ts'
import { wecomBody } from './wecom.ts'

/** Standard Webhooks asks for 15 to 30 s. */
const TIMEOUT_MS = 15_000
/** Of an answer only its status counts; a robot's verdict fits into this. */
const MOST_ANSWER_BYTES = 4096

/** What the receiver answered. */
export type Reply =
  | { readonly result: 'delivered' }
  | { readonly result: 'gone' }
  | { readonly result: 'failed'; readonly said: string; readonly retryAfterMs: number }

export interface PostOptions {
  readonly now: number
  readonly allowPrivate: boolean
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** Sends a parcel once. Never rejects. */
export function post(endpoint: Endpoint, parcel: Parcel, options: PostOptions): Promise<Reply> {
  return new Promise((resolve) => {
    const fail = (said: string, retryAfterMs = 0) =>
      resolve({ result: 'failed', said, retryAfterMs })
    // Kept from when private addresses were allowed, it may be one; a written-out one is not looked up.
    const problem = problemOfUrl(endpoint.url, options.allowPrivate)
    if (problem) return fail(problem)
    const deadline = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)
    const url = new URL(endpoint.url)
    const body = endpoint.form === 'wecom' ? wecomBody(parcel.body) : parcel.body
    const send = url.protocol === 'http:' ? httpRequest : httpsRequest
    const request = send(url, {
      method: 'POST',
      headers: headersOf(endpoint, parcel.id, body, options.now),
      signal: options.signal ? AbortSignal.any([deadline, options.signal]) : deadline,
      ...(options.allowPrivate ? {} : { lookup: publicLookup }),
    })
    request.on('error', (error: NodeJS.ErrnoException) =>
      fail(deadline.aborted ? 'timeout' : (error.code ?? error.message)),
    )
    request.on('response', (response) => {
      const status = response.statusCode ?? 0
      const chunks: Buffer[] = []
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes <= MOST_ANSWER_BYTES) chunks.push(chunk)
        else response.destroy()
      })
      response.on('error', () => {})
      response.on('close', () => {
        if (status === 410) resolve({ result: 'gone' })
        else if (status < 200 || status >= 300)
          fail(`status ${status}`, retryAfterMs(response.headers['retry-after'], options.now))
        else if (endpoint.form === 'wecom' && refusedByRobot(Buffer.concat(chunks)))
          fail('refused by the robot')
        else resolve({ result: 'delivered' })
      })
    })
    request.end(body)
  })
}

function headersOf(
  endpoint: Endpoint,
  id: string,
  body: string,
  now: number,
): Record<string, string | number> {
  const common = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'user-agent': 'lastgasp',
  }
  if (endpoint.form === 'wecom') return common
  return {
    ...common,
    ...signedHeaders(endpoint.secrets, id, Math.floor(now / 1000), body),
  }
}

/** `Retry-After` as seconds or as a date, in milliseconds from now. */
function retryAfterMs(header: string | undefined, now: number): number {
  if (header === undefined) return 0
  const seconds = Number(header)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now
  return Number.isFinite(ms) ? Math.max(0, ms) : 0
}

/** A robot answers 200 to everything and says `errcode` in the body. */
function refusedByRobot(answer: Buffer): boolean {
  try {
    return (JSON.parse(answer.toString('utf8')) as { errcode?: unknown }).errcode !== 0
  } catch {
    return true
  }
}
