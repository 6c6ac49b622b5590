/**
 * What must be true of every run of the engine (DESIGN §4), checked from its changes alone, beside
 * the engine and with none of its code: extents are counted on the parents of the compiled grid,
 * who vouched for what is collected from the facts.
 */
import type {
  ActionChange,
  Change,
  FeederChange,
  Incident,
  IncidentChange,
  InterruptionSegment,
} from '../../src/engine/changes.ts'
import type { ActionRequestedFact, Fact, ReadingFact, ReportFact } from '../../src/facts/facts.ts'
import type { InstantMs } from '../../src/facts/time.ts'
import type { CompiledGrid } from '../../src/grid/compiled.ts'
import { Reach } from './reach.ts'

/** Identities that a confirmation needs, as in the shipped rules. */
const SOURCES_NEEDED = 2

/** Reports that say that supply is lost. */
const LOSSES: readonly ReportFact['kind'][] = ['powerOff', 'areaOff', 'phaseLoss', 'voltage']

/** Which states of supply may follow which; `closed` ends it. */
const MAY_FOLLOW: Readonly<Record<string, readonly string[]>> = {
  new: ['predicted', 'confirmed', 'partiallyRestored', 'closed'],
  predicted: ['predicted', 'confirmed', 'partiallyRestored', 'restored', 'closed'],
  confirmed: ['confirmed', 'partiallyRestored', 'restored', 'closed'],
  partiallyRestored: ['partiallyRestored', 'restored', 'closed'],
  restored: ['restored', 'closed'],
  closed: [],
}

/** Facts beside reports that can be the cause of a change. */
const SPEAKING: ReadonlySet<Fact['type']> = new Set([
  'stormMode',
  'stormTurned',
  'reading',
  'switching',
  'actionRequested',
  'planAnnounced',
  'planWithdrawn',
  'callerReport',
  'link',
  'meterReplaced',
  'crewPosition',
  'escalationReplied',
  'careNoted',
  'visitSettled',
  'partCounted',
  'wholeJudged',
  'temperatureNoted',
])

interface Life {
  readonly latest: Incident
  readonly confirmedByStaff: boolean
}

export class EngineInvariants {
  readonly #reach: Reach
  readonly #lives = new Map<string, Life>()
  readonly #segments = new Map<string, InterruptionSegment>()
  readonly #feeders = new Map<string, FeederChange>()
  readonly #actions = new Map<string, ActionChange>()
  /** What can have caused a change: facts that say or ask something. */
  readonly #speaking = new Set<number>()
  /** Identities that ever reported the loss of a usage point or of what lies below a device. */
  readonly #vouched: { readonly identity: string; readonly points: ReadonlySet<number> }[] = []

  constructor(grid: CompiledGrid) {
    this.#reach = new Reach(grid)
  }

  /** Latest revision of every incident. */
  get incidents(): readonly Incident[] {
    return [...this.#lives.values()].map(({ latest }) => latest)
  }

  get segments(): readonly InterruptionSegment[] {
    return [...this.#segments.values()]
  }

  /** Takes what one fact changed; throws where something is not as it must be. */
  after(position: number, fact: Fact, changes: readonly Change[]): void {
    if (fact.type === 'report') this.#hear(position, fact)
    if (fact.type === 'reading') this.#hearReading(fact)
    if (SPEAKING.has(fact.type)) this.#speaking.add(position)
    if (fact.type === 'callerReport' && fact.account !== undefined)
      this.#vouch(`account ${fact.account}`, this.#reach.below(fact.usagePoint))
    const asked = fact.type === 'actionRequested' ? fact : undefined
    for (const change of changes) {
      if ('causes' in change) this.#checkCauses(position, change.causes)
      if (change.type === 'incident') this.#checkRevision(change, asked)
      else if (change.type === 'segment') this.#takeSegment(change.segment)
      else if (change.type === 'feeder') this.#feeders.set(change.feeder, change)
    }
    if (asked) this.#checkAction(asked, changes)
    if (asked?.action === 'onSite' && asked.role === 'crew') {
      const found = this.#lives.get(asked.incident)?.latest
      if (found) this.#vouch(asked.by, this.#reach.below(found.device.id))
    }
    if (changes.some(({ type }) => type === 'incident' || type === 'segment')) {
      this.#checkOverlaps()
      this.#checkFeeders()
      this.#checkMothers()
    }
  }

  #hear(position: number, fact: ReportFact): void {
    this.#speaking.add(position)
    if (fact.kind === 'voltage' && (fact.volts ?? [1000]).some((volts) => volts < 132)) {
      for (const observer of fact.meters ?? [fact.terminal])
        this.#vouch(fact.terminal, this.#reach.seenBy(observer))
      this.#vouch(`measured by ${fact.terminal}`, this.#reach.seenBy(fact.terminal))
    }
    const opens = fact.kind === 'switchOpen' || fact.kind === 'protectionTrip'
    const device = fact.device ?? this.#reach.deviceOf(fact.terminal)
    if (opens && device !== undefined) this.#vouch(fact.terminal, this.#reach.below(device))
    if (!LOSSES.includes(fact.kind)) return
    const named = fact.kind === 'areaOff' ? undefined : fact.meters
    for (const observer of named ?? [fact.terminal])
      this.#vouch(this.#reach.identityOf(observer), this.#reach.seenBy(observer))
  }

  /** A measurement counts once beside the report, for what the terminal itself stands at. */
  #hearReading(fact: ReadingFact): void {
    for (const { target, result } of fact.readings) {
      if (result !== 'deenergised') continue
      const points = this.#reach.seenBy(target)
      this.#vouch(this.#reach.identityOf(target), points)
      if (target === fact.terminal) this.#vouch(`measured by ${target}`, points)
    }
  }

  #vouch(identity: string, points: ReadonlySet<number>): void {
    this.#vouched.push({ identity, points })
  }

  #checkCauses(position: number, causes: readonly number[]): void {
    for (const cause of causes) {
      expectTrue(cause >= 1 && cause <= position, `cause ${cause} lies after ${position}`)
      expectTrue(this.#speaking.has(cause), `cause ${cause} says nothing`)
    }
  }

  #checkRevision(change: IncidentChange, asked: ActionRequestedFact | undefined): void {
    const { incident, reason } = change
    const { id } = incident
    const life = this.#lives.get(id)
    const before = life?.latest
    expectTrue(incident.revision === (before?.revision ?? 0) + 1, `${id}: revision skips or falls`)
    const from = before?.outageKind ?? 'new'
    expectTrue(
      MAY_FOLLOW[from]!.includes(incident.outageKind),
      `${id}: ${incident.outageKind} after ${from}`,
    )
    if (!before) {
      expectTrue(reason === 'opened' || reason === 'split', `${id}: begins as ${reason}`)
      expectTrue(change.causes.length > 0, `${id}: opened by nothing`)
    } else {
      expectTrue(incident.grade <= before.grade || asked !== undefined, `${id}: grade fell`)
      const adopted = before.parent === null && this.#isStation(incident.parent)
      expectTrue(incident.parent === before.parent || adopted, `${id}: changed its parent`)
      expectTrue(incident.startedAt <= before.startedAt, `${id}: began later than it did`)
    }
    if (incident.parent !== null)
      expectTrue(this.#lives.has(incident.parent), `${id}: parent ${incident.parent} is unknown`)
    if (isOutage(incident)) this.#checkExtent(incident)
    const confirmedByStaff = life?.confirmedByStaff === true || asked?.action === 'confirm'
    this.#lives.set(id, { latest: incident, confirmedByStaff })
    const judged = !isStation(incident) && !confirmedByStaff
    if (incident.outageKind === 'confirmed' && from !== 'confirmed' && judged)
      this.#checkVouched(incident)
    this.#checkEnd(incident, reason)
  }

  #isStation(id: string | null): boolean {
    const incident = id === null ? undefined : this.#lives.get(id)?.latest
    return incident !== undefined && isStation(incident)
  }

  #checkExtent(incident: Incident): void {
    const { id, device, metersAffected, customersRestored, originalMetersAffected } = incident
    const below = this.#reach.below(device.id)
    const back = this.#backByWord(incident)
    expectTrue(
      metersAffected === below.size - back.size,
      `${id}: ${metersAffected} customers below ${device.id}, which has ${below.size}, ${back.size} back`,
    )
    expectTrue(
      customersRestored >= 0 && customersRestored <= originalMetersAffected,
      `${id}: ${customersRestored} of ${originalMetersAffected} customers restored`,
    )
    expectTrue(incident.probability >= 0 && incident.probability <= 1, `${id}: no probability`)
    expectTrue(
      incident.restoredAt === null || incident.restoredAt >= incident.startedAt,
      `${id}: restored before it began`,
    )
  }

  /** Usage points of transformers that have supply again by the field's word. */
  #backByWord({ repair }: Incident): Set<number> {
    const points = new Set<number>()
    for (const transformer of repair?.restoredTransformers ?? [])
      for (const point of this.#reach.below(transformer)) points.add(point)
    return points
  }

  /** Two identities below the device (or below what it was split from) said so. */
  #checkVouched(incident: Incident): void {
    expectTrue(incident.sources >= SOURCES_NEEDED, `${incident.id}: confirmed by one`)
    const areas: ReadonlySet<number>[] = []
    for (let at: Incident | undefined = incident; at && !isStation(at); ) {
      areas.push(this.#reach.below(at.device.id))
      at = at.parent === null ? undefined : this.#lives.get(at.parent)!.latest
    }
    const identities = new Set(
      this.#vouched
        .filter(({ points }) => areas.some((area) => this.#reach.within(points, area)))
        .map(({ identity }) => identity),
    )
    const split = incident.parent !== null
    expectTrue(
      split || identities.size >= SOURCES_NEEDED,
      `${incident.id}: confirmed, and only ${[...identities]} said so`,
    )
  }

  #checkEnd({ id, outageKind, outcome, mergedInto }: Incident, reason: string): void {
    const over = outageKind === 'closed'
    expectTrue(!(outcome !== null && !over), `${id}: ${outcome} and not over`)
    expectTrue((mergedInto !== null) === (outcome === 'merged'), `${id}: merged into what?`)
    for (const end of ['momentary', 'withdrawn', 'merged', 'closed'] as const)
      if (reason === end) expectTrue(over, `${id}: ${end} and not over`)
  }

  /** A merged number resolves, in whatever many steps, to one that was not merged. */
  #checkMothers(): void {
    for (const { latest } of this.#lives.values()) {
      const seen = new Set<string>()
      for (let at = latest; at.mergedInto !== null; ) {
        expectTrue(!seen.has(at.id), `${latest.id}: merged in a circle`)
        seen.add(at.id)
        const mother = this.#lives.get(at.mergedInto)
        expectTrue(mother !== undefined, `${at.id}: merged into unknown ${at.mergedInto}`)
        at = mother!.latest
      }
    }
  }

  #takeSegment(segment: InterruptionSegment): void {
    const { id, from, to } = segment
    const before = this.#segments.get(id)
    if (before) {
      const same = before.device.id === segment.device.id && before.incident === segment.incident
      expectTrue(same, `segment ${id}: another place`)
      const corrected = from < before.from && !segment.void
      const { outcome } = this.#lives.get(segment.incident)!.latest
      const takenBack = segment.void && outcome === 'falseAlarm'
      const isOver = before.to === to && (corrected || takenBack)
      const stands = !before.void && (before.to === null || isOver)
      expectTrue(stands, `segment ${id}: rewritten after its end`)
    }
    expectTrue(to === null || to >= from, `segment ${id}: ends before it begins`)
    expectTrue(this.#lives.has(segment.incident), `segment ${id}: of no incident`)
    if (!segment.void)
      expectTrue(
        segment.customers === this.#reach.below(segment.device.id).size,
        `segment ${id}: ${segment.customers} customers`,
      )
    this.#segments.set(id, segment)
  }

  /** A usage point is in at most one active interruption, and its intervals never overlap. */
  #checkOverlaps(): void {
    const outages = this.incidents.filter(isOutage)
    const active = outages.filter(({ outageKind }) => isDark(outageKind))
    forPairs(active, (a, b) =>
      expectTrue(
        !this.#reach.related(a.device.id, b.device.id),
        `${a.id} at ${a.device.id} and ${b.id} at ${b.device.id} share customers`,
      ),
    )
    const held = this.segments.filter((segment) => !segment.void)
    for (const { id, outageKind } of outages) {
      const open = held.filter((s) => s.incident === id && s.to === null)
      const wanted = isDark(outageKind) ? 1 : 0
      expectTrue(open.length === wanted, `${id} is ${outageKind} with ${open.length} open segments`)
    }
    forPairs(held, (a, b) => {
      if (!this.#reach.related(a.device.id, b.device.id)) return
      for (const point of this.#reach.shared(a.device.id, b.device.id)) {
        const name = this.#reach.nameOf(point)
        const [first, second] = [intervalOf(a, name), intervalOf(b, name)]
        expectTrue(
          !first || !second || !overlap(first, second),
          `${name} is out twice: ${a.id} at ${a.device.id} ${first}, ${b.id} at ${b.device.id} ${second}`,
        )
      }
    })
  }

  #checkFeeders(): void {
    const wanted = new Map<string, { incidents: number; customers: number }>()
    for (const incident of this.incidents.filter(isOutage)) {
      if (!isDark(incident.outageKind)) continue
      const back = incident.repair?.restoredTransformers ?? []
      for (const [feeder, customers] of this.#reach.byFeeder(incident.device.id)) {
        const sum = wanted.get(feeder) ?? { incidents: 0, customers: 0 }
        const restored = back.flatMap((id) => this.#reach.byFeeder(id).get(feeder) ?? 0)
        const out = restored.reduce((left, count) => left - count, customers)
        wanted.set(feeder, { incidents: sum.incidents + 1, customers: sum.customers + out })
      }
    }
    for (const feeder of new Set([...wanted.keys(), ...this.#feeders.keys()])) {
      const { incidents, customers } = wanted.get(feeder) ?? { incidents: 0, customers: 0 }
      const shown = this.#feeders.get(feeder)
      expectTrue(
        (shown?.incidents ?? 0) === incidents && (shown?.customersOut ?? 0) === customers,
        `feeder ${feeder}: ${shown?.incidents}/${shown?.customersOut} shown, ${incidents}/${customers} out`,
      )
    }
  }

  #checkAction(fact: ActionRequestedFact, changes: readonly Change[]): void {
    const { requestId, incident, expectedRevision } = fact
    if (this.#actions.has(requestId)) {
      expectTrue(changes.length === 0, `request ${requestId} was decided twice`)
      return
    }
    const answers = changes.filter((change) => change.type === 'action')
    expectTrue(answers.length === 1, `request ${requestId}: ${answers.length} answers`)
    const answer = answers[0]!
    this.#actions.set(requestId, answer)
    const mine = changes.find((change) => change.type === 'incident')
    expectTrue(answer.accepted === (answer.refusal === null), `${requestId}: accepted and refused`)
    const latest = this.#lives.get(incident)?.latest
    if (answer.accepted) {
      expectTrue(mine?.incident.id === incident, `${requestId}: accepted without a revision`)
      expectTrue(answer.revision === latest?.revision, `${requestId}: another revision`)
      expectTrue(mine?.incident.revision === expectedRevision + 1, `${requestId}: stale, accepted`)
    } else {
      expectTrue(changes.length === 1, `${requestId}: refused, and yet something changed`)
      const stale = latest && isOpen(latest) && latest.revision !== expectedRevision
      if (stale) expectTrue(answer.refusal === 'staleRevision', `${requestId}: ${answer.refusal}`)
    }
  }
}

/** A finding (a fuse behind the meter, a dead cell) leaves nobody without the network's supply. */
const isOutage = ({ metersAffected, originalMetersAffected, level, kind, device }: Incident) =>
  device.type !== 'substation' &&
  (metersAffected + originalMetersAffected > 0 || (level !== 'service' && kind === 'fault'))
const isDark = (outageKind: string) => outageKind !== 'restored' && outageKind !== 'closed'
const isOpen = ({ outageKind }: Incident) => outageKind !== 'closed'

type Interval = readonly [from: InstantMs, to: InstantMs]

/** When a usage point was out by this segment; undefined where an exception takes it out. */
function intervalOf(segment: InterruptionSegment, point: string): Interval | undefined {
  const exception = segment.exceptions.find(({ usagePoint }) => usagePoint === point)
  const from = exception ? exception.from : segment.from
  const to = exception ? (exception.to ?? segment.to) : segment.to
  if (from === null) return undefined
  return [from, to ?? Number.POSITIVE_INFINITY]
}

const overlap = (a: Interval, b: Interval) => a[0] < b[1] && b[0] < a[1]

function forPairs<Item>(items: readonly Item[], look: (a: Item, b: Item) => void): void {
  items.forEach((a, i) => {
    for (const b of items.slice(i + 1)) look(a, b)
  })
}

/** A broken invariant, in words. */
export class BrokenInvariant extends Error {}

function expectTrue(holds: boolean, broken: string): void {
  if (!holds) throw new BrokenInvariant(broken)
}

/** It stands for a substation, for the incidents of its feeders: they are what is checked. */
function isStation({ device }: Incident): boolean {
  return device.type === 'substation'
}
