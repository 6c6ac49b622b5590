/** The truth of a run beside what the program said, compared as `score` compares them. */
import { audit, type SaidIncident } from '../../../simulators/auditor.ts'
import type { TruthLine } from '../../../simulators/truth.ts'
import type { Incident } from '../../engine/changes.ts'
import type { NamedDevice, SimulationResult, TrueFault } from '../../http/simulator-port.ts'

/** Faults and false incidents shown; the score counts all that are kept. */
const MAX_SHOWN = 60

/** `nameOf` gives the name of a device; of a customer, whose service has none, the id. */
export function resultOf(
  truth: readonly TruthLine[],
  incidents: readonly Incident[],
  nameOf: (device: string) => string,
): SimulationResult {
  const { faults, falseIncidents, momentary, withdrawn, totals } = audit(truth, incidents.map(said))
  const named = (id: string): NamedDevice => ({ id, name: nameOf(id) })
  const began = new Map<string, number>()
  const ended = new Map<string, number>()
  for (const line of truth)
    if (line.event === 'fault') began.set(line.fault, Date.parse(line.at))
    else if (line.event === 'restored') ended.set(line.fault, Date.parse(line.at))
  const rows = faults.map(
    (fault): TrueFault => ({
      fault: fault.fault,
      device: named(fault.device),
      level: fault.level,
      customers: fault.usagePoints,
      at: began.get(fault.fault)!,
      restoredAt: ended.get(fault.fault) ?? null,
      seen: fault.seen,
      incident: fault.incident,
      named: fault.named === null ? null : named(fault.named),
      place: fault.place,
      confirmed: fault.confirmed,
      sensedAfterMs: fault.sensedAfterMs,
      restoredAfterMs: fault.restoredAfterMs,
      duplicates: fault.duplicates,
    }),
  )
  const byId = new Map<string, Incident>(incidents.map((incident) => [incident.id, incident]))
  const { levelRight: _, restoredSeen: __, ...score } = totals
  return {
    faults: rows.reverse().slice(0, MAX_SHOWN),
    falseIncidents: falseIncidents.slice(0, MAX_SHOWN).map((incident) => {
      const { device } = byId.get(incident)!
      return { incident, device: { id: device.id, name: device.name } }
    }),
    score: {
      ...score,
      falseIncidents: falseIncidents.length,
      withdrawn,
      momentary: momentary.count,
      momentaryQuiet: momentary.quiet,
    },
  }
}

function said(incident: Incident): SaidIncident {
  return { ...incident, rivals: [...incident.rivals] }
}
