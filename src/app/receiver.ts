/**
 * A receiver of messages for tests and demonstrations: takes what a gateway of short messages or an app
 * would take, and shows the latest on a page of its own. It keeps nothing and sends nothing on.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Messages shown: a page. */
const MOST_SHOWN = 200
/** Bodies of ours stay below 20 KB. */
const MOST_BYTES = 64 * 1024

export interface ReceivedMessage {
  readonly at: string
  readonly channel: string
  readonly account: string
  readonly template: string
  readonly text: string
}

export interface Receiver {
  /** Where messages go. */
  readonly hook: string
  /** Where a person looks. */
  readonly page: string
  /** Newest first; one that came again under its id stands once. */
  readonly messages: readonly ReceivedMessage[]
  close(): Promise<void>
}

/** Listens on this machine alone; port 0 takes any that is free. */
export async function startReceiver(port = 0): Promise<Receiver> {
  const messages: ReceivedMessage[] = []
  const seen = new Set<string>()
  const server = createServer((request, response) => {
    if (request.method !== 'POST') {
      const isData = request.url === '/messages'
      const type = isData ? 'application/json' : 'text/html; charset=utf-8'
      response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY })
      response.end(isData ? JSON.stringify({ messages }) : pageOf(messages))
      return
    }
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > MOST_BYTES) request.destroy()
      else chunks.push(chunk)
    })
    request.on('end', () => {
      for (const [id, message] of messagesIn(Buffer.concat(chunks).toString('utf8'))) {
        if (seen.has(id)) continue
        seen.add(id)
        messages.unshift(message)
      }
      messages.splice(MOST_SHOWN)
      response.writeHead(204).end()
    })
  })
  await listening(server, port)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    hook: `${url}/hook`,
    page: `${url}/`,
    messages,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const POLICY = "default-src 'none'; style-src 'unsafe-inline'"

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
}

/** Messages to customers, or what else came as one line. */
function messagesIn(body: string): (readonly [id: string, message: ReceivedMessage])[] {
  try {
    const { type, timestamp: at, data } = JSON.parse(body)
    if (type !== 'customer.messages')
      return [[body, { at, channel: 'webhook', account: '', template: type, text: '' }]]
    const { channel } = data
    return (data.messages as (ReceivedMessage & { id: string })[]).map(
      ({ id, account, template, text }) => [id, { at, channel, account, template, text }],
    )
  } catch {
    return []
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const escaped = (text: string) => String(text).replace(/[&<>]/g, (c) => ESCAPES[c]!)

function pageOf(messages: readonly ReceivedMessage[]): string {
  const rows = messages.map(({ at, channel, account, template, text }) => {
    const cells = [at, channel, account, template, text].map((cell) => `<td>${escaped(cell)}</td>`)
    return `<tr>${cells.join('')}</tr>`
  })
  return `<!doctype html><html lang="zh"><meta charset="utf-8"><meta http-equiv="refresh" content="5">
<title>95598</title><style>body{font:14px sans-serif;margin:2em}td{padding:.3em .8em;border-bottom:1px solid #ddd}</style>
<table>${rows.join('\n')}</table></html>`
}
