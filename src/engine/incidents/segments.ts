/**
 * Interruption segments: device, from, to. A case has one open segment at a time; when what it
 * stands for moves, the old stretch ends (where part of it came back) or is void (where the
 * judgement was refined), and a new one begins, so intervals of a usage point never overlap.
 */
import type { DeviceId } from '../../facts/ids.ts'
import type { InstantMs } from '../../facts/time.ts'
import { refedBelow } from '../../grid/refed.ts'
import type { Incident, InterruptionSegment } from '../changes.ts'
import { NONE } from '../inference/network.ts'
import { backTransformers, backUsagePoints } from '../repair/back.ts'
import type { World } from '../world.ts'
import type { Case } from './case.ts'
import type { Extent } from './extent.ts'

/** Stretches kept for a false alarm to take back, newest last: far more than an outage comes back in. */
const MAX_STRETCHES = 50

/** The segments that change with this revision of the case. */
export function nextSegment(
  world: World,
  incident: Case,
  view: Incident,
  extent: Extent,
): InterruptionSegment[] {
  const over = incident.outageKind === 'restored' || incident.outageKind === 'closed'
  const changed: InterruptionSegment[] = []
  const open = incident.segment
  if (!open && over) return takenBack(incident)
  if (open && (open.device.id !== view.device.id || incident.partCameBackAt !== null))
    changed.push(leave(world, incident, open))
  const before = incident.segment
  const begun = before
    ? { ...before, from: incident.darkFrom }
    : begin(world, incident, view, extent)
  const now = { ...begun, exceptions: backSince(world, incident, begun.from) }
  incident.segment = over ? null : now
  incident.ended = over ? finish(world, incident, now) : null
  if (incident.ended) changed.push(...takenBack(incident), incident.ended)
  else if (before?.from !== now.from || before.exceptions.length !== now.exceptions.length)
    changed.push(now)
  return changed
}

/** The stretch at the place the case leaves: ended there, or void. */
function leave(world: World, incident: Case, open: InterruptionSegment): InterruptionSegment {
  const to = endOf(incident, open)
  if (to !== null) world.ended.addStretch(world.network, incident.segmentAt, to)
  incident.partCameBackAt = null
  incident.segment = null
  const left = { ...open, to: Math.max(open.from, to ?? open.from), void: to === null }
  if (to !== null) incident.stretches = [...incident.stretches, left].slice(-MAX_STRETCHES)
  return left
}

/** What ended before it was called a false alarm, and counted until then: all of it is void. */
function takenBack(incident: Case): InterruptionSegment[] {
  if (incident.outcome !== 'falseAlarm') return []
  const { stretches, ended } = incident
  const counted = [...stretches, ...(ended ? [ended] : [])].filter((one) => !one.void)
  incident.stretches = []
  if (ended) incident.ended = { ...ended, void: true }
  return counted.map((one) => ({ ...one, void: true }))
}

function finish(world: World, incident: Case, last: InterruptionSegment): InterruptionSegment {
  return {
    ...last,
    to: Math.max(last.from, incident.restoredAt ?? world.now),
    void: incident.outcome !== null && !endedBefore(incident),
    momentary: incident.kind === 'momentary',
  }
}

/** Merged into what was dark only after its own stretch was over. */
const endedBefore = ({ outcome, restoredAt }: Case) => outcome === 'merged' && restoredAt !== null

/**
 * When the stretch that is left ended: when its place came back; for a part left dark that a new
 * outage above took in, when that began. Null where the judgement was only refined.
 */
function endOf(incident: Case, open: InterruptionSegment): InstantMs | null {
  if (incident.partCameBackAt !== null) return incident.partCameBackAt
  const takenIn = incident.outageKind === 'partiallyRestored' && incident.darkFrom > open.from
  return takenIn ? incident.darkFrom : null
}

/** Usage points that were dark for less than the rest: their transformer came back by somebody's word. */
function backSince(
  world: World,
  incident: Case,
  from: InstantMs,
): InterruptionSegment['exceptions'] {
  return backUsagePoints(world, incident).map(({ usagePoint, at }) => {
    return { usagePoint, from, to: Math.max(from, at) }
  })
}

function refedIn(
  { topology }: World,
  { head, observer }: Case,
): Pick<InterruptionSegment, 'refed'> {
  if (topology.normal || observer !== NONE) return {}
  const { won, lost } = refedBelow(topology, head)
  if (won.length + lost.length === 0) return {}
  const idOf = (device: number) => topology.grid.devices.ids.idOf(device) as DeviceId
  return { refed: { won: won.map(idOf), lost: lost.map(idOf) } }
}

function begin(world: World, incident: Case, view: Incident, extent: Extent): InterruptionSegment {
  incident.segments++
  incident.segmentAt = { head: incident.head, observer: incident.observer }
  return {
    id: `${view.id}-${incident.segments}`,
    incident: view.id,
    device: view.device,
    feeder: view.feeder,
    unit: view.unit,
    phases: view.phases,
    from: incident.darkFrom,
    to: null,
    // All that lies below it: those who differ are exceptions.
    customers: extent.customers + backUsagePoints(world, incident).length,
    transformers: extent.transformers.length + backTransformers(world, incident).length,
    ...refedIn(world, incident),
    void: false,
    momentary: false,
    exceptions: [],
  }
}
