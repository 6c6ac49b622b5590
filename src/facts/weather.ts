/** What is told of the weather where it changes how grave an outage is: the temperature, by unit. */
import type { UnitId } from './ids.ts'
import type { InstantMs } from './time.ts'

/** A weather service or a person says how cold it is in a unit (供电单位) and those below it. */
export interface TemperatureNotedFact {
  readonly type: 'temperatureNoted'
  readonly receivedAt: InstantMs
  /** The `Idempotency-Key`; said again it says the same. */
  readonly requestId: string
  readonly unit: UnitId
  /** °C; null takes back what was said of the unit. */
  readonly celsius: number | null
  /** Account name of who noted it, and the role used. */
  readonly by: string
  readonly role: string
}
