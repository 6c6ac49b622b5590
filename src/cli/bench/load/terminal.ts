/**
 * One terminal of a load: a raw MQTT connection that sends what it is told and counts what is
 * acknowledged. As little work a message as there can be, for the generator shares the machine.
 */
import { connect, type Socket } from 'node:net'
import { TOPIC_ROOT } from '../../../facts/wire.ts'
import { connectPacket, mqttText, packet, packetId } from '../mqtt-packets.ts'

const CONNACK = 0x20
const PUBACK = 0x40
const ANSWER_WITHIN_MS = 30_000
/** Packet identifiers are 16 bits, and 0 is none. */
const MAX_PACKET_ID = 65_535

export class LoadTerminal {
  readonly id: string
  readonly #socket: Socket
  readonly #topic: Buffer
  readonly #waiting = new Map<number, string>()
  readonly #acknowledged: (message: string) => void
  #packetId = 0
  #rest: Buffer = Buffer.alloc(0)
  #connected: (code: number) => void = () => {}

  private constructor(id: string, socket: Socket, acknowledged: (message: string) => void) {
    this.id = id
    this.#socket = socket
    this.#topic = mqttText(`${TOPIC_ROOT}/${id}/event`)
    this.#acknowledged = acknowledged
    socket.on('data', (bytes) => this.#read(bytes))
  }

  /** Connects; rejects where it is refused. */
  static async open(
    broker: URL,
    id: string,
    acknowledged: (message: string) => void,
  ): Promise<LoadTerminal> {
    const socket = connect(Number(broker.port || 1883), broker.hostname)
    socket.setNoDelay(true)
    const terminal = new LoadTerminal(id, socket, acknowledged)
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${id}: no CONNACK`)), ANSWER_WITHIN_MS)
      const end = (error?: Error) => {
        clearTimeout(late)
        if (error) reject(error)
        else resolve()
      }
      terminal.#connected = (code) =>
        end(code === 0 ? undefined : new Error(`${id}: refused, ${code}`))
      socket.on('error', end)
      socket.once('close', () => end(new Error(`${id}: closed`)))
      socket.write(connectPacket(id, `load-${id}`, 'terminal'))
    })
    return terminal
  }

  /** Messages sent and not yet acknowledged. */
  get unacknowledged(): number {
    return this.#waiting.size
  }

  /** Publishes `payload` with QoS 1; `message` is what `acknowledged` is told. */
  publish(payload: string, message: string): void {
    this.#packetId = (this.#packetId % MAX_PACKET_ID) + 1
    this.#waiting.set(this.#packetId, message)
    this.#socket.write(packet(0x32, this.#topic, packetId(this.#packetId), Buffer.from(payload)))
  }

  close(): void {
    this.#socket.destroy()
  }

  /** CONNACK and PUBACK are four bytes each, and nothing else is sent to a load. */
  #read(bytes: Buffer): void {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    let at = 0
    for (; at + 4 <= all.length; at += 4) {
      if (all[at] === CONNACK) this.#connected(all[at + 3]!)
      if (all[at] !== PUBACK) continue
      const id = all.readUInt16BE(at + 2)
      const message = this.#waiting.get(id)
      if (message === undefined) continue
      this.#waiting.delete(id)
      this.#acknowledged(message)
    }
    this.#rest = all.subarray(at)
  }
}

/** New connections a second: below what the embedded listener admits. */
const OPENED_PER_SECOND = 400
const OPENED_AT_ONCE = 100

/** Opens a terminal for each of `ids`, no faster than a listener takes them. */
export async function openTerminals(
  broker: URL,
  ids: readonly string[],
  acknowledged: (message: string) => void,
): Promise<LoadTerminal[]> {
  const terminals: LoadTerminal[] = []
  const started = performance.now()
  for (let from = 0; from < ids.length; from += OPENED_AT_ONCE) {
    const some = ids.slice(from, from + OPENED_AT_ONCE)
    terminals.push(
      ...(await Promise.all(some.map((id) => LoadTerminal.open(broker, id, acknowledged)))),
    )
    const dueMs = ((from + some.length) / OPENED_PER_SECOND) * 1000
    const aheadMs = dueMs - (performance.now() - started)
    if (aheadMs > 0) await new Promise((resolve) => setTimeout(resolve, aheadMs))
  }
  return terminals
}
