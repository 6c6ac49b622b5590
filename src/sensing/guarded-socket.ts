/**
 * A socket as the MQTT broker sees it: bytes pass the packet guard first, and are read only while
 * the gate is open and this connection has few enough messages under way. The broker gets the
 * CONNECT packet alone and what follows once that is accepted, so nothing is buffered for who may
 * not connect, and a terminal that says all at once and dies is still heard: the broker would drop
 * what it queued for a connection whose end it sees before its CONNACK. Decides when to read and
 * when to cut, never what a packet means.
 */
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { type GuardRefusal, PacketGuard } from './packet-guard.ts'
import type { ReadGate } from './read-gate.ts'

export interface GuardedSocketOptions {
  readonly gate: ReadGate
  readonly maxInFlight: number
  readonly onRefused: (reason: GuardRefusal) => void
}

export class GuardedSocket extends Duplex {
  readonly #socket: Socket
  readonly #options: GuardedSocketOptions
  readonly #guard = new PacketGuard()
  readonly #pump = () => this.#read()
  /** The parser asked for bytes and has not got any since. */
  #wanted = false
  #signedIn = false
  #inFlight = 0

  constructor(socket: Socket, options: GuardedSocketOptions) {
    super({ allowHalfOpen: false })
    this.#socket = socket
    this.#options = options
    socket.on('readable', this.#pump)
    socket.on('end', () => this.push(null))
    // A broken link is normal life: it ends the connection, with a will, and is no error here.
    socket.on('error', () => this.destroy())
    socket.on('close', () => this.destroy())
  }

  /** CONNECT was accepted: what follows it may pass. */
  signIn(): void {
    this.#signedIn = true
    this.#read()
  }

  /** A message of this connection is on its way to the journal. */
  begin(): void {
    this.#inFlight++
  }

  /** It arrived there, or failed. */
  settle(): void {
    this.#inFlight--
    if (this.#wanted) this.#read()
  }

  override _read(): void {
    this.#wanted = true
    this.#read()
  }

  #read(): void {
    while (this.#wanted && !this.destroyed) {
      if (this.#guard.hasConnect && !this.#signedIn) return
      if (this.#inFlight >= this.#options.maxInFlight) return
      if (!this.#options.gate.admits(this.#pump)) return
      const chunk: Buffer | null = this.#socket.read()
      if (chunk === null) return
      const passage = this.#guard.scan(chunk)
      if (passage.refusal) {
        this.#options.onRefused(passage.refusal)
        this.destroy()
        return
      }
      if (passage.bytes < chunk.length) this.#socket.unshift(chunk.subarray(passage.bytes))
      this.#wanted = this.push(chunk.subarray(0, passage.bytes))
    }
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void) {
    this.#socket.write(chunk, encoding, done)
  }

  // The packet writer corks: a whole packet, or several acknowledgements, go out as one segment.
  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#socket.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#options.gate.forget(this.#pump)
    this.#socket.destroy()
    done(error)
  }
}
