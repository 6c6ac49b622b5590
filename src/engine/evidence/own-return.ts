/**
 * An off that follows its own observer's on. A return is dated by whoever saw it first, a switch or a
 * neighbour, and no two clocks agree to the second: who says "on" about then and "off" right after has
 * been back and is dark anew, though the return be dated a moment later than that off.
 */
import type { InstantMs } from '../../facts/time.ts'
import type { Registers } from './registers.ts'

/** What the clocks of two terminals may differ by and still tell of one change. */
export const CLOCKS_APART_MS = 10_000

/** Transitions are kept to the second: an on of the same second may have come after the off. */
const SECOND_MS = 1000

/** A return dated from then on came after the off at `at`; before that the observer had its own. */
export function untilReturn(registers: Registers, observer: number, at: InstantMs): InstantMs {
  for (const said of registers.transitions(observer))
    if (!said.off && said.at + SECOND_MS <= at) return Math.max(at, said.at + CLOCKS_APART_MS)
  return at
}

/** True where the last that its observer said before the off at `at` was an on. */
export function followsOn(registers: Registers, observer: number, at: InstantMs): boolean {
  const before = registers.transitions(observer).find((said) => said.at + SECOND_MS <= at)
  return before?.off === false
}

/** True where the off that stands is older than a return of that time, by its observer's clock too. */
export function isBeforeReturn(registers: Registers, observer: number, to: InstantMs): boolean {
  const at = registers.atOf(observer)
  return at <= to && untilReturn(registers, observer, at) <= to
}
