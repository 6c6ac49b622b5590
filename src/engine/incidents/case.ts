/**
 * The life of one incident, as the engine holds it. Inference says what is open now; a case keeps
 * its number, moves with the verdict, ends once and is never reused.
 */
import type { Position } from '../../facts/facts.ts'
import type { InstantMs } from '../../facts/time.ts'
import { type CaseReads, noReadsYet } from '../callreads/calls.ts'
import type {
  EvidenceItem,
  IncidentFlag,
  IncidentKind,
  InterruptionSegment,
  Level,
  OutageKind,
  ServiceReason,
  Stage,
} from '../changes.ts'
import { noRepairYet, type RepairState } from '../repair/state.ts'
import type { ServiceTimes } from '../service/clock.ts'
import type { NoticeState } from '../service/notice-state.ts'

const NONE = -1

/** Evidence kept with an incident, newest first: what fits a screen; the journal has the rest. */
export const MAX_EVIDENCE_SHOWN = 50

/** Facts named as causes of one change: the latest; the timeline needs the trigger, not the flood. */
export const MAX_CAUSES = 64

export interface RivalState {
  readonly device: number
  /** Observer whose service it is, −1 for a device. */
  readonly observer: number
  readonly probability: number
  readonly indistinguishable: boolean
}

/** A tie that may have closed without anybody saying so, and how likely that is. */
export interface SuspectedTie {
  readonly device: number
  readonly probability: number
}

/** An off heard after the outage was over, from before its start. Ids, which outlive a new grid. */
export interface LateOff {
  /** The authenticated identity, and the observer it spoke of. */
  readonly identity: string
  readonly observer: string
  readonly at: InstantMs
  readonly position: Position
}

/** Plain data throughout: a case is written to snapshots as it stands. */
export interface Case {
  /** 1, 2, 3 … never reused. */
  readonly number: number
  revision: number
  parent: number | null
  kind: IncidentKind
  flags: IncidentFlag[]
  outageKind: OutageKind
  outcome: null | 'withdrawn' | 'falseAlarm' | 'merged'
  mergedInto: number | null
  /** The device named (a head), and the observer whose service it is (−1: the device itself). */
  head: number
  observer: number
  /** Device it goes on to be called by where switching fed all below it from elsewhere, else −1. */
  named: number
  /** Phases it is open on: all of the device's, or one of a fuse. */
  phases: number
  level: Level
  /** What the rules propose now, and the most urgent so far: a grade only rises by itself. */
  grade: 1 | 2 | 3 | 4
  probability: number
  dead: number
  sources: number
  rivals: RivalState[]
  suspectedTie: SuspectedTie | null
  /** Others that could have closed as well, likeliest first. */
  tieRivals: SuspectedTie[]
  /** Head of the part that a tie likelier feeds than not, while the rest stays dark; −1 for none. */
  tiePart: number
  transformers: number
  customers: number
  originalCustomers: number
  customersRestored: number
  important: number
  sensitive: number
  startedAt: InstantMs
  /** Since when what it stands for now is dark on its account: its open segment begins here. */
  darkFrom: InstantMs
  /** When the place it stood for before came back, until that stretch is published as ended. */
  partCameBackAt: InstantMs | null
  /** It was dark at this time for certain: only later ons show a return. */
  darkAt: InstantMs
  sensedAt: InstantMs
  /** When the first of two independent ons below it was heard; null while dark. */
  cameBackAt: InstantMs | null
  restoredAt: InstantMs | null
  confirmedByStaff: boolean
  /** Accounts of those in the field who found it so: each an identity of its own. */
  vouchedBy: string[]
  etr: InstantMs | null
  crew: string | null
  stage: Stage
  cause: string | null
  /** What it is found by where it is no outage of the network (`findings/`); null for outages. */
  finding: string | null
  /** The announced outage that explains it, or that it outgrew. */
  plan: string | null
  /** What was asked about it. */
  reads: CaseReads
  /** When it was first confirmed, by the rule or by staff; null before. */
  confirmedAt: InstantMs | null
  /** When the first customer called about it; null for none. */
  firstCallAt: InstantMs | null
  notice: NoticeState | null
  /** When each step of the repair was done. */
  done: ServiceTimes
  repair: RepairState
  urges: number
  /** 服务等级 of the areas it stands for, 1 the most attentive to 4. */
  serviceLevel: 1 | 2 | 3 | 4
  /** Why, the gravest first. */
  serviceReasons: ServiceReason[]
  /** Rungs of the ladder that were told, as `arrive-2`. */
  escalated: string[]
  evidence: EvidenceItem[]
  causes: Position[]
  /** The open segment, and how many this case has had. */
  segment: InterruptionSegment | null
  segments: number
  /** The place of the open segment. */
  segmentAt: { readonly head: number; readonly observer: number }
  /** Those that ended where a part came back while the rest stayed dark, newest last. */
  stretches: InterruptionSegment[]
  /** The last segment once it is over, and up to when its place was accounted for before that. */
  ended: InterruptionSegment | null
  accountedBefore: InstantMs
  /** What was heard after it was over of a start before that which is known. */
  lateOffs: LateOff[]
  /** What was last published, to tell news from noise, and when. */
  published: string
  publishedAt: InstantMs
}

/** A case that nothing is known of yet but its place and since when. */
export function newCase(
  number: number,
  { head, observer, phases }: Pick<Case, 'head' | 'observer' | 'phases'>,
  startedAt: InstantMs,
  sensedAt: InstantMs,
): Case {
  return {
    number,
    revision: 0,
    parent: null,
    kind: 'fault',
    flags: [],
    outageKind: 'predicted',
    outcome: null,
    mergedInto: null,
    head,
    observer,
    named: NONE,
    phases,
    level: 'service',
    grade: 4,
    probability: 0,
    dead: 0,
    sources: 0,
    rivals: [],
    suspectedTie: null,
    tieRivals: [],
    tiePart: NONE,
    transformers: 0,
    customers: 0,
    originalCustomers: 0,
    customersRestored: 0,
    important: 0,
    sensitive: 0,
    startedAt,
    darkFrom: startedAt,
    partCameBackAt: null,
    darkAt: startedAt,
    sensedAt,
    cameBackAt: null,
    restoredAt: null,
    confirmedByStaff: false,
    vouchedBy: [],
    etr: null,
    crew: null,
    stage: 'sensed',
    cause: null,
    finding: null,
    plan: null,
    reads: noReadsYet(sensedAt),
    confirmedAt: null,
    firstCallAt: null,
    notice: null,
    done: {},
    repair: noRepairYet(),
    urges: 0,
    serviceLevel: 4,
    serviceReasons: [],
    escalated: [],
    evidence: [],
    causes: [],
    segment: null,
    segments: 0,
    segmentAt: { head, observer },
    stretches: [],
    ended: null,
    accountedBefore: 0,
    lateOffs: [],
    published: '',
    publishedAt: 0,
  }
}

/** True while the case may still change by itself. */
export function isActive(incident: Case): boolean {
  return incident.outageKind !== 'restored' && incident.outageKind !== 'closed'
}

/** Supply is back at its place since then: who is asked from now on is asked about that. */
export function comeBackAt(incident: Case, at: InstantMs): void {
  incident.cameBackAt = at
  incident.reads.atReturn = incident.reads.asked.length
}

/** It did not come back, or not all of it: what returns later is asked about anew. */
export function goOn(incident: Case): void {
  incident.cameBackAt = null
  incident.reads.samples = 0
}

/** Customers of a case without supply now: those below it but the ones who said to have it again. */
export function customersOut({
  customers,
  originalCustomers,
  customersRestored,
}: Pick<Case, 'customers' | 'originalCustomers' | 'customersRestored'>): number {
  return Math.max(0, Math.min(customers, originalCustomers - customersRestored))
}

/** Sets a flag, or takes it off. */
export function setFlag(incident: Case, flag: IncidentFlag, on: boolean): void {
  const has = incident.flags.includes(flag)
  if (on && !has) incident.flags.push(flag)
  else if (!on && has) incident.flags = incident.flags.filter((held) => held !== flag)
}

/** Key of the verdict a case stands for. */
export function keyOf(head: number, observer: number): string {
  return `${head}/${observer}`
}
