/** Earlier contacts of one customer: who calls again about the same outage is urging it (催办). */
import type { CallChannel } from '../facts/calls.ts'
import type { InstantMs } from '../facts/time.ts'

export type ContactKind = 'inquiry' | 'report' | 'urge' | 'reply' | 'complaint'

export interface ContactLine {
  readonly at: InstantMs
  readonly channel: CallChannel
  readonly kind: ContactKind
  readonly incident: string | null
}

export interface ContactSummary {
  /** Newest first. */
  readonly recent: readonly ContactLine[]
  /** Contacts about the incident of the card. */
  readonly onIncident: number
  readonly urges: number
  /** Called before, about this incident or within a day. */
  readonly repeated: boolean
}

/** Contacts an agent sees. */
const SHOWN = 10
const DAY_MS = 86_400_000

export function summarise(
  contacts: readonly ContactLine[],
  incident: string | null,
  now: InstantMs,
): ContactSummary {
  const about = contacts.filter((contact) => incident !== null && contact.incident === incident)
  return {
    recent: contacts.slice(0, SHOWN).map(({ at, channel, kind, incident: of }) => ({
      at,
      channel,
      kind,
      incident: of,
    })),
    onIncident: about.length,
    urges: about.filter(({ kind }) => kind === 'urge').length,
    repeated: about.length > 0 || contacts.some(({ at }) => now - at < DAY_MS),
  }
}
