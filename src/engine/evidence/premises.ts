/** The meters of one usage point. */
import type { CompiledGrid } from '../../grid/compiled.ts'

/** Meters at `point`, in index order. */
export function metersAt({ observers, usagePoints }: CompiledGrid, point: number): number[] {
  const { firstMeter, target } = observers
  const device = usagePoints.device[point]!
  const meters: number[] = []
  for (let o = firstMeter[device]!; o < firstMeter[device + 1]!; o++)
    if (target[o] === point) meters.push(o)
  return meters
}
