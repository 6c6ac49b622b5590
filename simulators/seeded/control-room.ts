/**
 * What the control room does and says: parts hung elsewhere by a tie and a switch while faults stand,
 * planned work that makes a part dark, and ties that crews closed; told after it was done, or before.
 */
import type { SwitchingFact } from '../../src/facts/facts.ts'
import { ALL_PHASES } from '../../src/facts/phases.ts'
import type { InstantMs } from '../../src/facts/time.ts'
import { isAtOrAbove, type Network } from '../network.ts'
import type { Random } from '../random.ts'
import type { Arrival } from './arrival.ts'
import {
  type Fault,
  type Happening,
  type Happenings,
  inOrder,
  type Operated,
  START,
  tiesOf,
} from './happenings.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const SWITCHED: readonly string[] = ['breaker', 'recloser', 'sectionaliser', 'switch']
/** Whoever has operated a switch calls the control room within a minute. */
const TOLD_WITHIN_MS = MINUTE
/** A planned operation is entered minutes before. */
const PLANNED_BEFORE_MS = 3 * MINUTE

/** The same happenings with what the control room does among them. */
export function withControl(network: Network, before: Happenings, random: Random): Happenings {
  const used = new Set(
    before.all.map(({ target }) => (target.kind === 'device' ? target.index : -1)),
  )
  const all: Happening[] = before.all.map((happening) =>
    isTie(before, happening) ? { ...happening, byControl: random.chance(0.7) } : happening,
  )
  const ties: Operated[] = [...before.ties]
  const faults: Fault[] = [...before.faults]
  for (let n = 1 + random.below(2); n > 0; n--) {
    const from = momentIn(before, random)
    const transfer = random.chance(0.7) ? drawTransfer(network, used, random) : undefined
    if (transfer) {
      const [tie, switched] = transfer
      used.add(tie).add(switched)
      const opened = from + 5 * SECOND + random.below(MINUTE)
      const closed = opened + 2 * MINUTE + random.below(8 * MINUTE)
      const to = closed + 5 * SECOND + random.below(MINUTE)
      ties.push({ device: tie, from, to }, { device: switched, from: opened, to: closed })
      all.push(operation(tie, 'close', from), operation(switched, 'open', opened))
      all.push(operation(switched, 'close', closed), operation(tie, 'open', to))
    } else {
      const device = pick(network, used, random)
      if (device === undefined) continue
      used.add(device)
      const to = from + 3 * MINUTE + random.below(8 * MINUTE)
      const target = { kind: 'device', index: device } as const
      faults.push({ target, phases: ALL_PHASES, from, to })
      all.push(operation(device, 'open', from), operation(device, 'close', to))
    }
  }
  return inOrder({ faults, ties, all })
}

/** Its word on each of its operations. */
export function tellControl(network: Network, { all }: Happenings, random: Random): Arrival[] {
  return all.flatMap(({ at, what, target, byControl }, index) => {
    if (!byControl || target.kind !== 'device') return []
    const isPlanned = random.chance(0.4)
    const arrivesAt = isPlanned
      ? Math.max(START + SECOND, at - random.below(PLANNED_BEFORE_MS))
      : at + random.below(TOLD_WITHIN_MS)
    const fact: SwitchingFact = {
      type: 'switching',
      receivedAt: arrivesAt,
      requestId: `switching-${index}`,
      device: network.grid.devices[target.index]!.id as never,
      position: what === 'open' ? 'open' : 'closed',
      at,
      source: isPlanned ? 'planned' : 'dispatcher',
      by: 'someone',
    }
    const again = random.chance(0.2) ? [{ arrivesAt: arrivesAt + SECOND, fact }] : []
    return [{ arrivesAt, fact }, ...again]
  })
}

const isTie = ({ ties }: Happenings, { target }: Happening) =>
  target.kind === 'device' && ties.some(({ device }) => device === target.index)

const operation = (index: number, what: 'open' | 'close', at: InstantMs): Happening => ({
  at,
  what,
  target: { kind: 'device', index },
  phases: ALL_PHASES,
  told: true,
  byControl: true,
})

function momentIn({ over }: Happenings, random: Random): InstantMs {
  return START + 30 * SECOND + random.below(Math.max(4 * MINUTE, (over - START) / 2))
}

/** A tie, and a switch above one of its ends that nothing but the two keeps apart from the other. */
function drawTransfer(network: Network, used: ReadonlySet<number>, random: Random) {
  const { order, grid } = network
  const pairs = order.flatMap((device) => {
    if (used.has(device) || !SWITCHED.includes(grid.devices[device]!.type)) return []
    return tiesOf(network, device)
      .filter((tie) => !used.has(tie) && feedsBoth(network, tie))
      .map((tie) => [tie, device] as const)
  })
  return pairs[random.below(Math.max(1, pairs.length))]
}

/** Both of its ends are fed in the normal state. */
function feedsBoth({ normal, fromZone, toZone }: Network, tie: number): boolean {
  return normal.live[fromZone[tie]!] === ALL_PHASES && normal.live[toZone[tie]!] === ALL_PHASES
}

function pick(network: Network, used: ReadonlySet<number>, random: Random): number | undefined {
  const free = network.order.filter(
    (device) =>
      !used.has(device) &&
      network.usagePointsBelow[device]! > 0 &&
      SWITCHED.includes(network.grid.devices[device]!.type) &&
      // What stands open above or below it already is another story.
      ![...used].some(
        (other) =>
          other >= 0 &&
          (isAtOrAbove(network, other, device) || isAtOrAbove(network, device, other)),
      ),
  )
  return free[random.below(Math.max(1, free.length))]
}
