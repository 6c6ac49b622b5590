/**
 * What must be true of all that is said, whatever happened: lives of incidents, revisions, mothers,
 * segments, answers to people, figures of feeders. It reads changes alone and shares no code with
 * the engine; what lies below a device it is told by the true network.
 */
import type {
  ActionChange,
  Change,
  Incident,
  IncidentChange,
  InterruptionSegment,
} from '../../../engine/changes.ts'
import type { ActionRequestedFact, Fact, Position } from '../../../facts/facts.ts'

/** Which states of supply may follow which; `closed` ends it. */
const MAY_FOLLOW: Readonly<Record<string, readonly string[]>> = {
  new: ['predicted', 'confirmed', 'partiallyRestored', 'closed'],
  predicted: ['predicted', 'confirmed', 'partiallyRestored', 'restored', 'closed'],
  confirmed: ['confirmed', 'partiallyRestored', 'restored', 'closed'],
  partiallyRestored: ['partiallyRestored', 'restored', 'closed'],
  restored: ['restored', 'closed'],
  closed: [],
}

/** A revision of an incident, and what was said before it. */
export interface Turn {
  readonly change: IncidentChange
  readonly before: Incident | undefined
  /** The action that this revision answers, where it does. */
  readonly asked: ActionRequestedFact | undefined
}

/** Alarms about terminals and their links, which say nothing of supply; findings of one's own side have no meters out. */
const NO_OUTAGES: readonly string[] = ['commsFault', 'terminalFault', 'metering']
/** The mother of feeders that went dark together: it stands for their incidents, and has no customers of its own. */
const isStation = ({ device }: Incident) => device.type === 'substation'
export const isOutage = (incident: Incident) =>
  incident.metersAffected > 0 && !NO_OUTAGES.includes(incident.kind) && !isStation(incident)

export const isDark = (incident: Incident) =>
  isOutage(incident) && incident.outageKind !== 'restored' && incident.outageKind !== 'closed'

export class Said {
  readonly incidents = new Map<string, Incident>()
  readonly segments = new Map<string, InterruptionSegment>()
  /** Transformers last said to be dark, of each incident. */
  readonly areas = new Map<string, readonly string[]>()
  /** Incidents whose supply a person spoke of: from there on the engine was told otherwise. */
  readonly ruledByPeople = new Set<string>()
  readonly #fail: (what: string) => void
  readonly #pointsBelow: (device: string) => ReadonlySet<number>
  readonly #actions = new Map<string, ActionChange>()
  /** What can have caused a change: facts that say or ask something. */
  readonly #speaking = new Set<Position>()
  readonly #messages = new Map<Position, string>()
  #lastTick = 0

  constructor(fail: (what: string) => void, pointsBelow: (device: string) => ReadonlySet<number>) {
    this.#fail = fail
    this.#pointsBelow = pointsBelow
  }

  get dark(): Incident[] {
    return [...this.incidents.values()].filter(isDark)
  }

  /** Takes what one fact changed; gives the revisions among it. */
  take(position: Position, fact: Fact, changes: readonly Change[]): Turn[] {
    this.#hear(position, fact)
    const asked = fact.type === 'actionRequested' ? fact : undefined
    const turns: Turn[] = []
    for (const change of changes) {
      if ('causes' in change) this.#checkCauses(position, change.causes)
      if (change.type === 'incident') turns.push(this.#takeIncident(change, asked))
      else if (change.type === 'segment') this.#takeSegment(change.segment)
      else if (change.type === 'area') this.areas.set(change.incident, change.dark)
    }
    if (asked) this.#checkAnswer(asked, changes)
    if (turns.length > 0) {
      this.#checkMothers()
      this.#checkShared()
    }
    return turns
  }

  /** Intervals of a usage point never overlap; open segments belong to dark incidents. */
  checkSegments(): void {
    const held = [...this.segments.values()].filter((segment) => !segment.void)
    for (const incident of this.incidents.values()) {
      const open = held.filter(({ incident: of, to }) => of === incident.id && to === null)
      const wanted = isDark(incident) ? 1 : 0
      this.#expect(
        open.length === wanted,
        `${incident.id} is ${incident.outageKind} with ${open.length} open segments`,
      )
    }
    held.forEach((a, i) => {
      for (const b of held.slice(i + 1)) this.#checkApart(a, b)
    })
  }

  #hear(position: Position, fact: Fact): void {
    if (fact.type === 'tick') {
      this.#expect(fact.at >= this.#lastTick, `time goes back at ${position}`)
      this.#lastTick = fact.at
    } else this.#speaking.add(position)
    if (fact.type !== 'report' || !fact.messageId) return
    // Without a number and without a time nothing tells a copy from a new report (DESIGN 1.4).
    if (fact.seq === undefined && fact.at === undefined) return
    this.#messages.set(position, fact.messageId)
  }

  #checkCauses(position: Position, causes: readonly Position[]): void {
    for (const cause of causes)
      this.#expect(
        cause <= position && this.#speaking.has(cause),
        `cause ${cause} of ${position} says nothing`,
      )
  }

  #takeIncident(change: IncidentChange, asked: ActionRequestedFact | undefined): Turn {
    const { incident, reason } = change
    const { id, outageKind, outcome, mergedInto } = incident
    const before = this.incidents.get(id)
    const from = before?.outageKind ?? 'new'
    this.#expect(
      incident.revision === (before?.revision ?? 0) + 1,
      `${id}: revision ${incident.revision} after ${before?.revision ?? 0}`,
    )
    this.#expect(MAY_FOLLOW[from]!.includes(outageKind), `${id}: ${outageKind} after ${from}`)
    if (!before) this.#expect(change.causes.length > 0, `${id}: opened by nothing`)
    else {
      this.#expect(incident.grade <= before.grade || asked !== undefined, `${id}: grade fell`)
      this.#expect(
        incident.parent === before.parent || this.#isAdopted(before, incident),
        `${id}: changed its parent`,
      )
    }
    this.#expect(
      incident.parent === null || this.incidents.has(incident.parent),
      `${id}: parent ${incident.parent} is unknown`,
    )
    this.#expect(
      incident.restoredAt === null || incident.restoredAt >= incident.startedAt,
      `${id}: restored before it began`,
    )
    this.#expect(outcome === null || outageKind === 'closed', `${id}: ${outcome} and not over`)
    this.#expect((mergedInto !== null) === (outcome === 'merged'), `${id}: merged into what?`)
    for (const end of ['momentary', 'withdrawn', 'merged', 'closed'] as const)
      this.#expect(reason !== end || outageKind === 'closed', `${id}: ${end} and not over`)
    this.#checkEvidence(incident)
    if (asked && ['restore', 'falseAlarm', 'confirm', 'partial', 'close'].includes(asked.action))
      this.ruledByPeople.add(id)
    this.incidents.set(id, incident)
    return { change, before, asked }
  }

  /** The one way to a parent that came later: a feeder's incident finds its substation's. */
  #isAdopted(before: Incident, { parent }: Incident): boolean {
    const mother = this.incidents.get(parent ?? '')
    return before.parent === null && mother !== undefined && isStation(mother)
  }

  /** A message that came twice is one piece of evidence. */
  #checkEvidence({ id, evidence }: Incident): void {
    const seen = new Set<string>()
    for (const { position, observer, said } of evidence) {
      const message = this.#messages.get(position)
      if (message === undefined) continue
      const key = `${message} ${observer} ${said}`
      this.#expect(!seen.has(key), `${id}: ${message} of ${observer} counts twice`)
      seen.add(key)
    }
  }

  /** A merged number resolves, in whatever many steps, to one that was not merged. */
  #checkMothers(): void {
    for (const incident of this.incidents.values()) {
      const seen = new Set<string>()
      for (let at = incident; at.mergedInto !== null; ) {
        const mother = this.incidents.get(at.mergedInto)
        this.#expect(!seen.has(at.id), `${incident.id}: merged in a circle`)
        this.#expect(mother !== undefined, `${at.id}: merged into unknown ${at.mergedInto}`)
        if (!mother || seen.has(at.id)) break
        seen.add(at.id)
        at = mother
      }
    }
  }

  /** A substation's incident ends with the last of its feeders'. */
  checkStations(): void {
    const dark = this.dark
    for (const { id, outageKind } of [...this.incidents.values()].filter(isStation))
      this.#expect(
        outageKind === 'closed' || dark.some(({ parent }) => parent === id),
        `${id} is ${outageKind}, and all its feeders are back`,
      )
  }

  /** A usage point is in at most one active interruption. */
  #checkShared(): void {
    const claimed = new Map<number, Incident>()
    for (const incident of this.dark)
      for (const point of this.#pointsBelow(incident.device.id)) {
        const other = claimed.get(point)
        this.#expect(
          other === undefined,
          `${incident.id} at ${incident.device.id} and ${other?.id} at ${other?.device.id} share customers`,
        )
        claimed.set(point, incident)
      }
  }

  #takeSegment(segment: InterruptionSegment): void {
    const { id, from, to } = segment
    const before = this.segments.get(id)
    if (before) {
      const same = before.device.id === segment.device.id && before.incident === segment.incident
      this.#expect(same, `segment ${id}: another place`)
      // What is over may only turn out to have begun earlier, or to be a false alarm.
      const corrected = from < before.from && !segment.void
      const { outcome } = this.incidents.get(segment.incident)!
      const takenBack = segment.void && outcome === 'falseAlarm'
      const isOver = before.to === to && (corrected || takenBack)
      const stands = !before.void && (before.to === null || isOver)
      this.#expect(stands, `segment ${id}: rewritten after its end`)
    }
    this.#expect(to === null || to >= from, `segment ${id}: ends before it begins`)
    this.#expect(this.incidents.has(segment.incident), `segment ${id}: of no incident`)
    this.segments.set(id, segment)
  }

  #checkApart(a: InterruptionSegment, b: InterruptionSegment): void {
    const end = ({ to }: InterruptionSegment) => to ?? Number.POSITIVE_INFINITY
    // Exceptions name single points; the segment as a whole is judged.
    if (a.from >= end(b) || b.from >= end(a) || a.exceptions.length + b.exceptions.length > 0)
      return
    const below = this.#pointsBelow(b.device.id)
    for (const point of this.#pointsBelow(a.device.id))
      if (below.has(point)) {
        this.#expect(
          false,
          `out twice: ${a.id} at ${a.device.id} ${a.from}–${a.to}, ${b.id} at ${b.device.id} ${b.from}–${b.to}`,
        )
        return
      }
  }

  #checkAnswer(fact: ActionRequestedFact, changes: readonly Change[]): void {
    const { requestId, incident, expectedRevision } = fact
    if (this.#actions.has(requestId)) {
      this.#expect(changes.length === 0, `request ${requestId} was decided twice`)
      return
    }
    const answer = changes.find((change) => change.type === 'action')
    this.#expect(answer !== undefined, `request ${requestId}: no answer`)
    if (!answer) return
    this.#actions.set(requestId, answer)
    const latest = this.incidents.get(incident)
    if (answer.accepted)
      this.#expect(
        latest !== undefined && latest.revision > expectedRevision,
        `${requestId}: accepted without a revision`,
      )
    else this.#expect(changes.length === 1, `${requestId}: refused, and yet something changed`)
  }

  #expect(holds: boolean, broken: string): void {
    if (!holds) this.#fail(broken)
  }
}
