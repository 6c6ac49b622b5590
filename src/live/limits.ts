/** Every limit of the live channel, with the reason for its value. Refusals count `live.refused`. */

/** Ticks of the hub, ms: ten frames a second is as much as an eye follows in a list. */
export const FLUSH_EVERY_MS = 100
/** CONTRACT §6. */
export const PING_EVERY_MS = 15_000
/** Two pings unanswered: the peer is gone or does not read. */
export const PONG_TIMEOUT_MS = 30_000
/** Rights are looked at again this often; a changed role must close the socket within 60 s. */
export const RECHECK_EVERY_MS = 20_000
/** Beyond this a socket gets the latest state per object instead of each change, bytes. */
export const COALESCE_ABOVE_BYTES = 256 * 1024
/** Beyond this (a snapshot under way not counted) the socket is closed with 1013, bytes. */
export const CLOSE_ABOVE_BYTES = 1024 * 1024
/** A close frame waits behind what the peer does not read; then the socket is destroyed, ms. */
export const CLOSE_GRACE_MS = 2_000
/** A client that pans a map subscribes and leaves some 30 squares at once, and again a second later. */
export const MESSAGES_BURST = 200
export const MESSAGES_PER_SECOND = 50
/** A screen of map squares, the list, one incident and the figures fit twice. */
export const MAX_TOPICS_PER_SOCKET = 128
/** DESIGN §8 asks for 5,000 consoles; twice that is still 20 MB of sockets. */
export const MAX_SOCKETS = 10_000
/** Distinct (topic, group of viewers) pairs kept in memory at once. */
export const MAX_CHANNELS = 20_000
/** Deltas kept per channel for resuming: 100 s of a storm in which every tick changes something. */
export const RING_DELTAS = 1_000
/** … and bytes of them, so that many channels stay within memory. */
export const RING_BYTES = 2 * 1024 * 1024
/** A channel nobody listens to is kept this long, so that a lost link resumes, ms. */
export const CHANNEL_LINGER_MS = 120_000
/** Restored incidents stay green for 30 min (`domain.md` §5.3), then leave the lists, ms. */
export const SHOW_RESTORED_MS = 30 * 60_000
/** Figures change slowly; once a second is enough for a number on a wall. */
export const STATS_EVERY_MS = 1_000
/** What stirs is looked at and told this often, ms: what a desk has within a second is soon enough. */
export const STIRRING_EVERY_MS = 250
/** What was heard so long ago is an incident by now (the longest hold is 5 s), or nothing comes of it, ms. */
export const STIRRING_KEPT_MS = 60_000
/** Reports counted of one feeder: some screens full, and few enough to look at again each time. */
export const STIRRING_COUNTED = 200
/** Reports of one feeder that are shown: enough to judge whether they hang together. */
export const STIRRING_REPORTS = 10
/** Feeders shown to one viewer at once, so that in a storm a frame stays below 100 KB. */
export const MAX_STIRRING = 64
/** Feeders told of for all viewers, each of whom sees some units: what goes to gateways each second stays below 1 MB. */
export const MAX_STIRRING_OF_ALL = 512
/** Squares larger than zoom 8 (150 km) would carry a whole province; consoles aggregate there. */
export const MIN_MAP_ZOOM = 8
/** Smallest square with tiles of its own. */
export const MAX_MAP_ZOOM = 16

/** The limits a test may shorten; production uses the values above. */
export interface LiveTimings {
  readonly flushEveryMs: number
  readonly pingEveryMs: number
  readonly pongTimeoutMs: number
  readonly recheckEveryMs: number
  readonly statsEveryMs: number
  readonly stirringEveryMs: number
}

export const LIVE_TIMINGS: LiveTimings = {
  flushEveryMs: FLUSH_EVERY_MS,
  pingEveryMs: PING_EVERY_MS,
  pongTimeoutMs: PONG_TIMEOUT_MS,
  recheckEveryMs: RECHECK_EVERY_MS,
  statsEveryMs: STATS_EVERY_MS,
  stirringEveryMs: STIRRING_EVERY_MS,
}
