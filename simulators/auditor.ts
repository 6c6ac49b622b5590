/**
 * Compares what the program said with what really happened: which faults were found, whether the
 * right device was named, how soon, and what was said without cause. It knows the truth file and
 * the incidents of the published interface, nothing of how they were judged.
 */
import { z } from 'zod'
import type { FaultLevel } from './level.ts'
import type { FaultPlaceLine, TruthLine } from './truth.ts'

const time = z.iso.datetime().transform((text) => Date.parse(text))
const device = z.object({ id: z.string() })

/** What the auditor reads of an incident (CONTRACT §5). */
export const saidIncident = z.object({
  id: z.string(),
  parent: z.string().nullable(),
  kind: z.string(),
  outageKind: z.string(),
  outcome: z.string().nullable(),
  mergedInto: z.string().nullable(),
  level: z.string(),
  feeder: z.string().nullable(),
  device,
  rivals: z.array(z.object({ device, indistinguishable: z.boolean().optional() })),
  originalMetersAffected: z.number(),
  startedAt: time,
  sensedAt: time,
  restoredAt: time.nullable(),
})
export type SaidIncident = z.infer<typeof saidIncident>

/** How the device named stands to the one that opened. */
export type Place = 'same' | 'indistinguishable' | 'above' | 'below'

/** Best first. */
const RANK: Readonly<Record<Place, number>> = { same: 0, indistinguishable: 1, below: 2, above: 3 }

/** One real fault and what was said of it. */
export interface FaultScore {
  readonly fault: string
  readonly device: string
  readonly level: FaultLevel
  readonly usagePoints: number
  /** At least one report of it was sent, so it could be found at all. */
  readonly seen: boolean
  readonly incident: string | null
  readonly named: string | null
  readonly place: Place | null
  readonly levelRight: boolean
  readonly confirmed: boolean
  readonly sensedAfterMs: number | null
  readonly restored: boolean
  /** The program said so too; null where the fault was never restored. */
  readonly restoredSeen: boolean | null
  readonly restoredAfterMs: number | null
  /** Further incidents for the same fault, neither merged, withdrawn nor split from the first. */
  readonly duplicates: readonly string[]
}

export interface Score {
  readonly faults: readonly FaultScore[]
  readonly momentary: {
    readonly count: number
    /** Told as momentary, withdrawn, or not told at all. */
    readonly quiet: number
  }
  /** Incidents that stand for nothing that happened. */
  readonly falseIncidents: readonly string[]
  readonly withdrawn: number
  readonly totals: {
    readonly faults: number
    readonly seen: number
    readonly found: number
    /** Right device, or one that no observer can tell from it. */
    readonly right: number
    readonly recall: number
    readonly recallSeen: number
    readonly precision: number
    readonly levelRight: number
    readonly restoredSeen: number
    readonly duplicates: number
    readonly medianSensedMs: number | null
    /** Of usage points: those said to be out, against those that were. */
    readonly meterPrecision: number
    readonly meterRecall: number
  }
}

/** Slowest report that still belongs to a fault after its end, and terminals with fast clocks. */
const SLACK_MS = 600_000

interface RealFault extends FaultPlaceLine {
  readonly momentary: boolean
  readonly fromMs: number
  toMs: number | null
  /** Devices that hold part of it open after a partial restoration. */
  readonly keeps: string[]
}

/** Judges `incidents` against the lines of a truth file. */
export function audit(truth: readonly TruthLine[], incidents: readonly SaidIncident[]): Score {
  const real = realFaults(truth)
  const byId = new Map(incidents.map((incident) => [incident.id, incident]))
  const standing = incidents.filter((incident) => incident.outcome === null)
  const claims = new Map<RealFault, SaidIncident[]>()
  const falseIncidents: string[] = []
  for (const incident of standing) {
    const fault = bestFault(real, incident)
    if (!fault) falseIncidents.push(incident.id)
    else claims.set(fault, [...(claims.get(fault) ?? []), incident])
  }
  const sustained = real.filter((fault) => !fault.momentary)
  const momentary = real.filter((fault) => fault.momentary)
  const faults = sustained.map((fault) => scoreFault(fault, claims.get(fault) ?? [], byId))
  const quiet = momentary.filter((fault) =>
    (claims.get(fault) ?? []).every((incident) => incident.kind === 'momentary'),
  ).length
  return {
    faults,
    momentary: { count: momentary.length, quiet },
    falseIncidents,
    withdrawn: incidents.filter(({ outcome }) => outcome !== null && outcome !== 'merged').length,
    totals: totalsOf(faults, falseIncidents.length, meterCounts(sustained, claims)),
  }
}

function realFaults(truth: readonly TruthLine[]): RealFault[] {
  const faults = new Map<string, RealFault>()
  for (const line of truth) {
    const atMs = Date.parse(line.at)
    if (line.event === 'fault' || line.event === 'momentary') {
      const momentary = line.event === 'momentary'
      faults.set(line.fault, { ...line, momentary, fromMs: atMs, toMs: null, keeps: [] })
    } else if (line.event === 'partial') faults.get(line.fault)?.keeps.push(line.keeps)
    else if (line.event === 'restored') {
      const fault = faults.get(line.fault)
      if (fault) fault.toMs = atMs
    }
  }
  return [...faults.values()]
}

/** The fault an incident tells of: the best related one of its time. */
function bestFault(faults: readonly RealFault[], incident: SaidIncident): RealFault | undefined {
  let best: { fault: RealFault; rank: number; distance: number } | undefined
  for (const fault of faults) {
    const place = placeOf(fault, incident)
    if (place === null || !isInTime(fault, incident)) continue
    const distance = Math.abs(incident.startedAt - fault.fromMs)
    const candidate = { fault, rank: RANK[place], distance }
    const isBetter =
      !best ||
      candidate.rank < best.rank ||
      (candidate.rank === best.rank && distance < best.distance)
    if (isBetter) best = candidate
  }
  return best?.fault
}

/** Whether the incident's life and the fault's, with what comes late, overlap. */
function isInTime(fault: RealFault, incident: SaidIncident): boolean {
  const endMs = fault.toMs ?? Number.POSITIVE_INFINITY
  const goneMs = incident.restoredAt ?? Number.POSITIVE_INFINITY
  return goneMs >= fault.fromMs && incident.startedAt <= endMs + SLACK_MS
}

function placeOf(fault: RealFault, incident: SaidIncident): Place | null {
  const named = incident.device.id
  if (named === fault.device || fault.keeps.includes(named)) return 'same'
  const twins = incident.rivals.filter((rival) => rival.indistinguishable)
  if (twins.some((rival) => rival.device.id === fault.device)) return 'indistinguishable'
  if (fault.above.includes(named)) return 'above'
  if (fault.below?.includes(named) || fault.meters?.includes(named)) return 'below'
  return null
}

function scoreFault(
  fault: RealFault,
  claims: readonly SaidIncident[],
  byId: ReadonlyMap<string, SaidIncident>,
): FaultScore {
  const placed = claims
    .map((incident) => ({ incident, place: placeOf(fault, incident)! }))
    .sort((a, b) => RANK[a.place] - RANK[b.place] || a.incident.sensedAt - b.incident.sensedAt)
  const main = placed[0]
  const restoredAt = main?.incident.restoredAt ?? null
  return {
    fault: fault.fault,
    device: fault.device,
    level: fault.level,
    usagePoints: fault.usagePoints,
    seen: fault.heard > 0,
    incident: main?.incident.id ?? null,
    named: main?.incident.device.id ?? null,
    place: main?.place ?? null,
    levelRight: main?.incident.level === fault.level,
    confirmed: main !== undefined && main.incident.outageKind !== 'predicted',
    sensedAfterMs: main
      ? Math.min(...claims.map((incident) => incident.sensedAt)) - fault.fromMs
      : null,
    restored: fault.toMs !== null,
    restoredSeen: fault.toMs === null ? null : restoredAt !== null,
    restoredAfterMs: fault.toMs === null || restoredAt === null ? null : restoredAt - fault.toMs,
    duplicates: placed
      .slice(1)
      .filter(({ incident }) => !descendsFrom(incident, main!.incident, byId))
      .map(({ incident }) => incident.id),
  }
}

/** What was split off from an incident is no duplicate of it, nor the other way round. */
function descendsFrom(
  a: SaidIncident,
  b: SaidIncident,
  byId: ReadonlyMap<string, SaidIncident>,
): boolean {
  const reaches = (from: SaidIncident, to: SaidIncident) => {
    const visited = new Set<string>()
    for (let at: SaidIncident | undefined = from; at && !visited.has(at.id); ) {
      if (at.id === to.id) return true
      visited.add(at.id)
      at = at.parent === null ? undefined : byId.get(at.parent)
    }
    return false
  }
  return reaches(a, b) || reaches(b, a)
}

/** Usage points that were out, that were said to be, and both. */
function meterCounts(
  faults: readonly RealFault[],
  claims: ReadonlyMap<RealFault, readonly SaidIncident[]>,
) {
  let out = 0
  let said = 0
  let both = 0
  for (const fault of faults) {
    out += fault.usagePoints
    const incidents = claims.get(fault) ?? []
    const claimed = Math.max(0, ...incidents.map((incident) => incident.originalMetersAffected))
    said += claimed
    // Named devices lie on one path or below, so of two areas one holds the other.
    both += Math.min(claimed, fault.usagePoints)
  }
  return { out, said, both }
}

function totalsOf(
  faults: readonly FaultScore[],
  falseIncidents: number,
  meters: { out: number; said: number; both: number },
): Score['totals'] {
  const count = (test: (fault: FaultScore) => unknown) => faults.filter(test).length
  const isRight = ({ place }: FaultScore) => place === 'same' || place === 'indistinguishable'
  const right = count(isRight)
  const duplicates = faults.reduce((sum, fault) => sum + fault.duplicates.length, 0)
  const found = count((fault) => fault.incident !== null)
  const said = found + duplicates + falseIncidents
  const times = faults
    .flatMap((fault) => (fault.sensedAfterMs === null ? [] : [fault.sensedAfterMs]))
    .sort((a, b) => a - b)
  return {
    faults: faults.length,
    seen: count((fault) => fault.seen),
    found,
    right,
    recall: share(right, faults.length),
    recallSeen: share(
      count((fault) => fault.seen && isRight(fault)),
      count((fault) => fault.seen),
    ),
    precision: share(right, said),
    levelRight: count((fault) => fault.levelRight),
    restoredSeen: count((fault) => fault.restoredSeen),
    duplicates,
    medianSensedMs: times[times.length >> 1] ?? null,
    meterPrecision: share(meters.both, meters.said),
    meterRecall: share(meters.both, meters.out),
  }
}

/** A share of nothing is whole: nothing was missed. */
function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole
}
