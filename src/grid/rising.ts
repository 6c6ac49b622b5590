/** Looking into lists that rise. */

/** Where in a rising list the first value of at least `least` stands. */
export function firstFrom(values: Int32Array, least: number): number {
  let from = 0
  let to = values.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if (values[middle]! < least) from = middle + 1
    else to = middle
  }
  return from
}
