/**
 * The answer card: everything an agent needs to say in one breath why the power is out and when it
 * is back, for one customer. Puts together what ledger, engine and records know; decides nothing but
 * the situation.
 */
import type { Incident, InterruptionSegment } from '../engine/changes.ts'
import { intervalsOf, ownOutages } from '../engine/own-interval.ts'
import type { Plan } from '../engine/plans/plan.ts'
import type { InstantMs } from '../facts/time.ts'
import { clockTime } from '../facts/wall-clock.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import { DEVICE_TYPES, type DeviceType } from '../grid/model.ts'
import { type ContactLine, type ContactSummary, summarise } from './contacts.ts'
import {
  causeWords,
  type Language,
  type Script,
  type ScriptFile,
  type Slots,
  scriptsFor,
  workWords,
} from './scripts.ts'
import { type Situation, STEPS, type Step, situationOf, stepOf } from './situation.ts'
import { type Urging, urgeScriptOf, urgingOf } from './urging.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** 近60天: the window of the rule on frequent outages (`domain.md` §1.9). */
export const HISTORY_DAYS = 60
/** Outages of it that are listed; a count says how many there were. */
const MAX_OUTAGES_LISTED = 20
/** Contacts looked back on. */
const CONTACT_DAYS = 60
/** Data older than this is grey, and no time is read from it (`domain.md` §4.3). */
export const STALE_AFTER_MS = 10 * MINUTE_MS
/** P(dead) from which on supply is called lost, and up to which it is called there. */
const DEAD_FROM = 0.8
const LIVE_UP_TO = 0.2

/** What the engine holds of one usage point. */
export interface SupplyView {
  /** P(this very usage point has no supply). */
  readonly dead: number
  /** Devices from the lowest up to the source, under the present switch positions. */
  readonly path: readonly number[]
  /** Incidents over it that are not closed, the highest place first. */
  readonly incidents: readonly string[]
  readonly meterSaid: 'off' | 'on' | 'nothing'
  readonly meterHeardAt: InstantMs | null
  /** Engine time. */
  readonly asOf: InstantMs
}

export interface CardSources {
  readonly scripts: ScriptFile
  now(): InstantMs
  grid(): CompiledGrid
  utcOffsetMinutes(): number
  /** Longer ones are outages, by the rules. */
  sustainedMinutes(): number
  /** Urges of one customer about one outage that are usual, by the rules. */
  mostUrges(): number
  /** Of a usage point by index; undefined before a grid is in force. */
  supply(point: number): SupplyView | undefined
  incident(id: string): Incident | undefined
  /** When the incident last changed, and since when its estimate stands. */
  times(id: string): { readonly changedAt: InstantMs; readonly etrSince: InstantMs | null }
  area(incident: string): { readonly restored: readonly string[] } | undefined
  segments(devices: readonly string[]): readonly InterruptionSegment[]
  plans(): Iterable<Plan>
  contacts(account: string, since: InstantMs): readonly ContactLine[]
  /** Messages to the customer, newest first. */
  messages(account: string, since: InstantMs, limit: number): readonly MessageLine[]
}

/** A message to the customer, and what became of it. */
export interface MessageLine {
  readonly at: InstantMs
  readonly channel: string
  readonly template: string
  readonly incident: string
  readonly state: 'waiting' | 'sent' | 'unsure' | 'delivered' | 'failed'
  /** When its gateway said that it arrived or did not; null: it said nothing. */
  readonly receiptAt: InstantMs | null
}

/** Messages an agent sees: those of two outages. */
const MESSAGES_SHOWN = 10

export interface CardRequest {
  readonly account: string
  readonly usagePoint: string
  readonly language: Language
  readonly identityVerified: boolean
}

export interface DeviceLine {
  readonly id: string
  readonly type: DeviceType
  readonly name: string
}

export interface AnswerCard {
  readonly asOf: InstantMs
  /** Grey: no time may be read from it. */
  readonly stale: boolean
  readonly situation: Situation
  readonly supply: {
    readonly state: 'energised' | 'deenergised' | 'unknown'
    readonly probabilityDead: number | null
    readonly meterSaid: SupplyView['meterSaid']
    readonly meterHeardAt: InstantMs | null
    readonly path: readonly DeviceLine[]
  }
  readonly incident: Incident | null
  readonly changedAt: InstantMs | null
  readonly progress: { readonly step: Step; readonly of: readonly Step[] } | null
  readonly restoration: {
    readonly at: InstantMs
    readonly source: 'estimated' | 'field'
    readonly ageMs: number
    readonly passed: boolean
  } | null
  readonly plans: readonly Pick<Plan, 'id' | 'kind' | 'from' | 'to'>[]
  /** Withheld until the caller's identity is checked. */
  readonly arrears: 'withheld' | 'none' | 'suspended'
  readonly outages: {
    readonly days: number
    readonly count: number
    readonly listed: readonly {
      readonly incident: string
      readonly from: InstantMs
      readonly to: InstantMs | null
    }[]
  }
  readonly contacts: ContactSummary
  /** Of who has spoken about this outage before: whether it is time to urge, and what to answer. */
  readonly urging: (Urging & { readonly scripts: readonly Script[] }) | null
  /** What we told the customer, newest first. */
  readonly messages: readonly MessageLine[]
  readonly scripts: readonly Script[]
  readonly safety: string
}

/** The card of one customer at this moment. */
export function answerCard(sources: CardSources, request: CardRequest): AnswerCard {
  return composeCard(sources, request).card
}

/** The card, and what the texts about it are filled with. */
export function composeCard(
  sources: CardSources,
  request: CardRequest,
): { readonly card: AnswerCard; readonly slots: Slots } {
  const now = sources.now()
  const grid = sources.grid()
  const point = request.usagePoint === '' ? -1 : grid.usagePoints.ids.indexOf(request.usagePoint)
  const view = point < 0 ? undefined : sources.supply(point)
  const path = view?.path ?? []
  const incident = firstOf(view?.incidents ?? [], (id) => sources.incident(id))
  const times = incident && sources.times(incident.id)
  const plans = view ? plansOver(sources, grid, point, path, now) : []
  const stale = view === undefined || now - view.asOf > STALE_AFTER_MS
  const circumstances = {
    now,
    incident,
    areaRestored:
      incident !== undefined &&
      (isAreaRestored(sources, grid, path, incident) || cameBack(view!, incident)),
    // Work on meters is ours: staff see it on the card, and no script tells of it.
    plans: plans.map(({ kind }) => kind).filter((kind) => kind !== 'meterExchange'),
    identityVerified: request.identityVerified,
    meterEnergised: view !== undefined && isEnergised(view, now),
    causeSpeakable: causeWords(sources.scripts, incident?.cause ?? null, 'zh') !== undefined,
    stale,
  }
  const situation = situationOf(circumstances)
  const slots = (language: Language) => slotsOf(sources, { grid, path, incident, plans, language })
  const contacts = sources.contacts(request.account, now - CONTACT_DAYS * DAY_MS)
  const { zh, en } = sources.scripts.safety
  const card: AnswerCard = {
    asOf: view?.asOf ?? now,
    stale,
    situation,
    supply: supplyOf(grid, view, path),
    incident: incident ?? null,
    changedAt: times?.changedAt ?? null,
    progress: incident ? { step: stepOf(incident), of: STEPS } : null,
    restoration: incident ? restorationOf(incident, times?.etrSince ?? null, now) : null,
    plans: plans
      .filter(({ kind }) => kind !== 'arrears')
      .map(({ id, kind, from, to }) => ({ id, kind, from, to })),
    arrears: !request.identityVerified
      ? 'withheld'
      : circumstances.plans.includes('arrears')
        ? 'suspended'
        : 'none',
    outages: outagesOf(sources, grid, point, now),
    contacts: summarise(contacts, incident?.id ?? null, now),
    urging: urgingFor(
      sources,
      urgingOf({ now, incident, contacts, stale, most: sources.mostUrges() }),
      request.language,
    ),
    messages: sources.messages(request.account, now - CONTACT_DAYS * DAY_MS, MESSAGES_SHOWN),
    scripts: scriptsFor(sources.scripts, situation, request.language, slots),
    safety: request.language === 'en' ? en : zh,
  }
  return { card, slots: slots(request.language) }
}

function urgingFor(
  { scripts, utcOffsetMinutes, now }: CardSources,
  urging: Urging | null,
  language: Language,
): AnswerCard['urging'] {
  if (!urging) return null
  const script = urgeScriptOf(urging)
  const promised = urging.promised && clockTime(urging.promised.at, utcOffsetMinutes(), now())
  const slots = () => ({ promised: promised ?? undefined })
  return { ...urging, scripts: script ? scriptsFor(scripts, script, language, slots) : [] }
}

function firstOf<T>(ids: readonly string[], find: (id: string) => T | undefined): T | undefined {
  for (const id of ids) {
    const found = find(id)
    if (found) return found
  }
  return undefined
}

const isEnergised = ({ meterSaid, meterHeardAt, dead }: SupplyView, now: InstantMs) =>
  meterSaid === 'on' && dead <= LIVE_UP_TO && now - (meterHeardAt ?? 0) <= STALE_AFTER_MS

/** The caller's own meter has said so since the outage began. */
const cameBack = ({ meterSaid, meterHeardAt, dead }: SupplyView, { startedAt }: Incident) =>
  meterSaid === 'on' && dead <= LIVE_UP_TO && (meterHeardAt ?? 0) > startedAt

function supplyOf(
  grid: CompiledGrid,
  view: SupplyView | undefined,
  path: readonly number[],
): AnswerCard['supply'] {
  const dead = view?.dead
  return {
    state:
      dead === undefined || (dead > LIVE_UP_TO && dead < DEAD_FROM)
        ? 'unknown'
        : dead >= DEAD_FROM
          ? 'deenergised'
          : 'energised',
    probabilityDead: dead ?? null,
    meterSaid: view?.meterSaid ?? 'nothing',
    meterHeardAt: view?.meterHeardAt ?? null,
    path: path.map((device) => lineOf(grid, device)),
  }
}

const lineOf = ({ devices }: CompiledGrid, device: number): DeviceLine => ({
  id: devices.ids.idOf(device),
  type: DEVICE_TYPES[devices.type[device]!]!,
  name: devices.nameOf(device),
})

const TRANSFORMER = DEVICE_TYPES.indexOf('transformer')

function transformerOf({ devices }: CompiledGrid, path: readonly number[]): number | undefined {
  return path.find((device) => devices.type[device] === TRANSFORMER)
}

function isAreaRestored(
  sources: CardSources,
  grid: CompiledGrid,
  path: readonly number[],
  incident: Incident,
): boolean {
  const transformer = transformerOf(grid, path)
  if (transformer === undefined) return false
  const id = grid.devices.ids.idOf(transformer)
  return sources.area(incident.id)?.restored.includes(id) ?? false
}

/** Announced outages in force that name the usage point or a device above it. */
function plansOver(
  { plans }: CardSources,
  { devices, usagePoints }: CompiledGrid,
  point: number,
  path: readonly number[],
  now: InstantMs,
): readonly Plan[] {
  const above = new Set<string>(path.map((device) => devices.ids.idOf(device)))
  const own = usagePoints.ids.idOf(point)
  return [...plans()].filter(
    ({ from, to, devices: named, usagePoints: points }) =>
      from <= now &&
      now <= to &&
      (named.some((id) => above.has(id)) || points.some((id) => id === own)),
  )
}

function restorationOf(
  { estimatedPeriod, etrSource, outageKind }: Incident,
  since: InstantMs | null,
  now: InstantMs,
): AnswerCard['restoration'] {
  if (!estimatedPeriod || etrSource === 'none') return null
  if (outageKind === 'restored' || outageKind === 'closed') return null
  const at = estimatedPeriod.end
  return { at, source: etrSource, ageMs: Math.max(0, now - (since ?? now)), passed: at <= now }
}

function outagesOf(
  sources: CardSources,
  grid: CompiledGrid,
  point: number,
  now: InstantMs,
): AnswerCard['outages'] {
  if (point < 0) return { days: HISTORY_DAYS, count: 0, listed: [] }
  const from = now - HISTORY_DAYS * DAY_MS
  const had = intervalsOf(grid, point, sources.segments).filter(({ segment }) => !segment.momentary)
  const sustainedMs = sources.sustainedMinutes() * MINUTE_MS
  // By when they began, as the lists of frequent outages count them.
  const outages = ownOutages(had)
    .filter((one) => one.from > from && (one.to ?? now) - one.from > sustainedMs)
    .reverse()
  return {
    days: HISTORY_DAYS,
    count: outages.length,
    listed: outages
      .slice(0, MAX_OUTAGES_LISTED)
      .map(({ segment, from: since, to }) => ({ incident: segment.incident, from: since, to })),
  }
}

interface SlotSources {
  readonly grid: CompiledGrid
  readonly path: readonly number[]
  readonly incident: Incident | undefined
  readonly plans: readonly Plan[]
  readonly language: Language
}

/** A place no finer than the transformer's area, as customers call it. */
function areaName(grid: CompiledGrid, path: readonly number[]): string | undefined {
  const transformer = transformerOf(grid, path)
  if (transformer === undefined) return undefined
  return grid.devices.nameOf(transformer).replace(/(公变|专变)$/, '')
}

function slotsOf(sources: CardSources, about: SlotSources): Slots {
  const { grid, path, incident, plans, language } = about
  const offset = sources.utcOffsetMinutes()
  const time = (at: InstantMs | null | undefined) =>
    at == null ? undefined : clockTime(at, offset, sources.now())
  // What concerns everybody first: it is the one that customers are told of.
  const plan =
    plans.find(({ kind }) => kind === 'planned' || kind === 'rationing') ??
    plans.find(({ kind }) => kind !== 'arrears' && kind !== 'meterExchange')
  return {
    area: areaName(grid, path),
    startedAt: time(incident?.startedAt),
    sensedAt: time(incident?.sensedAt),
    restoredAt: time(incident?.restoredAt ?? (incident && sources.times(incident.id).changedAt)),
    etr: time(incident?.estimatedPeriod?.end),
    cause: causeWords(sources.scripts, incident?.cause ?? null, language),
    from: time(plan?.from),
    to: time(plan?.to),
    work: workWords(sources.scripts, plan, language),
  }
}
