/** Why customers and areas are served more attentively (服务等级), as HTTP asks for it. For staff alone. */
import { z } from 'zod'
import { SERVICE_REASONS, type ServiceReason } from '../engine/changes.ts'
import { CARE_REASONS, type CareReason } from '../facts/care.ts'
import { formatInstant, formatInstantOrNull, type InstantMs } from '../facts/time.ts'
import { instantOut } from './schemas.ts'

/** A note as it stands; one of customer and area is null. */
export interface CareNoted {
  readonly usagePoint: string | null
  readonly transformer: string | null
  readonly account: string | null
  readonly reason: CareReason
  readonly since: InstantMs
  readonly until: InstantMs
  readonly by: string
  readonly role: string
}

/** What a customer's level depends on. */
export interface CustomerCare {
  readonly account: string
  readonly usagePoint: string
  /** Of the area they are in, as the network hangs now; null where that is unknown. */
  readonly transformer: string | null
  readonly sensitivities: readonly string[]
  /** How often they urged the repair that is on now. */
  readonly urges: number
}

/** A customer's level and why; when it was noted and until when, where it is a note. */
export interface CustomerLevel {
  readonly level: 1 | 2 | 3 | 4
  readonly reasons: readonly {
    readonly reason: ServiceReason
    readonly since: InstantMs | null
    readonly until: InstantMs | null
  }[]
}

export interface CareDesk {
  ofCustomer(customer: CustomerCare, at: InstantMs): CustomerLevel
  /** What holds, newest first. */
  list(query: {
    readonly at: InstantMs
    readonly reason?: CareReason
    readonly limit: number
  }): readonly CareNoted[]
  /** How long a flag of public opinion holds where nobody says until when. */
  publicOpinionDays(): number
}

export const customerLevelSchema = z
  .object({
    level: z.number().int().min(1).max(4).describe('1 the most attentive, 4 as everybody'),
    reasons: z.array(
      z.object({
        reason: z.enum(SERVICE_REASONS),
        since: instantOut.nullable(),
        until: instantOut.nullable(),
      }),
    ),
  })
  .meta({ id: 'ServiceLevel', description: '服务等级, for staff: never told to the customer' })

export const careNotedSchema = z
  .object({
    usagePoint: z.string().nullable(),
    transformer: z.string().nullable(),
    account: z.string().nullable(),
    reason: z.enum(CARE_REASONS),
    since: instantOut,
    until: instantOut,
    by: z.string(),
    role: z.string(),
  })
  .meta({ id: 'CareNote' })

/** The level as JSON. */
export const customerLevelView = ({ level, reasons }: CustomerLevel) => ({
  level,
  reasons: reasons.map(({ reason, since, until }) => ({
    reason,
    since: formatInstantOrNull(since),
    until: formatInstantOrNull(until),
  })),
})

/** A note as JSON. */
export const careNotedView = (note: CareNoted) => ({
  ...note,
  since: formatInstant(note.since),
  until: formatInstant(note.until),
})
