/** Shares of cities under Order 599 (国务院令第599号) as HTTP shows them: suspected, never settled by a program. */
import { z } from 'zod'
import type { CityFigures } from '../engine/summary/cities.ts'
import { SHARE_LEVELS } from '../engine/summary/state.ts'

/** A level, and the shares from which it is suspected; null: that kind has no such level. */
export interface CityBound {
  readonly level: CityFigures['level']
  readonly share: number | null
  readonly loadShare: number | null
}

/** How a city stands, and what comes next. */
export interface CityStanding extends CityFigures {
  /** Units of the city; what lies below them belongs to it. */
  readonly units: readonly string[]
  /** Null on the highest level. */
  readonly next: CityBound | null
}

const LEVELS = ['none', 'warning', ...SHARE_LEVELS] as const
/** Above 1 where the rules name fewer customers than the grid has. */
const share = z.number().min(0)

export const citySchema = z
  .object({
    city: z.string(),
    units: z.array(z.string()),
    level: z.enum(LEVELS),
    suspected: z.literal(true),
    share: share.describe('of customers'),
    customersOut: z.number().int(),
    customers: z.number().int(),
    loadShare: share.nullable().describe('减供负荷, by rated capacity; null where none is known'),
    ratedKvaOut: z.number(),
    ratedKva: z.number(),
    next: z
      .object({ level: z.enum(LEVELS), share: share.nullable(), loadShare: share.nullable() })
      .nullable()
      .describe('the next level and the shares from which it would be suspected'),
  })
  .meta({ id: 'CityShare' })
