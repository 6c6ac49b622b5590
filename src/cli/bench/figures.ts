/** Figures of the benchmarks, as they are printed. */

/** Two decimals: what is beyond them is noise. */
export const round = (value: number) => Math.round(value * 100) / 100

/** The value that `share` of `values` do not exceed; 0 of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0)
}
