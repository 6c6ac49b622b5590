/**
 * The consoles of `bench live`, in a process of their own: raw sockets that do as much of the
 * WebSocket protocol as is needed to count deltas and read the stamps in them. Told by messages of
 * the parent when to listen, when to count and when to answer.
 */
import { connect, type Socket } from 'node:net'
import { stampUs } from './staged.ts'

export interface ClientsOrder {
  readonly port: number
  readonly sockets: number
  /** Of them, how many stop reading once they have their first picture. */
  readonly stalled: number
  /** Connections opened at once. */
  readonly atOnce: number
}

export interface ClientsResult {
  readonly deliveries: number
  readonly closed: number
  readonly tookMs: readonly number[]
}

/** Latencies kept; beyond, each later one replaces one kept so far in turn. */
const MAX_KEPT = 2_000_000
const MASK = Buffer.from([0, 0, 0, 0])
const STAMP = '"noticeNo":"@'

let counting = false
let deliveries = 0
let closed = 0
const tookMs: number[] = []

/** A client's text frame; a mask of zeros leaves the text as it is. */
function textFrame(text: string): Buffer {
  const bytes = Buffer.from(text)
  const length =
    bytes.length < 126 ? [0x80 | bytes.length] : [0x80 | 126, bytes.length >> 8, bytes.length & 255]
  return Buffer.concat([Buffer.from([0x81, ...length]), MASK, bytes])
}

/** One console: reads frames, answers pings, notes what arrives. */
class ConsoleSocket {
  readonly socket: Socket
  readonly #stalls: boolean
  readonly #ready: () => void
  #rest: Buffer = Buffer.alloc(0)
  #open = false
  #wanted = 0

  constructor(port: number, viewer: number, stalls: boolean, ready: () => void) {
    this.#stalls = stalls
    this.#ready = ready
    this.socket = connect(port, '127.0.0.1')
    this.socket.setNoDelay(true)
    this.socket.write(
      `GET /?viewer=${viewer} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    )
    this.socket.on('data', (bytes) => this.#read(bytes))
    this.socket.on('error', () => {})
    this.socket.on('close', () => {
      closed++
    })
  }

  #read(bytes: Buffer): void {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    // A large first picture is put together once, not at each of its segments.
    if (this.#rest.length < this.#wanted) return
    if (!this.#open) {
      const end = this.#rest.indexOf('\r\n\r\n')
      if (end < 0) return
      this.#open = true
      this.#rest = this.#rest.subarray(end + 4)
      this.socket.write(textFrame('{"type":"subscribe","topic":"incidents"}'))
      this.socket.write(textFrame('{"type":"subscribe","topic":"stats"}'))
    }
    this.#frames()
  }

  #frames(): void {
    for (;;) {
      const bytes = this.#rest
      this.#wanted = 2
      if (bytes.length < 2) return
      let length = bytes[1]! & 127
      let from = 2
      if (length === 126) {
        if (bytes.length < 4) return
        length = bytes.readUInt16BE(2)
        from = 4
      } else if (length === 127) {
        if (bytes.length < 10) return
        length = Number(bytes.readBigUInt64BE(2))
        from = 10
      }
      this.#wanted = from + length
      if (bytes.length < from + length) return
      this.#frame(bytes[0]! & 15, bytes.subarray(from, from + length))
      this.#rest = bytes.subarray(from + length)
    }
  }

  #frame(opcode: number, payload: Buffer): void {
    if (opcode === 9) this.socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]))
    if (opcode !== 1) return
    const head = payload.toString('latin1', 0, 20)
    if (head.startsWith('{"type":"snapshot"')) {
      // The figures come second: the whole first picture is there.
      if (payload.toString('latin1', 0, 60).includes('"stats"')) {
        this.#ready()
        if (this.#stalls) this.socket.pause()
      }
    } else if (counting && head.startsWith('{"type":"delta"')) this.#note(payload)
  }

  #note(payload: Buffer): void {
    deliveries++
    const now = stampUs()
    for (let at = payload.indexOf(STAMP); at >= 0; at = payload.indexOf(STAMP, at + 1)) {
      const from = at + STAMP.length
      const took =
        (now - Number(payload.toString('latin1', from, payload.indexOf(64, from)))) / 1000
      if (tookMs.length < MAX_KEPT) tookMs.push(took)
      else tookMs[deliveries % MAX_KEPT] = took
    }
  }
}

async function openAll({ port, sockets, stalled, atOnce }: ClientsOrder): Promise<void> {
  let next = 0
  const one = async () => {
    for (let viewer = next++; viewer < sockets; viewer = next++)
      await new Promise<void>((resolve, reject) => {
        const stalls = viewer % Math.ceil(sockets / Math.max(1, stalled)) === 0 && stalled > 0
        const { socket } = new ConsoleSocket(port, viewer, stalls, resolve)
        socket.once('close', () => reject(new Error(`console ${viewer} was refused`)))
      })
  }
  await Promise.all(Array.from({ length: atOnce }, one))
}

process.on('message', (message: { open?: ClientsOrder; count?: boolean }) => {
  if (message.open)
    openAll(message.open).then(
      () => process.send!({ opened: true }),
      (error: Error) => process.send!({ failed: error.message }),
    )
  if (message.count === true) counting = true
  if (message.count === false) {
    counting = false
    const result: ClientsResult = { deliveries, closed, tookMs }
    process.send!({ result }, () => process.exit(0))
  }
})
