/** What terminals measure: normal, sagging, without supply, and what the windings make of a lost phase. */
import type { PhaseMask } from '../../src/facts/phases.ts'
import { belowDelta, maskOf, type Network } from '../network.ts'
import type { Random } from '../random.ts'
import type { SupplyChange } from '../world.ts'

const NOMINAL = 220
/** Supply is nominal within 7 % (GB/T 12325); the patterns must still be told apart. */
const NOISE = 0.03
const HALF = 0.5
const ROOT_3_HALF = 0.866
const LETTERS = [1, 2, 4] as const

/** Where the observer stands: the phases it has, and how its transformer is wound. */
export interface Measured {
  readonly own: PhaseMask
  readonly delta: boolean
  /** All phases of the transformer's upper side. */
  readonly upper: PhaseMask
}

export function measuredAt(network: Network, observer: number): Measured {
  const { phases, usagePoint, device } = network.grid.observers[observer]!
  const place =
    usagePoint === undefined
      ? network.deviceIndex.get(device ?? '')
      : network.usagePointDevice[network.usagePointIndex.get(usagePoint)!]
  const transformer = place === undefined ? -1 : network.transformer[place]!
  const own = maskOf(
    phases ?? (place === undefined ? undefined : network.grid.devices[place]!.phases),
  )
  if (transformer < 0) return { own, delta: false, upper: own }
  return {
    own,
    delta: network.deltas[transformer] === 1,
    upper: network.devicePhases[transformer]!,
  }
}

/** Volts by its phases after a change of supply. */
export function voltsAfter(
  { own, delta, upper }: Measured,
  { to, missing, above }: Pick<SupplyChange, 'to' | 'missing' | 'above'>,
  random: Random,
): number[] {
  const lostAbove = upper & ~above
  const oneLost = lostAbove !== 0 && (lostAbove & (lostAbove - 1)) === 0 && upper === 7
  const share = (phase: PhaseMask) => {
    if (to === 'off' && above === 0) return 0
    const lost = to === 'off' || (missing & phase) !== 0
    if (lost) return oneLost && delta && (belowDelta(above) & phase) === 0 ? HALF : 0
    return oneLost && !delta ? ROOT_3_HALF : 1
  }
  return LETTERS.filter((phase) => own & phase).map((phase) => noisy(share(phase), random))
}

/** Volts of full supply; or, with `sag`, of one that is too low to be supply and too high to be none. */
export function voltsOfSupply({ own }: Measured, sag: boolean, random: Random): number[] {
  return LETTERS.filter((phase) => own & phase).map(() => noisy(sag ? 0.7 : 1, random))
}

const noisy = (share: number, random: Random) =>
  Math.round(NOMINAL * share * (1 + NOISE * (2 * random.uniform() - 1)) * 10) / 10
