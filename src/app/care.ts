/**
 * 服务等级 outside the engine: a customer's level for staff, and the lists of frequent outages told to the
 * engine as facts, so that a replay knows what it knew then.
 */
import { levelFor, reasonsOf } from '../engine/care/service-level.ts'
import type { ServiceLevelRules } from '../engine/repair/repair-rules.ts'
import type { CareNote, CareNotedFact, CareReason } from '../facts/care.ts'
import type { DeviceId } from '../facts/ids.ts'
import type { InstantMs } from '../facts/time.ts'
import type { CareDesk } from '../http/care-port.ts'
import type { FrequentAnswer, FrequentAsked } from '../http/frequent-shape.ts'
import type { SqliteRecords } from '../records/sqlite.ts'

const DAY_MS = 86_400_000
/** Notes of the lists hold until they are taken back; a year is as far as the lists look. */
const LISTED_DAYS = 366
/** Notes of one fact: some 60 kB, far below what one commit takes. */
const NOTES_A_FACT = 500
/** Areas read from a list at once. */
const AREAS_A_PAGE = 10_000
/** Who notes by the lists. */
const BY_LISTS = { by: 'frequentLists', role: 'program' }

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
  frequent(asked: FrequentAsked): Promise<FrequentAnswer>
  append(fact: CareNotedFact): Promise<unknown>
  now(): InstantMs
}

/**
 * Tells the engine which areas came onto the lists of frequent outages and warnings, and which left them.
 * What it was told before stands in the ledger: after a restart only the difference is told.
 */
export async function followFrequentLists(parts: CareListsParts): Promise<void> {
  const { records, append, now } = parts
  const listed = await areasListed(parts)
  const at = now()
  const notes: CareNote[] = []
  for (const [category, reason] of Object.entries(REASON_OF)) {
    const wanted = listed.get(category) ?? new Set()
    const known = new Set(records.care.areas(reason, at))
    const note = (transformer: string, until: InstantMs) =>
      notes.push({ transformer: transformer as DeviceId, reason, until })
    for (const area of wanted) if (!known.has(area)) note(area, at + LISTED_DAYS * DAY_MS)
    for (const area of known) if (!wanted.has(area)) note(area, at)
  }
  for (let i = 0; i < notes.length; i += NOTES_A_FACT)
    await append({
      type: 'careNoted',
      receivedAt: at,
      requestId: `frequent-${at}-${i}`,
      notes: notes.slice(i, i + NOTES_A_FACT),
      ...BY_LISTS,
    })
}

async function areasListed({ frequent }: CareListsParts): Promise<Map<string, Set<string>>> {
  const listed = new Map<string, Set<string>>()
  const asked = {
    of: 'areas',
    category: undefined,
    units: undefined,
    withoutDamage: false,
  } as const
  for (let after: number | null = -1; after !== null; ) {
    const page: FrequentAnswer = await frequent({ ...asked, limit: AREAS_A_PAGE, after })
    for (const { category, id } of page.rows) {
      const here = listed.get(category) ?? new Set()
      listed.set(category, here.add(id))
    }
    after = page.next
  }
  return listed
}
