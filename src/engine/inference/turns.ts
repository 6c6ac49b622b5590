/**
 * When the earliest off below a head moved, ons change their meaning there: what came before it is
 * silence, what came since is proof of supply. Found out once for many reports, before it is asked for.
 */
import type { InstantMs } from '../../facts/time.ts'
import { OFF, ON, type Registers } from '../evidence/registers.ts'
import type { EvidenceModel } from './evidence-model.ts'
import { type Network, NONE } from './network.ts'
import type { Silence } from './silence.ts'
import {
  COUNTS,
  DOUBLES,
  EARLIEST,
  FIRST_HEARD,
  FIRST_ON,
  LAST_HEARD,
  LAST_ON,
  ONS,
  SPOKEN,
  type Sums,
  UNSETTLED,
} from './sums.ts'

/** What is walked over. */
interface Walked {
  readonly network: Network
  readonly registers: Registers
  readonly model: EvidenceModel
  readonly sums: Sums
  readonly silence: Silence
}

/** Makes `EARLIEST` of `head` the earliest off below it, and says which that is; Infinity for none. */
export function settleEarliest(walked: Walked, head: number): InstantMs {
  const { doubles, counts } = walked.sums
  const d = head * DOUBLES
  const before = doubles[d + EARLIEST]!
  const settled = head * COUNTS + LAST_HEARD
  if ((counts[settled]! & UNSETTLED) === 0) return before
  counts[settled]! &= ~UNSETTLED
  // Not before: an off that follows the last one at once may have arrived ahead of it as well.
  if (walked.sums.offs(head) === 0) {
    doubles[d + FIRST_HEARD] = Number.POSITIVE_INFINITY
    counts[settled] = 0
  }
  const found = earliestOff(walked, head)
  doubles[d + EARLIEST] = found
  if (found < before) turnOns(walked, head, head, 1, found, before)
  else if (found > before) turnOns(walked, head, head, -1, before, found)
  return found
}

function earliestOff(walked: Walked, head: number): InstantMs {
  const { network, registers, sums } = walked
  let earliest = Number.POSITIVE_INFINITY
  if (sums.offs(head) === 0) return earliest
  const device = network.bottom[head]!
  const { firstMeter } = network.grid.observers
  for (let o = firstMeter[device]!; o < firstMeter[device + 1]!; o++)
    if (registers.state[o] === OFF) earliest = Math.min(earliest, registers.atOf(o))
  for (let i = network.firstTerminal(device); network.terminalSeats[i] === device; i++) {
    const o = network.terminals[i]!
    if (registers.state[o] === OFF) earliest = Math.min(earliest, registers.atOf(o))
  }
  for (let c = network.firstBelow[head]!; c !== NONE; c = network.nextBeside[c]!)
    earliest = Math.min(earliest, settleEarliest(walked, c))
  return earliest
}

/**
 * Ons below `d` from `low` until before `high` become (1) or stop being (−1) proof of supply at
 * `a`. Bounds of what it looks through become exact, so that it need not look there again.
 */
function turnOns(
  walked: Walked,
  a: number,
  d: number,
  sign: number,
  low: InstantMs,
  high: InstantMs,
): void {
  const { doubles } = walked.sums
  const record = d * DOUBLES
  if (doubles[record + LAST_ON]! < low || doubles[record + FIRST_ON]! >= high) return
  const { network, registers, model } = walked
  const kind = walked.silence.onlyKind(d)
  if (kind !== NONE && doubles[record + FIRST_ON]! >= low && doubles[record + LAST_ON]! < high) {
    // All of them turn, and all count alike.
    const ons = walked.sums.counts[d * COUNTS + ONS]!
    doubles[a * DOUBLES + SPOKEN]! += sign * ons * model.classes[kind]!.onDead
    walked.silence.add(a, kind, -sign * ons)
    return
  }
  let first = Number.POSITIVE_INFINITY
  let last = 0
  const device = network.bottom[d]!
  const { firstMeter } = network.grid.observers
  const meters = firstMeter[device + 1]! - firstMeter[device]!
  const firstTerminal = network.firstTerminal(device)
  let seated = meters
  while (network.terminalSeats[firstTerminal + seated - meters] === device) seated++
  for (let i = 0; i < seated; i++) {
    const o = i < meters ? firstMeter[device]! + i : network.terminals[firstTerminal + i - meters]!
    if (registers.state[o] !== ON) continue
    const at = registers.atOf(o)
    if (at < first) first = at
    if (at > last) last = at
    if (at < low || at >= high) continue
    const k = model.classOf[o]!
    doubles[a * DOUBLES + SPOKEN]! += sign * model.classes[k]!.onDead
    walked.silence.add(a, k, -sign)
  }
  for (let c = network.firstBelow[d]!; c !== NONE; c = network.nextBeside[c]!) {
    turnOns(walked, a, c, sign, low, high)
    first = Math.min(first, doubles[c * DOUBLES + FIRST_ON]!)
    last = Math.max(last, doubles[c * DOUBLES + LAST_ON]!)
  }
  doubles[record + FIRST_ON] = first
  doubles[record + LAST_ON] = last
}
