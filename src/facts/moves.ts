/**
 * A feeder goes to another part of the network, of engines that judge parts of one side by side. Facts
 * like all others, so that a replay meets them where the engine did.
 */
import type { DeviceId, ObserverId } from './ids.ts'
import type { InstantMs } from './time.ts'

/** Link of a terminal, as last heard of. */
export interface KnownLink {
  readonly terminal: ObserverId
  readonly state: 'online' | 'offline'
  /** Offline since; of others when this was asked for. */
  readonly since: InstantMs
}

/** A stretch without supply that is over. */
export interface EndedStretch {
  /** Where: below this device, or the service of this meter there. */
  readonly device: DeviceId
  readonly meter?: ObserverId
  readonly to: InstantMs
  /** False where a larger outage took it over: it did not come back then. */
  readonly returned: boolean
}

/** This part judges the feeder from now on. It says what nobody will say again. */
export interface FeederTakenFact {
  readonly type: 'feederTaken'
  readonly receivedAt: InstantMs
  readonly feeder: string
  readonly links: readonly KnownLink[]
  readonly ended: readonly EndedStretch[]
}

/** Another part judges these feeders from now on, if nothing is open on any of them here; else nothing happens. */
export interface FeedersLeftFact {
  readonly type: 'feedersLeft'
  readonly receivedAt: InstantMs
  readonly feeders: readonly string[]
  /** The part that took them. */
  readonly part: number
}
