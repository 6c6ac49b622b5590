/** A receiver of messages over real HTTP that behaves as told: takes them, fails, hangs, lies. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly id: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Manner = (message: Received, response: ServerResponse) => void

/** Takes everything. */
export const takes: Manner = (_, response) => response.writeHead(204).end()
/** Answers with a status, with what headers it likes. */
export const answers =
  (status: number, headers: Record<string, string> = {}): Manner =>
  (_, response) =>
    response.writeHead(status, headers).end()
/** Reads and never answers. */
export const hangs: Manner = () => {}
/** Takes the message and loses the answer. */
export const dropsTheAnswer: Manner = (_, response) => response.destroy()

export async function webhookReceiver(manner: Manner = takes) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const id = String(request.headers['webhook-id'] ?? '')
      const message = { id, headers: request.headers, body: Buffer.concat(chunks).toString('utf8') }
      received.push(message)
      receiver.manner(message, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const receiver = {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    manner,
    /** Ids in the order in which each came first. */
    get ids() {
      return [...new Set(received.map(({ id }) => id))]
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return receiver
}
