/** Temperatures that were told of units, as HTTP asks for them. */
import type { InstantMs } from '../facts/time.ts'

export interface TemperatureInForce {
  readonly unit: string
  readonly celsius: number
  /** When it was told. */
  readonly at: InstantMs
  /** Until when it holds where nothing newer is told. */
  readonly until: InstantMs
}

export interface Temperatures {
  /** At and below it is severe cold (严寒), which raises grades. */
  readonly belowCelsius: number
  /** What holds now, by unit. */
  readonly told: readonly TemperatureInForce[]
}
