/**
 * Whether a breaker would reclose by itself (重合闸投退), as SCADA or a dispatcher said: what a notice says of a
 * trip that was not followed by a reclosing (未投, `domain.md` §4.1). It changes no judgement.
 */
import type { InstantMs } from '../../facts/time.ts'
import type { ReclosingState } from '../../facts/wire.ts'
import type { World } from '../world.ts'
import type { ReclosingOff } from './state.ts'

/** Takes a word on a device's reclosing; one that is older than the word before it says nothing new. */
export function noteReclosing(
  { switching }: World,
  device: string,
  state: ReclosingState,
  at: InstantMs,
): void {
  const held = switching.reclosingOff.find((one) => one.device === device)
  if (held && (held.to ?? held.from) > at) return
  const next = turned(held, device, state, at)
  if (next === held) return
  const others = switching.reclosingOff.filter((one) => one !== held)
  switching.reclosingOff = next ? [...others, next] : others
}

/** What is known from now on; the same where nothing changed. A device that was never off needs no row. */
function turned(
  held: ReclosingOff | undefined,
  device: string,
  state: ReclosingState,
  at: InstantMs,
): ReclosingOff | undefined {
  const isOff = held?.to === null
  if ((state === 'off') === isOff) return held
  return isOff ? { ...held, to: at } : { device, from: at, to: null }
}

/** True where the device's reclosing was known to be out of service at that time. */
export function wasReclosingOff({ switching }: World, device: string, at: InstantMs): boolean {
  const held = switching.reclosingOff.find((one) => one.device === device)
  return held !== undefined && held.from <= at && at < (held.to ?? Number.POSITIVE_INFINITY)
}
