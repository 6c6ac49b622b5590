/**
 * InfluxDB 2 or 3 as far as the program speaks with it: who may write, what a write must name, points
 * that lie upon each other. Stands where no Docker engine gives the real ones.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

export interface DoubleAccount {
  readonly org: string
  readonly bucket: string
  readonly token: string
}

export interface Write {
  readonly url: URL
  readonly request: IncomingMessage
  readonly lines: readonly string[]
}

export class InfluxDouble {
  /** Answers to the next writes; then 204 for good. */
  answers: { status: number; headers?: Record<string, string>; body?: string }[] = []
  readonly writes: Write[] = []
  readonly #version: 2 | 3
  readonly #account: DoubleAccount
  readonly #server = createServer((request, response) => this.#hear(request, response))
  /** Fields by measurement, tags and time. */
  readonly #points = new Map<string, string>()

  static async open(version: 2 | 3, account: DoubleAccount): Promise<InfluxDouble> {
    const double = new InfluxDouble(version, account)
    double.#server.listen(0, '127.0.0.1')
    await once(double.#server, 'listening')
    return double
  }

  private constructor(version: 2 | 3, account: DoubleAccount) {
    this.#version = version
    this.#account = account
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  async #hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const url = new URL(request.url!, this.url)
    // Only version 3 asks for a token before it tells its version.
    const isOpen = this.#version === 2 && url.pathname === '/ping'
    if (!isOpen && !this.#lets(request)) response.writeHead(401).end('{"code":"unauthorized"}')
    else this.#answer(url, request, Buffer.concat(chunks), response)
  }

  #lets({ headers }: IncomingMessage): boolean {
    const [scheme, token] = (headers.authorization ?? '').split(' ')
    const schemes = this.#version === 2 ? ['Token'] : ['Token', 'Bearer']
    return schemes.includes(scheme!) && token === this.#account.token
  }

  #answer(url: URL, request: IncomingMessage, raw: Buffer, response: ServerResponse): void {
    if (url.pathname === '/api/v2/write') {
      this.#write(url, request, raw, response)
      return
    }
    const version = this.#version === 2 ? 'v2.7.5' : '3.9.0'
    const told = this.#told(url)
    const status = told === undefined ? 404 : 200
    response.writeHead(status, { 'x-influxdb-version': version }).end(JSON.stringify(told))
  }

  /** What it tells there; undefined where there is nothing. */
  #told({ pathname, searchParams }: URL): unknown {
    switch (`${this.#version} ${pathname}`) {
      case '2 /ping':
      case '3 /ping':
        return {}
      case '2 /query':
      case '3 /query':
        return this.#select(searchParams.get('q')!)
      case '2 /api/v2/buckets': {
        // An empty list, and no 404, where there is none of that name.
        const name = searchParams.get('name')
        return { buckets: name === this.#account.bucket ? [{ name }] : [] }
      }
      case '3 /api/v3/configure/database':
        return [{ 'iox::database': '_internal' }]
      default:
        return undefined
    }
  }

  #write(url: URL, request: IncomingMessage, raw: Buffer, response: ServerResponse): void {
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw
    const lines = body.toString().split('\n')
    this.writes.push({ url, request, lines })
    const { status, headers, body: said } = this.answers.shift() ?? { status: 204 }
    if (status === 204)
      for (const line of lines) {
        const [, head, fields, time] = /^((?:\\.|[^\\ ])+) (.+) (\d+)$/.exec(line)!
        this.#points.set(`${head} ${time}`, fields!)
      }
    response.writeHead(status, headers).end(said)
  }

  /** `SELECT "field" FROM "measurement"` of whole numbers, by time. */
  #select(query: string) {
    const [, field, measurement] = /^SELECT "(\w+)" FROM "(\w+)"$/.exec(query)!
    const found = [...this.#points].filter(([point]) => point.startsWith(`${measurement},`))
    const values = found.map(([point, fields]) => [
      Number(point.slice(point.lastIndexOf(' ') + 1, -6)),
      Number(new RegExp(`(?:^|,)${field}=(\\d+)i`).exec(fields)![1]),
    ])
    values.sort(([a], [b]) => a! - b!)
    return { results: [{ series: [{ columns: ['time', field], values }] }] }
  }
}
