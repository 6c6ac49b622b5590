/** What the HTTP side needs of the others; `app` passes what fits. */

import type { FastifyRateLimitStoreCtor } from '@fastify/rate-limit'
import type {
  ActionChange,
  EscalationChange,
  Incident,
  InterruptionSegment,
  Notice,
} from '../engine/changes.ts'
import type { Reliability } from '../engine/incidents/learn.ts'
import type { Plan } from '../engine/plans/plan.ts'
import type { Operation } from '../engine/switching/state.ts'
import type { CallChannel } from '../facts/calls.ts'
import { CHANNELS, type Channel, CUSTOMER_LANGUAGES } from '../facts/channels.ts'
import type { Fact, JournalledFact, Position } from '../facts/facts.ts'
import type { InstantMs } from '../facts/time.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import type { BelowNow, CustomersNow } from '../grid/refed.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { AuditEntry } from './audit-port.ts'
import type { CallBacks } from './callback-port.ts'
import type { Card, CardRequest, ContactKind } from './card.ts'
import type { CareDesk } from './care-port.ts'
import type { CityStanding } from './city-shape.ts'
import type { Complaints } from './complaint-port.ts'
import type { CustomerVoice } from './customer-voice.ts'
import type { FeederDiagram } from './diagram-port.ts'
import type { FrequentAnswer, FrequentAsked } from './frequent-shape.ts'
import type { GridApplyPort } from './grid-port.ts'
import type { Identity } from './identity/identity.ts'
import type { OidcSignIn } from './identity/oidc.ts'
import type { MapDesk, MapState } from './map/map-desk.ts'
import type { NextReads } from './next-reads-port.ts'
import type { NoisyAnswer, NoisyAsked } from './noisy-port.ts'
import type { BesideNotice } from './notice-port.ts'
import type { PassOn } from './pass-on.ts'
import type { QualityParts } from './quality.ts'
import type {
  QuarantinePage,
  QuarantineQuery,
  ReplayAsked,
  ReplayOutcome,
} from './quarantine-port.ts'
import type { ReliabilityAnswer, ReliabilityAsked } from './reliability-shape.ts'
import type { RepairDesk } from './repair-ports.ts'
import type { CauseTree, RuleCheck, RuleFile, RulesText, RuleTrial } from './rules-port.ts'
import type { SensingAnswer, TIME_STEPS } from './sensing-shape.ts'
import type { StillHolds } from './session-check.ts'
import type { SimulatorPort } from './simulator-port.ts'
import type { Tickets } from './tickets.ts'
import type { Visits } from './visit-port.ts'
import type { Webhooks } from './webhook-port.ts'

/** The ledger, as far as it is read here. Cursors are opaque and the ledger's own. */
export interface RecordsReader {
  incidents(query: {
    readonly state: 'open' | 'all'
    /** Units whose incidents may be seen; absent: all. */
    readonly units?: readonly string[]
    readonly since?: InstantMs
    readonly limit: number
    readonly cursor?: string
  }): {
    readonly incidents: readonly Incident[]
    readonly cursor: string | null
    readonly asOf: InstantMs
  }
  incident(id: string): Incident | undefined
  /** Revisions in order; of many only the `latest`. */
  timeline(
    id: string,
    latest?: number,
  ): readonly {
    readonly at: InstantMs
    readonly position: Position
    readonly reason: string
    readonly revision: number
    readonly incident: Incident
    readonly causes: readonly Position[]
  }[]
  segments(query: { readonly devices?: readonly string[] }): readonly InterruptionSegment[]
  quarantine(query: QuarantineQuery): QuarantinePage
  /** The latest grids or rules applied, newest first. */
  applied(what: 'grid' | 'rules', limit: number): readonly Applied[]
  action(requestId: string): ActionChange | undefined
  /** Notices newest first, each as it stands. */
  notices(query: {
    readonly units?: readonly string[]
    readonly status?: Notice['status']
    readonly limit: number
    readonly cursor?: string
  }): { readonly notices: readonly Notice[]; readonly cursor: string | null }
  /** The notice of an incident as it stands. */
  notice(incident: string): Notice | undefined
  /** What belongs to it and is no word of the engine's. */
  besideNotice(incident: string): BesideNotice
  escalations(incident: string): readonly EscalationChange[]
  quality(incident: string): QualityParts
  /** Adds an entry to the audit chain; resolves once it is on disk. */
  audit(entry: AuditEntry): Promise<void>
  /** Notes that a customer spoke to us; resolves once it is on disk. */
  contact(contact: Contact & { readonly account: string }): Promise<void>
  /** A customer's contacts since then, newest first. */
  contacts(account: string, since: InstantMs): readonly Contact[]
  audited(query: { limit: number; cursor?: string }): {
    readonly entries: readonly (AuditEntry & { readonly no: number; readonly hash: string })[]
    readonly cursor: string | null
  }
}

/** When a customer spoke to us: asked, reported, urged the repair (催办), answered, complained. */
export interface Contact {
  readonly at: InstantMs
  readonly channel: CallChannel
  readonly kind: ContactKind
  readonly incident: string | null
  /** Who took it: an account or the subject of a token. */
  readonly by: string
  /** A repeated request is the same contact. */
  readonly requestId: string
}

/** Exactly one of these is asked. */
export type CustomerQuestion =
  | { readonly account: string }
  | { readonly meter: string }
  | { readonly usagePoint: string }
  | { readonly phone: string }
  | { readonly q: string }

/** A customer as the ledger shows one: name, phones and address masked. */
export interface Customer {
  readonly account: string
  readonly meter: string
  readonly usagePoint: string
  readonly unit: string
  readonly name: string
  readonly phones: readonly string[]
  readonly address: string
  readonly gridManager: string
  readonly important: string | null
  readonly sensitivities: readonly string[]
  readonly language: 'zh' | 'mn' | 'en'
  readonly preferences: readonly string[]
}

/** The customer ledger, in a thread of its own. */
export interface CustomersReader {
  /** At most 20 customers of `units` (undefined: all). */
  find(
    question: CustomerQuestion,
    units?: ReadonlySet<string>,
  ): Promise<{ readonly customers: readonly Customer[]; readonly refine: boolean }>
  /** What is masked, for a reason already recorded. */
  reveal(
    account: string,
  ): Promise<
    | { readonly name: string; readonly phones: readonly string[]; readonly address: string }
    | undefined
  >
}

export {
  WEBHOOK_CHANNELS,
  WEBHOOK_FORMS,
  WEBHOOK_LANGUAGES,
  WEBHOOK_TOPICS,
  type Webhook,
  type Webhooks,
} from './webhook-port.ts'

import type { Temperatures } from './weather-port.ts'

export const SUBSCRIPTION_CHANNELS = CHANNELS
export const SUBSCRIPTION_LANGUAGES = CUSTOMER_LANGUAGES
export const SUBSCRIPTION_SOURCES = ['agent', 'self', 'complaint'] as const

/** Someone wishes to be told of outages: a customer, or all customers of a transformer's area. */
export interface Subscription {
  readonly id: string
  readonly account: string | null
  readonly area: string | null
  readonly channel: (typeof SUBSCRIPTION_CHANNELS)[number]
  /** Null: the customer's own. */
  readonly language: (typeof SUBSCRIPTION_LANGUAGES)[number] | null
  readonly atNight: boolean
  readonly source: (typeof SUBSCRIPTION_SOURCES)[number]
  readonly createdAt: InstantMs
  readonly by: string
  readonly until: InstantMs | null
  readonly endedAt: InstantMs | null
}

/** What is kept of them. What changes it resolves once it is on disk. */
export interface Subscriptions {
  /** How long the proactive service after a complaint lasts. */
  complaintDays(): number
  find(id: string): Subscription | undefined
  /** Newest first, ended ones as well. */
  ofAccount(account: string): readonly Subscription[]
  ofArea(area: string): readonly Subscription[]
  /** The same id is the same request. */
  add(subscription: Subscription): Promise<void>
  end(id: string, at: InstantMs): Promise<void>
  /** The customer wants to hear no more on the channel, whoever asked for it. */
  refuse(account: string, channel: Channel, at: InstantMs): Promise<void>
}

/** A grid or rules as they were applied. */
export interface Applied {
  readonly digest: string
  readonly version: string
  readonly since: InstantMs
  readonly by: string
}

/** Where actions go. `append` resolves once the fact is on disk and rejects with a stable `code`. */
export interface FactSink {
  append(fact: Fact): Promise<Position>
}

export interface FactReader {
  at(positions: readonly Position[]): Promise<readonly JournalledFact[]>
}

/** Who opened a socket, told to the live hub (structurally its `Viewer`). */
export interface LiveViewer {
  readonly group: string
  readonly evidence: boolean
  holds(right: 'incidents.read' | 'map.read' | 'status.read' | 'crews.read'): boolean
  seesUnit(unit: string): boolean
  stillValid(): boolean | Promise<boolean>
}

export interface LivePort {
  attach(socket: never, viewer: LiveViewer): boolean
  area(
    incident: string,
  ): { readonly dark: readonly string[]; readonly restored: readonly string[] } | undefined
  readonly sockets: number
}

/** The figures of the status page and of the topic `stats`. */
export interface StatusFigures {
  readonly customers: number
  readonly customersOut: number
  readonly transformersOut: number
  readonly incidents: {
    readonly open: number
    readonly byGrade: Readonly<Record<1 | 2 | 3 | 4, number>>
  }
  readonly reportsPerMinute: number
  readonly storm: StormFigures
}

/** Storm mode now: on whose word, since when and why. */
export interface StormFigures {
  readonly on: boolean
  readonly by: 'rule' | 'person'
  readonly since: string | null
  readonly reason: string | null
}

export interface TerminalState {
  readonly link: 'online' | 'offline' | null
  readonly lastHeardAt: InstantMs | null
  /** What closed incidents taught of it. */
  readonly reliability: Reliability
}

/** Where the network differs from its normal state, and what is going to. */
export interface SwitchingView {
  readonly operated: readonly {
    readonly device: string
    readonly position: 'open' | 'closed'
    readonly since: InstantMs
    readonly source: 'terminal' | 'dispatcher' | 'planned'
    /** Terminal or account. */
    readonly by: string | null
  }[]
  readonly planned: readonly Operation[]
  readonly loops: readonly string[]
  readonly islands: readonly {
    readonly device: string
    readonly customers: number
    readonly transformers: number
  }[]
  /** What was decided under a request id, where it is still known. */
  decided(requestId: string): Operation | undefined
}

export interface HttpDeps {
  readonly telemetry: Telemetry
  readonly identity: Identity
  /** Sign-in through a provider; absent: local accounts alone. */
  readonly oidc?: OidcSignIn
  readonly records: RecordsReader
  readonly customers: CustomersReader
  readonly webhooks: Webhooks
  readonly subscriptions: Subscriptions
  /** What an agent is told about one customer now. */
  card(request: CardRequest): Card
  /** What a customer is told without an agent. */
  readonly voice: CustomerVoice
  readonly callBacks: CallBacks
  readonly visits: Visits
  readonly complaints: Complaints
  readonly care: CareDesk
  readonly repair: RepairDesk
  readonly facts: FactSink
  readonly journal: FactReader
  readonly live: LivePort
  /** The engine's answer to a request, or undefined after `timeoutMs`. Asked before the append. */
  awaitAction(requestId: string, timeoutMs: number): Promise<ActionChange | undefined>
  grid(): CompiledGrid
  readonly map: MapDesk
  status(): StatusFigures
  /** Shares of cities under Order 599, of the rules' cities. */
  cities(): readonly CityStanding[]
  /** Announced outages that are not over, by id, in the order of their announcement. */
  plans(): ReadonlyMap<string, Plan>
  switching(): SwitchingView
  temperatures(): Temperatures
  /** The device that feeds another as the network hangs now; below zero at a source or an island. */
  feedNow(device: number): number
  /** What hangs below a device now. */
  belowNow(device: number): BelowNow
  /** Customers below each device now; the same object for as long as no switch operates. */
  customersNow(): CustomersNow
  /** Devices of a feeder by index, with what the engine holds of each, and its open ties. */
  diagram(feeder: number): FeederDiagram
  /** What would be asked next about an incident. */
  nextReads(incident: string): NextReads
  readonly gridApply: GridApplyPort
  rules(): RulesText
  causes(): CauseTree
  /**
   * Makes these files the rules in force, each of those left out as it is; answers when the engine
   * judges by them. Rejects with `rules.invalid` and `problems` where they cannot be used.
   */
  applyRules(files: readonly RuleFile[], by: string): Promise<void>
  /** Whether these files could be put in force, and what is wrong with them. */
  checkRules(files: readonly RuleFile[]): RuleCheck
  /** Plays a scenario under these files and under those in force; rejects with `rules.busy`. */
  testRules(files: readonly RuleFile[], scenario: string): Promise<RuleTrial>
  /** Takes messages of the quarantine again; what is taken is on record when this resolves. */
  replayQuarantine(asked: ReplayAsked): Promise<ReplayOutcome>
  /** Absent: nothing is ever simulated here. */
  readonly simulator?: SimulatorPort
  /** The reliability report of a period. */
  reliability(asked: ReliabilityAsked): Promise<ReliabilityAnswer>
  /** How well outages were sensed, told and attended to. */
  sensing(
    asked: ReliabilityAsked & { readonly by?: (typeof TIME_STEPS)[number] | undefined },
  ): Promise<SensingAnswer>
  /** Who was without supply too often. */
  frequent(asked: FrequentAsked): Promise<FrequentAnswer>
  /** `map` where this process draws it: it takes no part in whether reports are kept and judged. */
  health(): {
    readonly ready: boolean
    readonly reasons: readonly string[]
    readonly map?: MapState
  }
  /** Link and last sign of a terminal, where the program keeps them. */
  terminal?(id: string): TerminalState | undefined
  /** Terminals of a class that chatter, the noisiest first. */
  noisyTerminals(asked: NoisyAsked): Promise<NoisyAnswer>
  now(): InstantMs
  /** Folder of the built console; absent: the program serves no console. */
  readonly consoleDir?: string
  /** The AsyncAPI document. */
  readonly asyncapi: object
  readonly version: string
  /** Origins besides our own from which browsers may write (the address of a proxy). */
  readonly allowedOrigins?: readonly string[]
  /** True where browsers reach us by https only: cookies are then `Secure`. */
  readonly secureCookies?: boolean
  readonly requestsPerMinute?: number
  /** Whether a live socket's session still holds; absent: the accounts of this process say so. */
  readonly stillHolds?: StillHolds
  /** What limits are counted with where several processes share them; absent: in this one. */
  readonly limits?: FastifyRateLimitStoreCtor
  /** Tickets that several processes share; absent: kept in this one. */
  readonly tickets?: Tickets
  /** A gateway's way to the rest of the program; absent: all is answered here. */
  readonly passOn?: PassOn
  /** Paths answered here all the same; absent: those of a gateway. */
  readonly answers?: ReadonlySet<string>
  /** Addresses of proxies and gateways whose word on where a request comes from is believed. */
  readonly trustedProxies?: readonly string[]
}
