/**
 * Meters of one phase say no phase: that theirs alone was lost shows only in who speaks. Where the
 * offs below one low-voltage device are all of one phase, that part is judged phase by phase.
 */
import type { PhaseMask } from '../../facts/phases.ts'
import { DEVICE_TYPES } from '../../grid/model.ts'
import { OFF } from '../evidence/registers.ts'
import type { Belief } from './belief.ts'
import type { Suspect } from './explain.ts'
import { NONE } from './network.ts'

const TRANSFORMER = DEVICE_TYPES.indexOf('transformer')

/** So many offs of one phase and none of another are no chance any more (J-L2, `domain.md` §1.3). */
const OFFS_OF_ONE_PHASE = 5

/** Low-voltage devices at or above the suspects that may have lost one phase, by whom their offs come from. */
export function mayHaveLostOnePhase(belief: Belief, suspects: readonly Suspect[]): Set<number> {
  const found = new Set<number>()
  const looked = new Set<number>()
  for (const { head } of suspects)
    for (let at = head; at !== NONE && !looked.has(at); at = belief.network.above[at]!) {
      looked.add(at)
      if (belief.sums.offs(at) < OFFS_OF_ONE_PHASE || !canLoseOnePhase(belief, at)) continue
      if (offsOfOnePhase(belief, at) >= OFFS_OF_ONE_PHASE) found.add(at)
    }
  return found
}

/** True where `head` is one of `devices` or lies below one. */
export function liesBelow(
  { network }: Belief,
  head: number,
  devices: ReadonlySet<number>,
): boolean {
  for (let at = head; at !== NONE; at = network.above[at]!) if (devices.has(at)) return true
  return false
}

/** A device from the transformer down, not gang-operated, with more than one phase. */
function canLoseOnePhase({ network }: Belief, head: number): boolean {
  const { type, ganged, phases } = network.grid.devices
  const isLow = type[network.bottom[head]!]! >= TRANSFORMER
  const mask = phases[head]!
  return isLow && (mask & (mask - 1)) !== 0 && network.members(head).some((d) => ganged[d] === 0)
}

/** Offs below the device where all are of one and the same phase, else 0. */
function offsOfOnePhase(belief: Belief, head: number): number {
  const { network, registers } = belief
  let phase: PhaseMask = 0
  let offs = 0
  const waiting = [head]
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (belief.sums.offs(at) === 0) continue
    network.eachSeated(at, (observer) => {
      if (registers.state[observer] !== OFF) return
      phase |= registers.phasesOf(observer)
      offs++
    })
    if ((phase & (phase - 1)) !== 0) return 0
    for (let c = network.firstBelow[at]!; c !== NONE; c = network.nextBeside[c]!) waiting.push(c)
  }
  return offs
}
