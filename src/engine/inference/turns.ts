/**
 * The rare parts of a report's walk: when the earliest off below a head moves, ons change their
 * meaning there; when it is taken out, the next one has to be found.
 */
import type { InstantMs } from '../../facts/time.ts'
import { OFF, ON, type Registers } from '../evidence/registers.ts'
import type { EvidenceModel } from './evidence-model.ts'
import { type Network, NONE } from './network.ts'
import type { Silence } from './silence.ts'
import { DOUBLES, EARLIEST, FIRST_ON, LAST_ON, RUNNER_UP, SPOKEN, type Sums } from './sums.ts'

/** What is walked over. `held` is the observer whose register is being changed. */
interface Walked {
  readonly network: Network
  readonly registers: Registers
  readonly model: EvidenceModel
  readonly sums: Sums
  readonly silence: Silence
}

/**
 * Ons below `d` from `low` until before `high` become (1) or stop being (−1) proof of supply at
 * `a`. Bounds of what it looks through become exact, so that it need not look there again.
 */
export function turnOns(
  walked: Walked,
  held: number,
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
    // The held one is not yet put in at `a`; below it is, so the bounds must count it.
    if (at < low || at >= high || o === held) continue
    const k = model.classOf[o]!
    doubles[a * DOUBLES + SPOKEN]! += sign * model.classes[k]!.onDead
    walked.silence.add(a, k, -sign)
  }
  for (let c = network.firstBelow[d]!; c !== NONE; c = network.nextBeside[c]!) {
    turnOns(walked, held, a, c, sign, low, high)
    first = Math.min(first, doubles[c * DOUBLES + FIRST_ON]!)
    last = Math.max(last, doubles[c * DOUBLES + LAST_ON]!)
  }
  doubles[record + FIRST_ON] = first
  doubles[record + LAST_ON] = last
}

/** The earliest off below `a` without that of the held observer, which was the earliest, `at`. */
export function nextOff(walked: Walked, held: number, a: number, at: InstantMs): InstantMs {
  const { doubles } = walked.sums
  const { network } = walked
  let first = Number.POSITIVE_INFINITY
  let second = Number.POSITIVE_INFINITY
  const device = network.bottom[a]!
  const { firstMeter } = network.grid.observers
  const meters = firstMeter[device + 1]! - firstMeter[device]!
  const firstTerminal = network.firstTerminal(device)
  let seated = meters
  while (network.terminalSeats[firstTerminal + seated - meters] === device) seated++
  let below = network.firstBelow[a]!
  for (let i = 0; i < seated || below !== NONE; i++) {
    let t0: InstantMs
    if (i < meters) t0 = offOf(walked, held, firstMeter[device]! + i)
    else if (i < seated) t0 = offOf(walked, held, network.terminals[firstTerminal + i - meters]!)
    else {
      t0 = doubles[below * DOUBLES + EARLIEST]!
      below = network.nextBeside[below]!
    }
    if (t0 === at) {
      // Nothing is earlier; what is left to look at may be as early as this.
      doubles[a * DOUBLES + RUNNER_UP] = at
      return at
    }
    if (t0 < first) {
      second = first
      first = t0
    } else if (t0 < second) second = t0
  }
  doubles[a * DOUBLES + RUNNER_UP] = second
  return first
}

/** When the observer said off, Infinity where it did not or is the held one. */
function offOf({ registers }: Walked, held: number, observer: number): InstantMs {
  const off = registers.state[observer] === OFF && observer !== held
  return off ? registers.atOf(observer) : Number.POSITIVE_INFINITY
}
