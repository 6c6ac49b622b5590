/** The repair with every time as RFC 3339 UTC text. */
import { formatInstant, formatInstantOrNull } from '../../facts/time.ts'
import type { RepairView } from './repair-view.ts'

type Texted<Item, Names extends keyof Item> = Omit<Item, Names> & {
  readonly [Name in Names]: null extends Item[Name] ? string | null : string
}
type Site = NonNullable<RepairView['site']>
type Revision = RepairView['etrRevisions'][number]
type Spell = RepairView['crews'][number]

export interface RepairText
  extends Omit<RepairView, 'arrivedInferredAt' | 'site' | 'etrRevisions' | 'crews'> {
  readonly arrivedInferredAt: string | null
  readonly site: Texted<Site, 'at' | 'enteredAt'> | null
  readonly etrRevisions: readonly Texted<Revision, 'etr' | 'at' | 'enteredAt'>[]
  readonly crews: readonly Texted<Spell, 'from' | 'to'>[]
}

export function repairText(repair: RepairView): RepairText {
  const { site } = repair
  return {
    ...repair,
    arrivedInferredAt: formatInstantOrNull(repair.arrivedInferredAt),
    site: site && {
      ...site,
      at: formatInstant(site.at),
      enteredAt: formatInstant(site.enteredAt),
    },
    etrRevisions: repair.etrRevisions.map((one) => ({
      ...one,
      etr: formatInstant(one.etr),
      at: formatInstant(one.at),
      enteredAt: formatInstant(one.enteredAt),
    })),
    crews: repair.crews.map(({ crew, from, to }) => ({
      crew,
      from: formatInstant(from),
      to: formatInstantOrNull(to),
    })),
  }
}
