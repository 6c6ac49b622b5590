/**
 * Reads MQTT fixed headers as bytes pass by, and says stop before a packet that is too long
 * reaches the parser, which would buffer all of it. Decides by type and Remaining Length alone
 * (MQTT 3.1.1 §2.2); what is inside the packets is the parser's.
 */
import { MAX_CONNECT_BYTES, MAX_CONTROL_BYTES, MAX_PUBLISH_BYTES } from './limits.ts'

export type GuardRefusal =
  /** Declared longer than its type may be. */
  | 'oversizedPacket'
  /** Packet type 0, or a Remaining Length of more than four bytes. (§2.2.1, §2.2.3) */
  | 'malformedPacket'
  /** Something else before CONNECT. [MQTT-3.1.0-1] */
  | 'notConnect'

const CONNECT = 1
const PUBLISH = 3
/** CONNECT with its reserved flags, which must be 0. [MQTT-2.2.2-2] */
const CONNECT_HEADER = CONNECT << 4
/** A Remaining Length has at most four bytes. */
const MAX_LENGTH_BYTES = 4

/** How far a chunk may pass, or why the connection is to be closed at once. */
export type Passage =
  | { readonly bytes: number; readonly refusal?: undefined }
  | { readonly refusal: GuardRefusal }

export class PacketGuard {
  #hasConnect = false
  /** Packet type of the header being read, 0 between packets and in a body. */
  #type = 0
  #length = 0
  #lengthBytes = 0
  /** Bytes of the present packet's body still to come. */
  #body = 0

  /** True from the last byte of the CONNECT packet on. */
  get hasConnect(): boolean {
    return this.#hasConnect
  }

  /** Takes the next bytes: all of them, but at first never more than the CONNECT packet. */
  scan(chunk: Uint8Array): Passage {
    let at = 0
    while (at < chunk.length) {
      if (this.#body > 0) {
        const passed = Math.min(this.#body, chunk.length - at)
        this.#body -= passed
        at += passed
      } else {
        const refusal = this.#type === 0 ? this.#begin(chunk[at]!) : this.#readLength(chunk[at]!)
        if (refusal) return { refusal }
        at++
      }
      if (!this.#hasConnect && this.#type === 0 && this.#body === 0) {
        this.#hasConnect = true
        break
      }
    }
    return { bytes: at }
  }

  #begin(header: number): GuardRefusal | undefined {
    this.#type = header >> 4
    this.#length = 0
    this.#lengthBytes = 0
    if (!this.#hasConnect && header !== CONNECT_HEADER) return 'notConnect'
    // Type 0 is forbidden, and would read as "between packets" here.
    return this.#type === 0 ? 'malformedPacket' : undefined
  }

  #readLength(byte: number): GuardRefusal | undefined {
    this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes
    this.#lengthBytes++
    if (byte & 0x80) return this.#lengthBytes === MAX_LENGTH_BYTES ? 'malformedPacket' : undefined
    if (this.#length > this.#limit()) return 'oversizedPacket'
    this.#body = this.#length
    this.#type = 0
    return undefined
  }

  #limit(): number {
    if (this.#type === CONNECT) return MAX_CONNECT_BYTES
    return this.#type === PUBLISH ? MAX_PUBLISH_BYTES : MAX_CONTROL_BYTES
  }
}
