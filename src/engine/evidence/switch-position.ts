/** What a terminal said of a switch, and which of two statements is the newer. */
import type { InstantMs } from '../../facts/time.ts'

/** The position of one device, as one terminal reported it. */
export interface SwitchPosition {
  readonly open: boolean
  readonly at: InstantMs
  readonly terminal: number
  readonly boot: number | undefined
  readonly seq: number | undefined
}

/** By (boot, seq) where one terminal counts both, else by time. */
export function isNewer(said: SwitchPosition, held: SwitchPosition): boolean {
  const { boot, seq } = said
  const counted = boot !== undefined && seq !== undefined && said.terminal === held.terminal
  if (counted && held.boot !== undefined && held.seq !== undefined)
    return boot !== held.boot ? boot > held.boot : seq > held.seq
  if (said.at !== held.at) return said.at > held.at
  // Opened and closed at the very same instant: the closing came after, whichever arrived first.
  return held.open && !said.open
}
