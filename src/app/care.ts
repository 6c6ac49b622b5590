/**
 * 服务等级 outside the engine: a customer's level for staff, and the lists of frequent outages told to the
 * engine as facts, so that a replay knows what it knew then.
 */
import { levelFor, reasonsOf } from '../engine/care/service-level.ts'
import type { ServiceLevelRules } from '../engine/repair/repair-rules.ts'
import type { CareNote, CareNotedFact, CareReason } from '../facts/care.ts'
import type { DeviceId, UsagePointId } from '../facts/ids.ts'
import type { InstantMs } from '../facts/time.ts'
import type { CareDesk } from '../http/care-port.ts'
import type { FrequentAnswer, FrequentAsked } from '../http/frequent-shape.ts'
import type { CustomersPort } from '../records/customers/port.ts'
import type { SqliteRecords } from '../records/sqlite.ts'

const DAY_MS = 86_400_000
/** Notes of the lists hold until they are taken back; a year is as far as the lists look. */
const LISTED_DAYS = 366
/** Notes of one fact: some 60 kB, far below what one commit takes. */
const NOTES_A_FACT = 500
/** Areas read from a list at once. */
const AREAS_A_PAGE = 10_000
/** Who notes by the lists. */
const BY_LISTS = { by: 'lists', role: 'program' }

const REASON_OF: Readonly<Record<'frequent' | 'warning', CareReason>> = {
  frequent: 'frequentOutage',
  warning: 'outageWarning',
}

/** A customer's level, from what is noted, what the ledger knows and what they did. */
export function careDesk(
  { care }: Pick<SqliteRecords, 'care'>,
  rules: () => ServiceLevelRules,
): CareDesk {
  return {
    ofCustomer({ usagePoint, transformer, account, sensitivities, urges }, at) {
      const notes = care.over(at, usagePoint, transformer ?? '', account)
      const lifeSupport = sensitivities.includes('lifeSupport') ? 1 : 0
      const sensitive = sensitivities.length
      const noted = new Set(notes.map(({ reason }) => reason))
      const reasons = reasonsOf(noted, { sensitive, lifeSupport }, urges, rules())
      return {
        level: levelFor(reasons, rules()),
        reasons: reasons.map((reason) => {
          const note = notes.find((one) => one.reason === reason)
          return { reason, since: note?.since ?? null, until: note?.until ?? null }
        }),
      }
    },
    list: (query) => care.list(query),
    publicOpinionDays: () => rules().publicOpinionDays,
  }
}

export interface CareListsParts {
  readonly records: Pick<SqliteRecords, 'care'>
  readonly customers: Pick<CustomersPort, 'lifeSupport'>
  frequent(asked: FrequentAsked): Promise<FrequentAnswer>
  append(fact: CareNotedFact): Promise<unknown>
  now(): InstantMs
}

/**
 * Tells the engine which areas came onto the lists of frequent outages and warnings or left them, and where
 * the customer ledger knows of life support: by usage point alone, no account. What it was told before stands in the
 * ledger: only the difference is told, whatever was restarted.
 */
export async function followLists(parts: CareListsParts): Promise<void> {
  const { records, append, now } = parts
  const listed = [...(await areasListed(parts))]
  const homes = await parts.customers.lifeSupport()
  const at = now()
  const known = new Map(records.care.byRole(BY_LISTS.role, at).map((row) => [keyOf(row), row]))
  const wanted = new Map(listed.map((place) => [keyOf(place), place]))
  for (const usagePoint of homes ?? []) {
    const place = { usagePoint, transformer: null, reason: 'lifeSupport' as const }
    wanted.set(keyOf(place), place)
  }
  // While customers are read in for the first time nobody knows whose life hangs on supply.
  const gone = [...known.values()]
    .filter((row) => !wanted.has(keyOf(row)))
    .filter(({ reason }) => reason !== 'lifeSupport' || homes !== undefined)
  const come = [...wanted.values()].filter((place) => !known.has(keyOf(place)))
  const notes = [
    ...gone.map((place) => noteOf(place, at)),
    ...come.map((place) => noteOf(place, at + LISTED_DAYS * DAY_MS)),
  ]
  for (let i = 0; i < notes.length; i += NOTES_A_FACT)
    await append({
      type: 'careNoted',
      receivedAt: at,
      requestId: `lists-${at}-${i}`,
      notes: notes.slice(i, i + NOTES_A_FACT),
      ...BY_LISTS,
    })
}

interface Listed {
  readonly usagePoint: string | null
  readonly transformer: string | null
  readonly reason: CareReason
}

const keyOf = ({ usagePoint, transformer, reason }: Listed) =>
  [reason, usagePoint, transformer].join('/')

const noteOf = ({ usagePoint, transformer, reason }: Listed, until: InstantMs): CareNote => ({
  ...(usagePoint === null ? {} : { usagePoint: usagePoint as UsagePointId }),
  ...(transformer === null ? {} : { transformer: transformer as DeviceId }),
  ...{ reason, until },
})

async function areasListed({ frequent }: CareListsParts): Promise<Listed[]> {
  const listed: Listed[] = []
  const asked = {
    of: 'areas',
    category: undefined,
    units: undefined,
    withoutDamage: false,
  } as const
  for (let after: number | null = -1; after !== null; ) {
    const page: FrequentAnswer = await frequent({ ...asked, limit: AREAS_A_PAGE, after })
    for (const { category, id } of page.rows)
      listed.push({ usagePoint: null, transformer: id, reason: REASON_OF[category] })
    after = page.next
  }
  return listed
}
