/**
 * Costs are minus log likelihoods in micro-nats, exact integers held in doubles. Logarithms here use
 * the four basic operations alone, which IEEE 754 makes the same on every machine; `Math.log` and
 * `Math.exp` are left to the platform and may differ in the last bit.
 */

/** One nat. */
export const NAT = 1_000_000

/** Dearer than anything evidence can buy: "cannot be". Sums of millions of it stay exact. */
export const NEVER = 1e9 * NAT

const LN2 = Math.LN2

/** Natural logarithm of a positive number by the area-tangent series, to 1e-15. */
export function ln(x: number): number {
  let mantissa = x
  let power = 0
  while (mantissa > 1.5) {
    mantissa /= 2
    power++
  }
  while (mantissa < 0.75) {
    mantissa *= 2
    power--
  }
  const y = (mantissa - 1) / (mantissa + 1)
  const square = y * y
  let term = y
  let sum = 0
  // |y| ≤ 0.2, so twelve terms leave less than 1e-17.
  for (let n = 1; n <= 23; n += 2) {
    sum += term / n
    term *= square
  }
  return 2 * sum + power * LN2
}

/** e to the power `x` by halving and a Taylor series, to 1e-15 relative. */
export function exp(x: number): number {
  if (x < -700) return 0
  const power = Math.round(x / LN2)
  const rest = x - power * LN2
  let term = 1
  let sum = 1
  for (let n = 1; n <= 18; n++) {
    term = (term * rest) / n
    sum += term
  }
  let result = sum
  for (let i = 0; i < power; i++) result *= 2
  for (let i = 0; i > power; i--) result /= 2
  return result
}

/** −ln(p) in micro-nats; `NEVER` for 0. */
export function costOf(probability: number): number {
  return probability <= 0 ? NEVER : Math.round(-ln(probability) * NAT)
}

/** ln((1 − p) / p) in micro-nats: what "p happened" costs against "it did not". */
export function oddsCost(probability: number): number {
  if (probability <= 0) return NEVER
  if (probability >= 1) return -NEVER
  return Math.round((ln(1 - probability) - ln(probability)) * NAT)
}

/** Steps a nat in the table of ln(1 + e^−x): linear in between errs by less than 1e-7 nat. */
const STEPS_PER_NAT = 1024
/** Beyond 16 nats ln(1 + e^−x) is below 2e-7: nothing. */
const TABLE_NATS = 16
const STEP = NAT / STEPS_PER_NAT

const softplus = new Int32Array(TABLE_NATS * STEPS_PER_NAT + 2)
for (let i = 0; i < softplus.length; i++)
  softplus[i] = Math.round(ln(1 + exp(-i / STEPS_PER_NAT)) * NAT)

/** −ln(e^−a + e^−b): the cost of "a or b". */
export function either(a: number, b: number): number {
  const low = Math.min(a, b)
  const gap = Math.max(a, b) - low
  if (gap >= TABLE_NATS * NAT) return low
  const index = Math.floor(gap / STEP)
  const left = softplus[index]!
  return low - Math.round(left + ((softplus[index + 1]! - left) * (gap - index * STEP)) / STEP)
}

/** Nothing judged from reports is certain: the model itself may be wrong. */
const SUREST = 0.999_999

/** The probability that a cost stands for, 0 to `SUREST`, six decimals. */
export function probabilityOf(cost: number): number {
  if (cost <= 0) return SUREST
  return Math.min(SUREST, Math.round(exp(-cost / NAT) * 1e6) / 1e6)
}

/**
 * The cost of "not x" for the cost of x; 0 where x is impossible. Near certainty the answer is
 * bounded by one micro-nat of resolution: 1e-6.
 */
export function complement(cost: number): number {
  if (cost >= TABLE_NATS * NAT) return 0
  const p = cost <= 0 ? 1 : exp(-cost / NAT)
  return costOf(Math.max(1 - p, 1e-6))
}
