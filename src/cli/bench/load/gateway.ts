/** A gateway to customers that takes everything at once, and counts who was told what. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Gateway {
  readonly url: string
  /** Customers told, each once. */
  readonly told: number
  /** Messages under ids of their own to somebody who had been told already. */
  readonly again: number
  readonly parcels: number
  /** `performance.now()` of the first parcel and of the latest. */
  readonly firstMs: number
  readonly lastMs: number
  close(): Promise<void>
}

export async function openGateway(): Promise<Gateway> {
  const ids = new Set<string>()
  const accounts = new Set<string>()
  const seen = { parcels: 0, again: 0, firstMs: 0, lastMs: 0 }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      response.writeHead(204).end()
      seen.lastMs = performance.now()
      seen.firstMs ||= seen.lastMs
      seen.parcels++
      const { data } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
        data: { messages: readonly { id: string; account: string }[] }
      }
      for (const { id, account } of data.messages) {
        // A parcel may come again under its id; that is no second message.
        if (ids.has(id)) continue
        ids.add(id)
        if (accounts.has(account)) seen.again++
        accounts.add(account)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    get told() {
      return accounts.size
    },
    get again() {
      return seen.again
    },
    get parcels() {
      return seen.parcels
    },
    get firstMs() {
      return seen.firstMs
    },
    get lastMs() {
      return seen.lastMs
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
