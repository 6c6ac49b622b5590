/**
 * Every limit of sensing, its reason, and what happens beyond it. Refusals are counted as
 * `sensing.refused` under the reason named here.
 */
import { MAX_PAYLOAD_BYTES } from '../facts/wire.ts'

/**
 * Longest CONNECT packet. User name 64, client id and password 256 each, a will of a status topic
 * (90) and its payload (60) leave half of it free. Beyond: closed as `oversizedPacket`.
 */
export const MAX_CONNECT_BYTES = 2_048

/**
 * Longest packet that is neither CONNECT nor PUBLISH. A subscription to the call topic takes 90
 * bytes. Beyond: closed as `oversizedPacket`.
 */
export const MAX_CONTROL_BYTES = 1_024

/** Room for topic, its length and the packet identifier; our longest topic has 98 bytes. */
export const TOPIC_ROOM_BYTES = 260

/**
 * Longest PUBLISH that is read at all: four times what is decoded. A payload above
 * `MAX_PAYLOAD_BYTES` and within this is read, acknowledged and quarantined as `oversized`, so an
 * honest terminal with too long a list does not repeat it for ever; beyond it the connection is
 * closed as `oversizedPacket` before any of the packet reaches the parser.
 */
export const MAX_PUBLISH_BYTES = 4 * MAX_PAYLOAD_BYTES + TOPIC_ROOM_BYTES

/** Characters of a topic kept in quarantine: enough to recognise it, whatever was sent. */
export const MAX_TOPIC_CHARACTERS = 256

/** Characters of a payload kept in quarantine (`QuarantinedFact.raw`). */
export const MAX_RAW_CHARACTERS = 4_096

/** Characters of `QuarantinedFact.detail`; the field comes first, so a cut loses only prose. */
export const MAX_DETAIL_CHARACTERS = 240

/** TCP probes find dead peers of clients that asked for no keep-alive. */
export const TCP_KEEP_ALIVE_MS = 60_000

/** How often a stopped listener looks whether it may read again; a tenth of a group commit's p99. */
export const GATE_POLL_MS = 5

/**
 * Longest packet an outside broker may send us: `MAX_PUBLISH_BYTES` and room for the properties of
 * MQTT 5. A longer message is the broker's to drop.
 */
export const MAX_BROKER_PACKET_BYTES = MAX_PUBLISH_BYTES + 4_096

/**
 * Keep-alive with an outside broker. While the gate is shut its answers are not read, so this is
 * also how long a hold may last before the connection is given up; the messages come again.
 */
export const BROKER_KEEP_ALIVE_SECONDS = 60

/** How long an outside broker may take to accept a connection. */
export const BROKER_CONNECT_TIMEOUT_MS = 10_000

/** First and longest wait before another attempt; each is doubled and jittered, for no broker
 * likes all its clients to come back at once. */
export const BROKER_FIRST_WAIT_MS = 250
export const BROKER_LONGEST_WAIT_MS = 30_000

/** Limits that a deployment may set. */
export interface ListenerLimits {
  /** Open sockets; about 30 kB each. Beyond: closed as `tooManyConnections`. */
  readonly maxConnections: number
  /**
   * Connections of one identity. A terminal needs one, and one that is half open after a broken
   * link; some run two links. Beyond: the oldest is closed as `tooManyOfIdentity`, for the newest
   * is the likeliest to live.
   */
  readonly maxConnectionsPerIdentity: number
  /** Sustained new connections a second, near what one core signs in. Beyond: closed as `acceptRate`. */
  readonly acceptsPerSecond: number
  /** New connections at once: the terminals of a county that return together. */
  readonly acceptBurst: number
  /** From accept to CONNECT. Beyond: closed as `connectTimeout`. */
  readonly connectTimeoutMs: number
  /**
   * Appends not yet durable, of all sources, and change batches not yet filed. Above it sockets are not
   * read until half of it is left. In one turn of the event loop no more is read, so that ticks, clocks and consoles
   * get theirs: an eighth of a second of the heaviest storm (16,667 reports a second), which a disk
   * that takes 60 ms a commit still keeps up with. Counted as `sensing.held`.
   */
  readonly maxPendingAppends: number
  /** Messages of one connection not yet durable. Above it that socket is not read. */
  readonly maxInFlightPerConnection: number
  /** First and longest pause before an append is tried again while the journal is full. */
  readonly fullRetryMinMs: number
  readonly fullRetryMaxMs: number
}

export const DEFAULT_LIMITS: ListenerLimits = {
  maxConnections: 25_000,
  maxConnectionsPerIdentity: 4,
  acceptsPerSecond: 500,
  acceptBurst: 2_500,
  connectTimeoutMs: 5_000,
  maxPendingAppends: 2_000,
  maxInFlightPerConnection: 256,
  fullRetryMinMs: 250,
  fullRetryMaxMs: 5_000,
}
