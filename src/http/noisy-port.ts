/** Terminals that chatter (频繁上报), as HTTP asks for them; `app` reads them from the engine's registers. */
import type { InstantMs } from '../facts/time.ts'

/** An observer whose last kept statements lie close together. */
export interface NoisyTerminal {
  readonly observer: number
  /** Statements of on or off that are kept, and the time between the first and the last of them. */
  readonly statements: number
  readonly spanMs: number
  readonly lastAt: InstantMs
  /** They alternate: supply, or the terminal, flaps; else it says the same again and again. */
  readonly alternating: boolean
  /** Noisy ones on the same feeder, itself left out: many speak for the line, not for the terminal. */
  readonly besides: number
}

/** Which class, and what of it may be seen. */
export interface NoisyAsked {
  /** Index into `OBSERVER_CLASSES`. */
  readonly class: number
  readonly limit: number
  /** Feeder by index of an observer, −1 where unknown. */
  feederOf(observer: number): number
  sees(feeder: number): boolean
}

/** One class of observers as a whole, in the units that were asked for. */
export interface NoisyAnswer {
  readonly terminals: number
  readonly online: number
  readonly offline: number
  /** The noisiest first. */
  readonly noisy: readonly NoisyTerminal[]
}
