/**
 * Whether it is time to urge a repair (催办) for a customer who has spoken about it before: normally at most
 * as often as the rules say of one outage, and not before the promised time unless there is a risk (`domain.md` §3.2). The agent is
 * told; nothing is refused.
 */
import type { Incident } from '../engine/changes.ts'
import type { InstantMs } from '../facts/time.ts'
import type { ContactLine } from './contacts.ts'
import type { UrgeScript } from './scripts.ts'
import { isFault } from './situation.ts'

/** `early`: before the promised time. `enough`: urged as often as is usual. */
export type UrgeAdvice = 'may' | 'early' | 'enough'

/** What was promised of the repair: that somebody arrives, then that the light is back. */
export interface Promised {
  readonly what: 'arrival' | 'restoration'
  readonly at: InstantMs
}

export interface Urging {
  /** Of this customer, about this outage. */
  readonly urges: number
  readonly most: number
  /** Null where nothing is promised yet, or what is known is too old to read a time from. */
  readonly promised: Promised | null
  /** A life, public opinion, an important customer or danger on site: no rule waits for those. */
  readonly risk: boolean
  readonly advice: UrgeAdvice
}

export interface UrgingAbout {
  readonly now: InstantMs
  /** The incident of the card. */
  readonly incident: Incident | undefined
  /** Of the customer, about whatever. */
  readonly contacts: readonly ContactLine[]
  readonly stale: boolean
  /** Urges of one customer that are usual, by the rules. */
  readonly most: number
}

/** Null where nothing is repaired, or the customer has not spoken about it before. */
export function urgingOf({ now, incident, contacts, stale, most }: UrgingAbout): Urging | null {
  if (!incident || !isRepaired(incident)) return null
  // Who only asked a machine has not told us yet.
  const told = contacts.filter((one) => one.incident === incident.id && one.kind !== 'inquiry')
  if (told.length === 0) return null
  const urges = told.filter(({ kind }) => kind === 'urge').length
  const promised = stale ? null : promisedOf(incident)
  const risk = isRisky(incident)
  const early = promised !== null && now < promised.at
  const advice = risk ? 'may' : urges >= most ? 'enough' : early ? 'early' : 'may'
  return { urges, most, promised, risk, advice }
}

/** What to answer who urges then; undefined where the urge is simply passed on. */
export function urgeScriptOf({ advice, promised }: Urging): UrgeScript | undefined {
  if (advice === 'enough') return 'urgeEnough'
  if (advice === 'may' || promised === null) return undefined
  return promised.what === 'arrival' ? 'urgeBeforeArrival' : 'urgeBeforeRestoration'
}

function isRepaired(incident: Incident): boolean {
  const { outageKind, outcome } = incident
  return (
    isFault(incident) && outcome === null && outageKind !== 'restored' && outageKind !== 'closed'
  )
}

/** Arrival first; then what the crew said, else the promise of restoration. */
function promisedOf({ clocks, etrSource, estimatedPeriod }: Incident): Promised | null {
  const clock = (name: 'arrive' | 'restore') => clocks.find((one) => one.name === name)
  const arrive = clock('arrive')
  if (arrive && arrive.doneAt === null) return { what: 'arrival', at: arrive.dueAt }
  const restore = clock('restore')
  const at = etrSource === 'field' ? estimatedPeriod?.end : restore?.dueAt
  return at === undefined ? null : { what: 'restoration', at }
}

/** 紧急 as 95598 books it (`domain.md` §2.4), as far as the incident shows. */
function isRisky({ important, serviceReasons, repair }: Incident): boolean {
  return (
    important > 0 ||
    repair?.site?.safetyRisk === true ||
    // Incidents filed before service levels were kept have no reasons.
    (serviceReasons ?? []).some((one) => one === 'lifeSupport' || one === 'publicOpinion')
  )
}
