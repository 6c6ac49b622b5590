/** Spoilt requests to every route that there is, and spoilt frames on the live channel. */
import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import type { Draw } from '../../../grid/generate/draw.ts'
import type { Route } from '../../../http/route.ts'
import { routeTable } from '../../../http/routes/table.ts'
import { createTickets } from '../../../http/tickets.ts'
import { clientMessage } from '../../../live/messages.ts'
import { mutateBytes, mutateJson, mutateValue } from './mutate.ts'
import { drawn, shapeOf } from './shapes.ts'
import { ANSWER_WITHIN_MS, within } from './terminals.ts'

/** Roles that together may ask for everything, none of them limited to units. */
export const FUZZ_ROLES = ['operator', 'shiftLeader', 'auditor'] as const

const FRAMES_A_SOCKET = 6
/** Of one part of an address: node refuses a longer head before a route sees it. */
const MOST_CHARACTERS = 400
/** Answers that say what is wrong with the request, or that the program cannot answer at present. */
const isProper = (status: number) => status < 500 || status === 503

export class FuzzedRequests {
  readonly #url: URL
  readonly #tokens: readonly string[]
  readonly #ids: readonly string[]
  readonly #routes: readonly Route[]

  constructor(url: string, tokens: readonly string[], ids: readonly string[]) {
    this.#url = new URL(url)
    this.#tokens = tokens
    this.#ids = ids
    this.#routes = routeTable(createTickets(Date.now), 'fuzz')
  }

  /** Each request from an address of its own: limits are by address, and are not what is tried here. */
  #headers(draw: Draw): Record<string, string> {
    const from = Array.from({ length: 3 }, () => draw.whole(1, 254)).join('.')
    const headers: Record<string, string> = { 'x-forwarded-for': `10.${from}` }
    if (draw.chance(0.95)) headers.authorization = `Bearer ${draw.pick(this.#tokens)}`
    return headers
  }

  /** A request of any route, its path, query or body spoilt. */
  async request(draw: Draw): Promise<void> {
    const route = draw.pick(this.#routes)
    const path = route.path.replaceAll(/\{\w+\}/g, () => this.#segment(draw))
    const url = new URL(path + this.#query(route, draw), this.#url)
    const headers = this.#headers(draw)
    const init: RequestInit = { method: route.method, headers, redirect: 'manual' }
    if (route.method === 'POST') {
      headers['content-type'] =
        route.binaryUpTo === undefined ? 'application/json' : 'application/octet-stream'
      init.body = mutateJson(route.body ? drawn(shapeOf(route.body), draw, this.#ids) : {}, draw)
    }
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS)
    const answer = await fetch(url, { ...init, signal })
    const text = await answer.text()
    if (isProper(answer.status)) return
    const body = String(init.body ?? '').slice(0, 300)
    throw new Error(
      `${route.method} ${url.pathname}${url.search} ${body}: ${answer.status} ${text.slice(0, 200)}`,
    )
  }

  #segment(draw: Draw): string {
    const id = draw.pick(this.#ids)
    return escaped(draw.chance(0.5) ? id : String(mutateValue(id, draw))) || 'x'
  }

  #query({ query }: Route, draw: Draw): string {
    if (!query || draw.chance(0.2)) return ''
    const fields = drawn(shapeOf(query), draw, this.#ids) as Record<string, unknown>
    const spoilt = mutateValue(fields, draw)
    if (spoilt === null || typeof spoilt !== 'object') return `?${escaped(String(spoilt))}`
    const pairs = Object.entries(spoilt).map(([name, value]) => [
      name,
      String(value).slice(0, MOST_CHARACTERS),
    ])
    return `?${new URLSearchParams(pairs as [string, string][])}`
  }

  /** Spoilt frames on a socket that was opened in the ordinary way. */
  async frames(draw: Draw): Promise<void> {
    const socket = await this.#openLive(draw)
    const closed = once(socket, 'close')
    const text = JSON.stringify({ type: 'subscribe', topic: 'incidents' })
    for (let frames = FRAMES_A_SOCKET; frames > 0; frames--) {
      const message = draw.chance(0.5)
        ? mutateJson(drawn(shapeOf(clientMessage), draw, this.#ids), draw)
        : text
      const frame = frameOf(
        draw.pick([0x81, 0x81, 0x81, 0x82, 0x80, 0x01, 0x88, 0x89, 0x8a, 0xf1]),
        message,
        draw,
      )
      socket.write(draw.chance(0.5) ? frame : mutateBytes(frame, draw))
    }
    socket.end()
    await within(closed, 'a live socket with spoilt frames stayed open')
  }

  async #openLive(draw: Draw): Promise<Socket> {
    const init = {
      method: 'POST',
      headers: { ...this.#headers(draw), authorization: `Bearer ${this.#tokens[0]}` },
    }
    const answer = await fetch(new URL('/api/v1/tickets', this.#url), init)
    const { ticket } = (await answer.json()) as { ticket: string }
    const socket = connectTcp(Number(this.#url.port), '127.0.0.1').on('error', () => {})
    const opened = once(socket, 'data')
    socket.write(
      `GET /api/v1/live?ticket=${ticket} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n` +
        'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    )
    const [head] = (await within(opened, 'the live channel did not open')) as [Buffer]
    if (!head.toString('latin1').startsWith('HTTP/1.1 101'))
      throw new Error(`the live channel answers ${head.toString('latin1', 0, 40)}`)
    socket.resume()
    return socket
  }
}

/** As a part of an address. A lone surrogate has no UTF-8 form; its replacement is sent. */
const escaped = (text: string) =>
  encodeURIComponent(Buffer.from(text.slice(0, MOST_CHARACTERS)).toString())

/** A frame as a client sends it, masked. */
function frameOf(first: number, text: string, draw: Draw): Buffer {
  const payload = Buffer.from(text)
  const mask = Buffer.from([1, 2, 3, 4].map(() => draw.whole(0, 255)))
  for (let at = 0; at < payload.length; at++) payload[at] = payload[at]! ^ mask[at % 4]!
  const length =
    payload.length < 126
      ? [0x80 | payload.length]
      : [0x80 | 126, (payload.length >> 8) & 255, payload.length & 255]
  return Buffer.concat([Buffer.from([first, ...length]), mask, payload])
}
