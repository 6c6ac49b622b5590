/** Who is served by the grid in force, by unit: what reliability indices are divided by. */
import type { CompiledGrid } from '../grid/compiled.ts'
import { DEVICE_TYPES } from '../grid/model.ts'
import type { ReliabilityAnswer, ReliabilityAsked } from '../http/reliability-shape.ts'
import type { ReliabilityReader } from '../records/reliability/reader.ts'
import type { Served } from '../records/reliability/report.ts'

const TRANSFORMER = DEVICE_TYPES.indexOf('transformer')

/** Counting nine million customers takes a moment; a grid never changes. */
const counted = new WeakMap<CompiledGrid, readonly Served[]>()

/** Customers and transformers of each unit's own feeders; units without any are left out. */
export function servedBy(grid: CompiledGrid): readonly Served[] {
  let served = counted.get(grid)
  if (!served) {
    served = count(grid)
    counted.set(grid, served)
  }
  return served
}

function count({ devices, feeders, units, usagePoints }: CompiledGrid): readonly Served[] {
  const customers = new Float64Array(units.length)
  const transformers = new Float64Array(units.length)
  for (let device = 0; device < devices.type.length; device++) {
    const unit = feeders[devices.feeder[device]!]?.unit
    if (unit === undefined) continue
    customers[unit]! += usagePoints.first[device + 1]! - usagePoints.first[device]!
    if (devices.type[device] === TRANSFORMER) transformers[unit]! += 1
  }
  return units
    .map(({ id }, u) => ({ unit: id, customers: customers[u]!, transformers: transformers[u]! }))
    .filter(({ customers, transformers }) => customers + transformers > 0)
}

/** Answers the route from the ledger, by the rules and the grid in force. */
export async function answerReliability(
  reader: ReliabilityReader,
  { from, to, units }: ReliabilityAsked,
  grid: CompiledGrid,
  method: {
    readonly asOf: number
    readonly sustainedMinutes: number
    readonly utcOffsetMinutes: number
  },
): Promise<ReliabilityAnswer> {
  const served = servedBy(grid).filter(({ unit }) => units === undefined || units.has(unit))
  const report = await reader.report({ from, to, served, ...method })
  const { period: _, asOf: __, majorEventDays, units: byUnit, ...rest } = report
  return {
    ...rest,
    majorEventDays: { ...majorEventDays, days: [...majorEventDays.days] },
    units: [...byUnit],
  }
}
