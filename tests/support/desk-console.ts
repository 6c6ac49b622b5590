/** Does what a console does, without a browser: signs in, follows incidents, asks and acts. */
import { WebSocket } from 'ws'
import { actOn } from './acting.ts'
import { until } from './until.ts'

export interface ShownIncident {
  readonly id: string
  readonly revision: number
  readonly feeder: string
  readonly outageKind: string
  readonly crew: string | null
}

interface Message {
  readonly type: string
  readonly items?: readonly ShownIncident[]
  readonly removed?: readonly string[]
}

/** A lost socket is opened again after this, as the console does. */
const AGAIN_AFTER_MS = 200

export class DeskConsole {
  /** What the list shows now. */
  readonly shown = new Map<string, ShownIncident>()
  /** Snapshots that were got: one for each socket that opened. */
  openings = 0
  readonly #url: string
  readonly #cookie: string
  readonly #topic: string
  #socket: WebSocket | undefined
  #closed = false

  /** Signs in by name and password and begins to follow. */
  static async signIn(url: string, name: string, password: string): Promise<DeskConsole> {
    const answer = await fetch(`${url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ name, password }),
    })
    if (!answer.ok) throw new Error(`sign-in: ${answer.status} ${await answer.text()}`)
    const cookie = answer.headers.getSetCookie()[0]!.split(';', 1)[0]!
    return new DeskConsole(url, cookie)
  }

  private constructor(url: string, cookie: string, topic = 'incidents') {
    this.#url = url
    this.#topic = topic
    this.#cookie = cookie
    void this.#open()
  }

  /** Another window of the same session, at another address, of one topic. */
  beside(url: string, topic?: string): DeskConsole {
    return new DeskConsole(url, this.#cookie, topic)
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN
  }

  // biome-ignore lint/suspicious/noExplicitAny: the shapes are tested elsewhere
  async get(path: string): Promise<any> {
    const answer = await this.#fetch(path, {})
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }

  // biome-ignore lint/suspicious/noExplicitAny: the shapes are tested elsewhere
  async post(path: string, body: object, more = {}): Promise<{ status: number; body: any }> {
    const headers = { 'content-type': 'application/json', origin: this.#url, ...more }
    const answer = await this.#fetch(path, {
      ...{ method: 'POST', headers, body: JSON.stringify(body) },
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
  }

  /** Acts on an incident as it stands; looks again where it changed in that moment. */
  async act(id: string, action: { readonly action: string; readonly crew?: string }) {
    const look = () => this.#filed(id)
    const { answer } = await actOn(look, ({ revision }, key) => {
      const said = { ...action, revision }
      return this.post(`/api/v1/incidents/${id}/actions`, said, { 'idempotency-key': key })
    })
    return answer
  }

  /** A gateway hears of an incident from its engine, and may be a moment ahead of the ledger. */
  async #filed(id: string) {
    const path = `/api/v1/incidents/${id}`
    await until(async () => (await this.#fetch(path, {})).status !== 404)
    return this.get(path)
  }

  close(): void {
    this.#closed = true
    this.#socket?.terminate()
  }

  #fetch(path: string, init: RequestInit): Promise<Response> {
    // No connection is kept: each request goes to the gateway whose turn it is.
    const headers = { cookie: this.#cookie, connection: 'close', ...init.headers }
    return fetch(this.#url + path, { ...init, headers })
  }

  async #open(): Promise<void> {
    if (this.#closed) return
    const again = () => setTimeout(() => void this.#open(), AGAIN_AFTER_MS)
    const answer = await this.#fetch('/api/v1/tickets', {
      ...{ method: 'POST', headers: { origin: this.#url } },
    }).catch(() => undefined)
    if (!answer?.ok) return void again()
    const { ticket } = (await answer.json()) as { ticket: string }
    const socket = new WebSocket(
      `${this.#url.replace('http', 'ws')}/api/v1/live?ticket=${ticket}`,
      { origin: this.#url },
    )
    this.#socket = socket
    socket.on('error', () => {})
    socket.on('close', again)
    socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe', topic: this.#topic })))
    socket.on('message', (data) => this.#take(JSON.parse(String(data)) as Message))
  }

  #take({ type, items = [], removed = [] }: Message): void {
    if (type === 'snapshot') {
      this.shown.clear()
      this.openings++
    }
    for (const item of items) this.shown.set(item.id, item)
    for (const id of removed) this.shown.delete(id)
  }
}
