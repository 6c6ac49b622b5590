/**
 * Interruption segments: device, from, to. A case has one open segment at a time; when what it
 * stands for moves, the old stretch ends (where part of it came back) or is void (where the
 * judgement was refined), and a new one begins, so intervals of a usage point never overlap.
 */
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
    // What came back ends its stretch there; a judgement that was only refined never was one.
    const cameBack = incident.darkFrom > open.from && incident.outageKind === 'partiallyRestored'
    const ended = { ...open, to: cameBack ? incident.darkFrom : open.from, void: !cameBack }
    return [ended, begin(incident, view, extent)]
  }
  if (open.from === incident.darkFrom) return []
  incident.segment = { ...open, from: incident.darkFrom }
  return [incident.segment]
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
