/**
 * What voltages on the low-voltage side mean (domain rules 1.2, 1.7): supply, none, single phases
 * lost, or the pattern of a conductor broken above the transformer.
 */
import type { PhaseMask } from '../../facts/phases.ts'
import type { VoltageRules } from '../rules.ts'
import { BROKEN_ABOVE, BROKEN_BELOW, type Marks, MEASURED, NO_MARKS } from './registers.ts'

export interface MeasuredSupply {
  readonly off: boolean
  /** Phases below the limit, or all of the observer's where supply is there. */
  readonly phases: PhaseMask
  readonly marks: Marks
}

/**
 * What `volts` say of an observer on `own` phases; they stand for `named` phases in order, else for
 * its own. Undefined where they say nothing for certain: between the limits, or not as many as phases.
 */
export function measuredSupply(
  rules: VoltageRules,
  volts: readonly number[],
  own: PhaseMask,
  named: PhaseMask | undefined,
): MeasuredSupply | undefined {
  const phases = named ?? own
  const letters = [0, 1, 2].filter((phase) => phases & (1 << phase))
  // A single-phase meter on B still sends one value, or three with two empty ones.
  const given =
    volts.length === letters.length ? volts : volts.length === 3 ? byPhase(volts, letters) : []
  if (given.length === 0 || (phases & own) === 0) return undefined
  const shares = given.map((value) => value / rules.nominalVolts)
  const low = letters.reduce(
    (mask, phase, i) => (shares[i]! < rules.off ? mask | (1 << phase) : mask),
    0,
  )
  if (low === 0)
    return shares.every((share) => share >= rules.on)
      ? { off: false, phases, marks: NO_MARKS }
      : undefined
  if (low === phases) return { off: true, phases, marks: phases === own ? MEASURED : NO_MARKS }
  return { off: true, phases: low, marks: patternOf(rules, shares) }
}

const byPhase = (volts: readonly number[], letters: readonly number[]) =>
  letters.map((phase) => volts[phase]!)

/** One conductor lost above: halves below a Dyn11, none and two at √3⁄2 below a Yyn0. */
function patternOf(rules: VoltageRules, shares: readonly number[]): Marks {
  if (shares.length < 3) return NO_MARKS
  const near = (share: number, value: number) => Math.abs(share - value) <= rules.tolerance
  const [least, middle, most] = [...shares].sort((a, b) => a - b) as [number, number, number]
  const dyn11 = near(least, 0.5) && near(middle, 0.5) && near(most, 1)
  const yyn0 = near(least, 0) && near(middle, ROOT_3_HALF) && near(most, ROOT_3_HALF)
  if (dyn11 || yyn0) return BROKEN_ABOVE
  return near(least, 0) && near(most, 1) ? BROKEN_BELOW : NO_MARKS
}

/** √3⁄2: what two phases keep of their voltage where the third one's conductor is broken. */
const ROOT_3_HALF = 0.866
