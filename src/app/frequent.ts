/** Lists of frequent outages for HTTP: made from the ledger now and then, and read page by page. */
import type { InstantMs } from '../facts/time.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import { DEVICE_TYPES } from '../grid/model.ts'
import { type CustomersNow, customersNormally } from '../grid/refed.ts'
import type { FrequentAnswer, FrequentAsked, FrequentRow } from '../http/frequent-shape.ts'
import {
  type CountedOutage,
  type FrequentRange,
  type FrequentTable,
  frequentTable,
  isFrequent,
  YEAR_DAYS,
} from '../records/reliability/frequent.ts'
import { interruptionsOf } from '../records/reliability/interruptions.ts'
import { beganOn, HISTORY_YEARS, majorEventDays } from '../records/reliability/major-event-days.ts'
import type { ReliabilityReader } from '../records/reliability/reader.ts'
import { servedBy } from './reliability.ts'

const DAY_MS = 86_400_000
/** A list of a year moves slowly: as long as one page of it is looked at. */
const KEPT_MS = 10 * 60_000
const TRANSFORMER = DEVICE_TYPES.indexOf('transformer')
/** 外力破坏 of the cause tree (`domain.md` §4.2). */
const DAMAGE = 'B2'

export interface FrequentParts {
  readonly reader: ReliabilityReader
  grid(): CompiledGrid
  /** Customers below each device of the grid as it is fed now. */
  customersNow(): CustomersNow
  now(): InstantMs
  sustainedMinutes(): number
  utcOffsetMinutes(): number
}

interface Made {
  readonly asOf: InstantMs
  readonly grid: CompiledGrid
  readonly days: readonly string[]
  readonly table: FrequentTable
}

/** Answers the route; several who ask at once wait for one making. */
export function openFrequent(
  parts: FrequentParts,
): (asked: FrequentAsked) => Promise<FrequentAnswer> {
  const kept = new Map<boolean, Promise<Made>>()
  return async (asked) => {
    let made = await kept.get(asked.withoutDamage)
    if (!made || made.grid !== parts.grid() || parts.now() - made.asOf > KEPT_MS) {
      const making = make(parts, asked.withoutDamage)
      kept.set(asked.withoutDamage, making)
      making.catch(() => kept.delete(asked.withoutDamage))
      made = await making
    }
    const isPresent = made.grid === parts.grid()
    const customers = isPresent ? parts.customersNow() : customersNormally(made.grid)
    return pageOf(made, asked, customers)
  }
}

async function make(parts: FrequentParts, withoutDamage: boolean): Promise<Made> {
  const { reader } = parts
  const grid = parts.grid()
  const asOf = parts.now()
  const [sustainedMinutes, utcOffsetMinutes] = [parts.sustainedMinutes(), parts.utcOffsetMinutes()]
  const served = servedBy(grid).reduce((sum, { customers }) => sum + customers, 0)
  const period = { from: asOf - YEAR_DAYS * DAY_MS, to: asOf + 1 }
  // Days of the whole utility, whoever asks.
  const history = await reader.filed(period.from - HISTORY_YEARS * 366 * DAY_MS, period.to)
  const method = { asOf, sustainedMinutes }
  const { days } = majorEventDays(
    ...([interruptionsOf(history), served, period, method, utcOffsetMinutes] as const),
  )
  const onMajorDay = beganOn(days, utcOffsetMinutes)
  const leftOut = (one: CountedOutage) =>
    onMajorDay(one) || (withoutDamage && (one.cause?.startsWith(DAMAGE) ?? false))
  // What began before the year may still be the beginning of an outage that went on in it.
  const table = await frequentTable(history, grid, { ...method, leftOut })
  return { asOf, grid, days, table }
}

function pageOf(
  { asOf, grid, days, table }: Made,
  asked: FrequentAsked,
  customers: CustomersNow,
): FrequentAnswer {
  const rows: FrequentRow[] = []
  let next: number | null = null
  for (const { index, range } of places(grid, table, asked)) {
    const row = rowOf(grid, customers, asked.of, index, range)
    if (asked.category !== undefined && row.category !== asked.category) continue
    if (asked.units && !asked.units.has(row.unit)) continue
    if (rows.length === asked.limit) {
      next = index - 1
      break
    }
    rows.push(row)
  }
  return { asOf, majorEventDays: days, rows, next }
}

/** The places of the list behind `after`, in the order of their numbers; each once. */
function* places(grid: CompiledGrid, table: FrequentTable, { of, after }: FrequentAsked) {
  const { devices, usagePoints } = grid
  let done = after
  for (const range of table[of])
    for (let index = Math.max(range.from, after + 1); index < range.to; index++) {
      // Of a transformer on several phases the first that tells stands for the area.
      if (of === 'areas' && (devices.type[index] !== TRANSFORMER || index <= done)) continue
      if (of === 'usagePoints' && (usagePoints.phases[index]! & range.phases) === 0) continue
      if (index <= done) continue
      done = index
      yield { index, range }
    }
}

function rowOf(
  { devices, usagePoints, feeders, units }: CompiledGrid,
  customers: CustomersNow,
  of: FrequentAsked['of'],
  index: number,
  range: FrequentRange,
): FrequentRow {
  const { from: _, to: __, phases: ___, rule, ...counts } = range
  const device = of === 'areas' ? index : usagePoints.device[index]!
  const feeder = feeders[devices.feeder[device]!]
  return {
    id: of === 'areas' ? devices.ids.idOf(index) : usagePoints.ids.idOf(index),
    unit: units[feeder?.unit ?? -1]?.id ?? '',
    feeder: feeder?.id ?? null,
    category: isFrequent(rule) ? 'frequent' : 'warning',
    rule,
    ...counts,
    customers: of === 'areas' ? customers.of(index) : 1,
  }
}
