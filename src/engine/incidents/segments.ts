/**
 * Interruption segments: device, from, to. A case has one open segment at a time; when what it
 * stands for moves, the old stretch ends (where part of it came back) or is void (where the
 * judgement was refined), and a new one begins, so intervals of a usage point never overlap.
 */
import type { InstantMs } from '../../facts/time.ts'
import type { Incident, InterruptionSegment } from '../changes.ts'
import type { World } from '../world.ts'
import type { Case } from './case.ts'
import type { Extent } from './extent.ts'

/** The segments that change with this revision of the case. */
export function nextSegment(
  world: World,
  incident: Case,
  view: Incident,
  extent: Extent,
): InterruptionSegment[] {
  const open = incident.segment
  const over = incident.outageKind === 'restored' || incident.outageKind === 'closed'
  if (!open) return over ? [] : [begin(incident, view, extent)]
  if (over) {
    incident.segment = null
    const ended = {
      ...open,
      to: Math.max(open.from, incident.restoredAt ?? world.now),
      void: incident.outcome !== null,
      momentary: incident.kind === 'momentary',
    }
    return [ended]
  }
  if (open.device.id !== view.device.id) {
    const to = endOf(incident, open)
    incident.partCameBackAt = null
    const ended = { ...open, to: Math.max(open.from, to ?? open.from), void: to === null }
    return [ended, begin(incident, view, extent)]
  }
  if (open.from === incident.darkFrom) return []
  incident.segment = { ...open, from: incident.darkFrom }
  return [incident.segment]
}

/**
 * When the stretch that is left ended: when its place came back; for a part left dark that a new
 * outage above took in, when that began. Null where the judgement was only refined.
 */
function endOf(incident: Case, open: InterruptionSegment): InstantMs | null {
  if (incident.partCameBackAt !== null) return incident.partCameBackAt
  const takenIn = incident.outageKind === 'partiallyRestored' && incident.darkFrom > open.from
  return takenIn ? incident.darkFrom : null
}

function begin(incident: Case, view: Incident, extent: Extent): InterruptionSegment {
  incident.segments++
  incident.segment = {
    id: `${view.id}-${incident.segments}`,
    incident: view.id,
    device: view.device,
    feeder: view.feeder,
    unit: view.unit,
    phases: view.phases,
    from: incident.darkFrom,
    to: null,
    customers: extent.customers,
    transformers: extent.transformers.length,
    void: false,
    momentary: false,
    exceptions: [],
  }
  return incident.segment
}
