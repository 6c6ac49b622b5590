/** What HTTP needs of repairs: crews, words, supervision orders, pictures; `app` passes what fits. */
import type { EscalationChange, Incident } from '../engine/changes.ts'
import type { EtrOutcomeChange } from '../engine/repair/etr-outcome.ts'
import type { RepairEntryChange } from '../engine/repair/repair-view.ts'
import type { SupervisionChange } from '../engine/service/supervision-order.ts'
import type { InstantMs } from '../facts/time.ts'

export const SHIFTS = ['day', 'night', 'standby'] as const

/** A crew of the register. */
export interface Crew {
  readonly id: string
  readonly name: string
  readonly unit: string
  readonly members: number
  readonly shift: (typeof SHIFTS)[number]
  readonly active: boolean
  readonly changedAt: InstantMs
  readonly by: string
}

/** What a crew is on. */
export interface CrewOrder {
  readonly incident: string
  readonly unit: string
  readonly stage: Incident['stage']
  readonly grade: Incident['grade']
  /** From where it was seen last to the open device; null where either is unknown. */
  readonly metres: number | null
}

/** A crew with what it is on and where it was seen last. */
export interface CrewNow extends Crew {
  readonly position: { readonly lon: number; readonly lat: number; readonly at: InstantMs } | null
  readonly orders: readonly CrewOrder[]
}

/** Words that go with an action or a reply. */
export interface Remark {
  readonly id: string
  readonly incident: string
  readonly at: InstantMs
  readonly by: string
  readonly text: string
}

/** An escalation with what became of it. */
export interface EscalationNow {
  readonly escalation: EscalationChange
  readonly reply: SupervisionChange | null
  readonly replyText: string | null
  readonly closedAt: InstantMs | null
  readonly incident: Incident
}

export interface Attachment {
  readonly id: string
  readonly incident: string
  readonly digest: string
  readonly type: string
  readonly bytes: number
  readonly at: InstantMs
  readonly by: string
  readonly role: string
}

/** How the id of a visit's words begins; the rest is the request. */
export const VISIT_REMARK = 'v-'

/** How the ids of a repair's measures and materials begin; the rest is the request. */
export const MEASURE_WORDS = 'm-'
export const MATERIAL_WORDS = 't-'

/** Keeps and tells what people do about an outage. What changes it resolves once it is on disk. */
export interface RepairDesk {
  crews(): readonly CrewNow[]
  keepCrew(crew: Crew): Promise<void>
  keepRemark(remark: Remark): Promise<void>
  escalations(query: {
    readonly state: 'open' | 'all'
    readonly incident?: string
    readonly units?: readonly string[]
    readonly limit: number
    readonly cursor?: string
  }): { readonly rows: readonly EscalationNow[]; readonly cursor: string | null }
  escalation(id: string): EscalationChange | undefined
  /** The log of an incident's repair, oldest first, with the words. */
  log(
    incident: string,
  ): readonly { readonly entry: RepairEntryChange; readonly text: string | null }[]
  /** What was found on visits about it, oldest first. */
  visits(incident: string): readonly Pick<Remark, 'at' | 'by' | 'text'>[]
  /** Orders under it (子单): merged into it, or split off. */
  children(incident: string): readonly Incident[]
  /** Outages that ended within the period, with what had been said of their end; oldest first. */
  etrOutcomes(from: InstantMs, to: InstantMs, limit: number): readonly EtrOutcomeChange[]
  /** Share of outages that the range of an estimate is made to hold, by the rules in force. */
  etrNominal(): number
  attachments(incident: string): readonly Attachment[]
  attachment(id: string): Attachment | undefined
  /** Keeps a picture and who handed it in. */
  attach(attachment: Attachment, picture: Uint8Array): Promise<void>
  /** The picture; undefined where its file is gone. */
  picture(digest: string): Promise<Buffer | undefined>
}
