/** What the machine gives at best, beside the figures of `bench pipeline`. */
import { once } from 'node:events'
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { eventMessage } from '../../../facts/wire.ts'

/** Each for so long. */
const MEASURED_MS = 1_000
const BLOCK_BYTES = 65_536
/** Messages parsed between two looks at the clock. */
const PARSED_AT_ONCE = 1_000

/** Packets of `bytes` that one process can send itself over loopback, a second. */
async function loopbackPerSecond(bytes: number): Promise<number> {
  let received = 0
  const server = createServer((socket) => socket.on('data', ({ length }) => (received += length)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const block = Buffer.alloc(BLOCK_BYTES)
  const end = performance.now() + MEASURED_MS
  const more = () => {
    while (performance.now() < end) if (!socket.write(block)) return
  }
  socket.on('drain', more)
  await once(socket, 'connect')
  more()
  await delay(MEASURED_MS)
  socket.destroy()
  server.close()
  return Math.round(received / bytes / (MEASURED_MS / 1000))
}

/** Payloads that are parsed and checked, a second of one core. */
function parsedPerSecond(payload: string): number {
  const started = performance.now()
  let parsed = 0
  while (performance.now() - started < MEASURED_MS) {
    for (let n = 0; n < PARSED_AT_ONCE; n++) eventMessage.parse(JSON.parse(payload))
    parsed += PARSED_AT_ONCE
  }
  return Math.round((parsed / (performance.now() - started)) * 1000)
}

/** Writes of one message that reach the disk one after the other, a second. */
function fdatasyncPerSecond(payload: string): number {
  const dir = mkdtempSync(join(tmpdir(), 'lastgasp-sync-'))
  const file = openSync(join(dir, 'sync'), 'w')
  const started = performance.now()
  let synced = 0
  for (; performance.now() - started < MEASURED_MS; synced++) {
    writeSync(file, payload)
    fdatasyncSync(file)
  }
  closeSync(file)
  rmSync(dir, { recursive: true })
  return Math.round((synced / (performance.now() - started)) * 1000)
}

/** Events a second of each, for one that looks like `payload` in a packet of `packetBytes`. */
export async function ceilings(payload: string, packetBytes: number) {
  return {
    loopbackPerSecond: await loopbackPerSecond(packetBytes),
    parserPerSecond: parsedPerSecond(payload),
    fdatasyncPerSecond: fdatasyncPerSecond(payload),
  }
}
