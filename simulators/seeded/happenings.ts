/**
 * What happens to the network of a run: which devices open and close when. Faults one by one, in
 * storms, nested, momentary, flapping, on one phase; and ties that take over what lies below.
 */
import { ALL_PHASES, type PhaseMask } from '../../src/facts/phases.ts'
import type { InstantMs } from '../../src/facts/time.ts'
import { isAtOrAbove, type Network } from '../network.ts'
import type { Random } from '../random.ts'
import type { Target } from '../world.ts'
import type { Troubles } from './troubles.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

/** Virtual time starts here. */
export const START = Date.UTC(2026, 10, 22, 3, 0, 0)

export interface Happening {
  readonly at: InstantMs
  readonly what: 'open' | 'close' | 'move'
  readonly target: Target
  readonly phases: PhaseMask
  /** The terminal at the switch tells it. */
  readonly told: boolean
  /** The control room did it, and says so. */
  readonly byControl?: boolean
  /** Where a customer's service is joined from then on. */
  readonly to?: number
}

/** A device that stands open without anybody's wish; `to` is null where it never closes again. */
export interface Fault {
  readonly target: Target
  readonly phases: PhaseMask
  readonly from: InstantMs
  readonly to: InstantMs | null
}

/** A switch away from its normal position for a while. */
export interface Operated {
  readonly device: number
  readonly from: InstantMs
  readonly to: InstantMs
}

export interface Happenings {
  readonly faults: readonly Fault[]
  /** Ties closed for a while, and switches opened to hang a part elsewhere. */
  readonly ties: readonly Operated[]
  /** In order of time. */
  readonly all: readonly Happening[]
  /** When the last change has happened. */
  readonly over: InstantMs
}

export function drawHappenings(network: Network, troubles: Troubles, random: Random): Happenings {
  return new Drawing(network, troubles, random).draw()
}

/** In order of time, with the end of it. */
export function inOrder({ faults, ties, all }: Omit<Happenings, 'over'>): Happenings {
  const sorted = all.toSorted((a, b) => a.at - b.at)
  return { faults, ties, all: sorted, over: sorted.at(-1)?.at ?? START }
}

/** Ties with one end below the device. */
export function tiesOf(network: Network, device: number): number[] {
  const { grid, fromZone, toZone, normal } = network
  const isBelow = (zone: number) => {
    const fedBy = normal.fedBy[zone]!
    return fedBy >= 0 && isAtOrAbove(network, device, fedBy)
  }
  return grid.devices.flatMap((tie, index) =>
    tie.normallyOpen && isBelow(fromZone[index]!) !== isBelow(toZone[index]!) ? [index] : [],
  )
}

class Drawing {
  readonly #network: Network
  readonly #troubles: Troubles
  readonly #random: Random
  readonly #faults: Fault[] = []
  readonly #ties: Operated[] = []
  readonly #all: Happening[] = []
  /** Devices that are in use already: one story a device. */
  readonly #used = new Set<string>()
  readonly #candidates: readonly (readonly number[])[]

  constructor(network: Network, troubles: Troubles, random: Random) {
    this.#network = network
    this.#troubles = troubles
    this.#random = random
    const byType = new Map<string, number[]>()
    for (const device of network.order) {
      if (network.usagePointsBelow[device] === 0) continue
      const { type } = network.grid.devices[device]!
      byType.set(type, [...(byType.get(type) ?? []), device])
    }
    this.#candidates = [...byType.values()]
  }

  draw(): Happenings {
    const { storm, faults, momentary, flapping, standing, simultaneous } = this.#troubles
    const random = this.#random
    const count = storm ? 5 + random.below(8) : faults
    const spread = storm ? 3 * MINUTE : 8 * MINUTE
    let from = this.#moment(spread)
    for (let n = 0; n < count; n++) {
      if (!simultaneous || n === 0) from = this.#moment(spread)
      const target = this.#pickTarget()
      if (!target) continue
      if (flapping && random.chance(0.4)) this.#flap(target, from)
      else if (momentary && random.chance(0.5))
        this.#fault(target, from, from + 2 * SECOND + random.below(40 * SECOND))
      else if (standing && random.chance(0.4)) this.#fault(target, from, null)
      else this.#lasting(target, from)
    }
    return inOrder({ faults: this.#faults, ties: this.#ties, all: this.#all })
  }

  #moment(spread: number): InstantMs {
    return START + 20 * SECOND + this.#random.below(spread)
  }

  /** A device, level by level, or the service of one usage point. */
  #pickTarget(): Target | undefined {
    const random = this.#random
    const { grid } = this.#network
    if (random.chance(0.12))
      return this.#take({ kind: 'usagePoint', index: random.below(grid.usagePoints.length) })
    const tied = this.#troubles.switching && random.chance(0.6) ? this.#aboveTies() : []
    if (tied.length > 0)
      return this.#take({ kind: 'device', index: tied[random.below(tied.length)]! })
    const level = this.#candidates[random.below(this.#candidates.length)]!
    return this.#take({ kind: 'device', index: level[random.below(level.length)]! })
  }

  #take(target: Target): Target | undefined {
    const key = `${target.kind} ${target.index}`
    if (this.#used.has(key)) return undefined
    this.#used.add(key)
    return target
  }

  #lasting(target: Target, from: InstantMs): void {
    const random = this.#random
    const to = from + 3 * MINUTE + random.below(15 * MINUTE)
    const phases = this.#phasesOf(target)
    this.#fault(target, from, to, phases)
    if (target.kind !== 'device' || phases !== ALL_PHASES) return
    if (this.#troubles.nested && random.chance(0.5)) this.#nest(target.index, from, to)
    if (this.#troubles.switching && random.chance(0.7)) this.#takeOver(target.index, from, to)
  }

  /** A part below opens with it, and stays open longer. */
  #nest(device: number, from: InstantMs, to: InstantMs): void {
    const random = this.#random
    const parts = this.#candidates
      .flat()
      .filter((part) => part !== device && isAtOrAbove(this.#network, device, part))
    const part = parts[random.below(Math.max(1, parts.length))]
    const target = part === undefined ? undefined : this.#take({ kind: 'device', index: part })
    if (target) this.#fault(target, from, to + MINUTE + random.below(8 * MINUTE))
  }

  /** A tie feeds what lies below from elsewhere, until the device is closed again. */
  #takeOver(device: number, from: InstantMs, to: InstantMs): void {
    const random = this.#random
    const ties = this.#tiesOf(device)
    const tie = ties[random.below(Math.max(1, ties.length))]
    if (tie === undefined || to - from < 2 * MINUTE) return
    const target = this.#take({ kind: 'device', index: tie })
    if (!target) return
    const closedAt = from + MINUTE + random.below(to - from - MINUTE)
    // Opened again a moment after the device has closed, so that nobody is without supply twice.
    const openedAt = to + 1 + random.below(MINUTE)
    const told = !(this.#troubles.silentTies && random.chance(0.6))
    const phases = ALL_PHASES
    this.#ties.push({ device: tie, from: closedAt, to: openedAt })
    this.#all.push({ at: closedAt, what: 'close', target, phases, told })
    this.#all.push({ at: openedAt, what: 'open', target, phases, told })
  }

  /** Ties with one end below the device. */
  #tiesOf(device: number): number[] {
    return tiesOf(this.#network, device)
  }

  /** Devices that a tie can take something over from. */
  #aboveTies(): number[] {
    return this.#candidates.flat().filter((device) => this.#tiesOf(device).length > 0)
  }

  #flap(target: Target, from: InstantMs): void {
    const random = this.#random
    let at = from
    for (let times = 3 + random.below(3); times > 0; times--) {
      const to = at + 5 * SECOND + random.below(60 * SECOND)
      this.#fault(target, at, to)
      at = to + 10 * SECOND + random.below(80 * SECOND)
    }
  }

  /** One phase of what need not open on all, where the run has such faults. */
  #phasesOf(target: Target): PhaseMask {
    if (!this.#troubles.onePhase || target.kind !== 'device' || !this.#random.chance(0.6))
      return ALL_PHASES
    const { type, ganged } = this.#network.grid.devices[target.index]!
    const single =
      ganged === undefined ? ['fuse', 'transformer', 'lvBranch'].includes(type) : !ganged
    const own = this.#network.devicePhases[target.index]!
    const phases = [1, 2, 4].filter((phase) => own & phase)
    return single && phases.length > 1 ? phases[this.#random.below(phases.length)]! : ALL_PHASES
  }

  #fault(target: Target, from: InstantMs, to: InstantMs | null, phases = ALL_PHASES): void {
    const told = this.#random.chance(0.7)
    this.#faults.push({ target, phases, from, to })
    this.#all.push({ at: from, what: 'open', target, phases, told })
    if (to !== null) this.#all.push({ at: to, what: 'close', target, phases, told })
  }
}
