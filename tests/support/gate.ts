/** A TCP relay that can be shut and opened, to take a real server away from a client and back. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface Gate {
  readonly port: number
  /** Cuts all connections and refuses new ones. */
  shut(): void
  open(): void
  close(): Promise<void>
}

/** Relays from a free port of 127.0.0.1 to `host:port`; open at first. */
export async function openGate(host: string, port: number): Promise<Gate> {
  let isOpen = true
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    if (!isOpen) return client.resetAndDestroy()
    const upstream = connect(port, host)
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  return {
    port: (server.address() as { port: number }).port,
    shut() {
      isOpen = false
      cut()
    },
    open() {
      isOpen = true
    },
    async close() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
