/**
 * One address before several servers, as a load balancer is: each connection goes to the next of them
 * that accepts it. It looks at no byte.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { comesAbout } from './server-process.ts'

export interface RoundRobin {
  readonly url: string
  close(): Promise<void>
}

/** `ports` of loopback, looked at anew with each connection. */
export async function roundRobin(ports: () => readonly number[]): Promise<RoundRobin> {
  let turn = 0
  const open = new Set<Socket>()
  const reach = async (): Promise<Socket | undefined> => {
    const all = ports()
    for (let attempt = 0; attempt < all.length; attempt++) {
      const socket = connect(all[turn++ % all.length]!, '127.0.0.1')
      if (await comesAbout(socket)) return socket
      socket.destroy()
    }
    return undefined
  }
  const server = createServer({ pauseOnConnect: true }, async (client) => {
    open.add(client)
    client.on('error', () => {})
    const behind = await reach()
    if (!behind) return void client.destroy()
    open.add(behind)
    for (const [one, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      one.on('error', () => {})
      one.once('close', () => {
        open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
    client.resume()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
