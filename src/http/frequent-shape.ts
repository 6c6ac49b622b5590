/** Lists of frequent outages (频繁停电) as they are asked for and sent. */
import { z } from 'zod'
import type { InstantMs } from '../facts/time.ts'
import { instantOut } from './schemas.ts'

export const FREQUENT_RULES = [
  'year',
  'sixtyDays',
  'plannedYear',
  'thirtyDays',
  'fiftyDays',
  'yearWarning',
] as const
export const FREQUENT_CATEGORIES = ['frequent', 'warning'] as const

/** A usage point or a transformer's area with the outages it had. */
export interface FrequentRow {
  readonly id: string
  readonly unit: string
  readonly feeder: string | null
  readonly category: (typeof FREQUENT_CATEGORIES)[number]
  readonly rule: (typeof FREQUENT_RULES)[number]
  readonly yearCount: number
  readonly last60Days: number
  readonly last50Days: number
  readonly last30Days: number
  readonly plannedYearCount: number
  readonly mainCause: string | null
  readonly lastFrom: InstantMs | null
  /** Customers at the place as it is fed now. */
  readonly customers: number
}

export interface FrequentAsked {
  readonly of: 'usagePoints' | 'areas'
  readonly category: (typeof FREQUENT_CATEGORIES)[number] | undefined
  /** Absent: all. */
  readonly units: ReadonlySet<string> | undefined
  /** Leave out what other people broke (外力破坏). */
  readonly withoutDamage: boolean
  readonly limit: number
  /** Number of the last one of the page before. */
  readonly after: number
}

export interface FrequentAnswer {
  readonly asOf: InstantMs
  readonly majorEventDays: readonly string[]
  readonly rows: readonly FrequentRow[]
  /** Where the next page begins; null at the end. */
  readonly next: number | null
}

const count = z.number().int().min(0)

export const frequentRowSchema = z
  .object({
    id: z.string().describe('usage point, or transformer of the area'),
    unit: z.string(),
    feeder: z.string().nullable(),
    category: z.enum(FREQUENT_CATEGORIES),
    rule: z.enum(FREQUENT_RULES).describe('the weightiest that holds'),
    yearCount: count,
    last60Days: count,
    last50Days: count,
    last30Days: count,
    plannedYearCount: count,
    mainCause: z.string().nullable(),
    lastFrom: instantOut.nullable(),
    customers: count,
  })
  .meta({ id: 'FrequentOutage' })
