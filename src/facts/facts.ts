/**
 * Everything that may enter the journal, version 1. A fact is what was said or done and when we
 * heard it; what it means is decided by the engine alone. Facts carry ids and account references
 * only, never names, phones or free text of customers.
 */
import type { CallerReportFact } from './calls.ts'
import type { CareNotedFact } from './care.ts'
import type { CrewId, DeviceId, IncidentId, ObserverId } from './ids.ts'
import type { FeedersLeftFact, FeederTakenFact } from './moves.ts'
import type { PartCountedFact, WholeJudgedFact } from './parts.ts'
import type { PlanAnnouncedFact, PlanWithdrawnFact } from './plans.ts'
import type { EscalationRepliedFact, SiteReport } from './repair.ts'
import type { StormModeFact, StormTurnedFact } from './storm.ts'
import type { InstantMs } from './time.ts'
import type { VisitSettledFact } from './visits.ts'
import type { TemperatureNotedFact } from './weather.ts'
import type { EventKind, ReadingResult, ReclosingState } from './wire.ts'

/** Place of a fact in the journal: 1, 2, 3 … without holes. */
export type Position = number

/** An entry of the quarantine that could be used after all: which one, and when it was taken again. */
export interface Replayed {
  readonly of: Position
  readonly at: InstantMs
}

/** A terminal's event. `meters` are known observers that the terminal may speak of. */
export interface ReportFact {
  readonly type: 'report'
  readonly receivedAt: InstantMs
  readonly terminal: ObserverId
  readonly kind: EventKind
  /** When it happened by the terminal's clock; absent where unknown. */
  readonly at?: InstantMs
  readonly boot?: number
  readonly seq?: number
  /** Observers spoken of; absent: the terminal's own supply (or its transformer, for area kinds). */
  readonly meters?: readonly ObserverId[]
  readonly device?: DeviceId
  /** Phase mask, bits A=1 B=2 C=4. */
  readonly phases?: number
  readonly volts?: readonly number[]
  /** Whether the switch spoken of would reclose by itself (重合闸投退). */
  readonly reclosing?: ReclosingState
  readonly valid?: boolean
  readonly area?: boolean
  readonly onBattery?: boolean
  readonly messageId?: string
  readonly replayed?: Replayed
}

/** Link to a terminal came or went (retained status, last will, keep-alive). Not the power. */
export interface LinkFact {
  readonly type: 'link'
  readonly receivedAt: InstantMs
  readonly terminal: ObserverId
  readonly state: 'online' | 'offline'
  readonly at?: InstantMs
}

/** Answers to a call-read, or unasked readings that crossed a threshold. */
export interface ReadingFact {
  readonly type: 'reading'
  readonly receivedAt: InstantMs
  readonly terminal: ObserverId
  readonly call?: string
  readonly at?: InstantMs
  readonly readings: readonly {
    readonly target: ObserverId
    readonly result: ReadingResult
    readonly volts?: readonly number[]
  }[]
  readonly replayed?: Replayed
}

export interface CrewPositionFact {
  readonly type: 'crewPosition'
  readonly receivedAt: InstantMs
  readonly crew: CrewId
  readonly at: InstantMs
  readonly lon: number
  readonly lat: number
}

export const QUARANTINE_REASONS = [
  'malformed',
  'oversized',
  'unknownTerminal',
  'unknownCrew',
  'unknownMeter',
  'foreignMeter',
  'foreignDevice',
  'unreadableTime',
  'wrongTopic',
] as const
export type QuarantineReason = (typeof QUARANTINE_REASONS)[number]

/** Input that could not be used: acknowledged, kept, counted, no evidence. */
export interface QuarantinedFact {
  readonly type: 'quarantined'
  readonly receivedAt: InstantMs
  readonly reason: QuarantineReason
  /** Authenticated identity that sent it, where there was one. */
  readonly terminal?: ObserverId
  readonly topic: string
  /** What is wrong, naming the field: `at: not an RFC 3339 time`. */
  readonly detail: string
  /** The payload as UTF-8 (invalid bytes replaced), cut at 4,096 characters. */
  readonly raw: string
  /** For `foreignMeter` and `unknownMeter`: the id in question. */
  readonly meter?: string
  /** What was left over of a message taken again. */
  readonly replayed?: Replayed
}

/** Time itself. Only ticks move engine time. */
export interface TickFact {
  readonly type: 'tick'
  readonly at: InstantMs
}

/** From here on the grid of this digest holds (file kept in the data folder by digest). */
export interface GridAppliedFact {
  readonly type: 'gridApplied'
  readonly receivedAt: InstantMs
  readonly digest: string
  readonly by: string
}

/** From here on the rules of this digest hold. */
export interface RulesAppliedFact {
  readonly type: 'rulesApplied'
  readonly receivedAt: InstantMs
  readonly digest: string
  readonly by: string
}

export const ACTIONS = [
  'confirm',
  'accept',
  'dispatch',
  'depart',
  'arrive',
  'onSite',
  'cause',
  'etr',
  'partial',
  'restore',
  'falseAlarm',
  'urge',
  'reassign',
  'close',
  'repair',
  'suspend',
  'return',
  'verify',
  'result',
  'grade',
] as const
export type ActionName = (typeof ACTIONS)[number]

/** A person's action on an incident; the engine accepts or refuses it. */
export interface ActionRequestedFact {
  readonly type: 'actionRequested'
  readonly receivedAt: InstantMs
  /** The `Idempotency-Key`; a second fact with the same id changes nothing. */
  readonly requestId: string
  readonly incident: IncidentId
  readonly expectedRevision: number
  readonly action: ActionName
  /** Account name of who did it, and the role used. */
  readonly by: string
  readonly role: string
  /** When it happened, where it was entered later (offline crews). */
  readonly occurredAt?: InstantMs
  readonly crew?: CrewId
  readonly etr?: InstantMs
  readonly causeCode?: string
  /** Why, as a code or a reference to text kept in `records`; never free text. */
  readonly reasonCode?: string
  /** For `partial`: the transformers (台区) that have supply again. */
  readonly transformers?: readonly DeviceId[]
  /** For `onSite`: what is found there. */
  readonly site?: SiteReport
  /** For `grade`: what a person judges it to be. */
  readonly grade?: 1 | 2 | 3 | 4
  /** Reference to the words that go with it, kept in `records`. */
  readonly remark?: string
}

/** What was learned of a terminal's reliability and clock is forgotten: it starts as a new one. */
export interface ReliabilityResetFact {
  readonly type: 'reliabilityReset'
  readonly receivedAt: InstantMs
  readonly terminal: ObserverId
  /** Account name of who asked for it. */
  readonly by: string
}

/** A meter or terminal was exchanged (换表): the new one counts its boots and reports anew. */
export interface MeterReplacedFact {
  readonly type: 'meterReplaced'
  readonly receivedAt: InstantMs
  readonly meter: ObserverId
  /** Account name of who says so. */
  readonly by: string
}

/** A dispatcher's word on a switch: operated now, or to be taken as operated at a later time. */
export interface SwitchingFact {
  readonly type: 'switching'
  readonly receivedAt: InstantMs
  /** The `Idempotency-Key`; a second fact with the same id changes nothing. */
  readonly requestId: string
  readonly device: DeviceId
  readonly position: 'open' | 'closed'
  /** Whether it would reclose by itself from then on; never of what is planned. */
  readonly reclosing?: ReclosingState
  /** When it was, or will be, operated. */
  readonly at: InstantMs
  readonly source: 'dispatcher' | 'planned'
  /** Account name of who said so. */
  readonly by: string
}

/** Switching that was planned and will not be done. What is done already is not undone by it. */
export interface SwitchingCancelledFact {
  readonly type: 'switchingCancelled'
  readonly receivedAt: InstantMs
  /** Of the operation. */
  readonly requestId: string
  /** Account name of who said so. */
  readonly by: string
}

export type Fact =
  | StormModeFact
  | StormTurnedFact
  | ReportFact
  | LinkFact
  | ReadingFact
  | CrewPositionFact
  | QuarantinedFact
  | TickFact
  | GridAppliedFact
  | RulesAppliedFact
  | ActionRequestedFact
  | SwitchingFact
  | SwitchingCancelledFact
  | ReliabilityResetFact
  | MeterReplacedFact
  | PlanAnnouncedFact
  | PlanWithdrawnFact
  | CallerReportFact
  | EscalationRepliedFact
  | CareNotedFact
  | VisitSettledFact
  | PartCountedFact
  | WholeJudgedFact
  | FeederTakenFact
  | FeedersLeftFact
  | TemperatureNotedFact

/** A fact with its place in the journal. */
export interface JournalledFact {
  readonly position: Position
  readonly fact: Fact
}

/** When a fact was taken in: never earlier than the one before it, unlike what a replayed message says. */
export function takenAt(fact: Fact): InstantMs {
  if (fact.type === 'tick') return fact.at
  return ('replayed' in fact ? fact.replayed?.at : undefined) ?? fact.receivedAt
}
