/** Turns an incident into the parts of its one-sentence summary; the words are the catalogue's. */
import type { IncidentPayload } from '../api/payloads.ts'
import type { Format } from '../i18n/format.ts'
import type { Catalogue } from '../i18n/zh-CN.ts'
import { isFinding } from './group.ts'
import type { Names } from './names.ts'

/**
 * Customers without power now, of one incident. `metersAffected` lies below the device judged now
 * and shrinks when the fault is found further down; `customersRestored` counts from the original.
 */
export function customersOut(incident: IncidentPayload): number {
  if (incident.outageKind === 'restored' || incident.outageKind === 'closed') return 0
  const most = Math.max(incident.originalMetersAffected, incident.metersAffected)
  return Math.max(0, Math.min(incident.metersAffected, most - incident.customersRestored))
}

/** The figure that stands for an incident in a list: a large nought says nothing of what came back. */
export interface CustomersShown {
  readonly count: number
  readonly what: 'out' | 'back'
  /** Back already while others wait; 0 where nobody is or everybody. */
  readonly backToo: number
}

/** Who is without supply; where nobody is any more, who was and has it again. */
export function customersShown(incident: IncidentPayload): CustomersShown {
  const { outageKind, originalMetersAffected: all, customersRestored } = incident
  if (outageKind === 'restored' || outageKind === 'closed')
    return { count: all, what: 'back', backToo: 0 }
  const out = customersOut(incident)
  if (outageKind !== 'partiallyRestored') return { count: out, what: 'out', backToo: 0 }
  if (out === 0) return { count: customersRestored, what: 'back', backToo: 0 }
  return { count: out, what: 'out', backToo: customersRestored }
}

export function headlineOf(
  incident: IncidentPayload,
  names: Names,
  text: Catalogue,
  format: Format,
): string {
  return text.headline({
    unit: names.unit(incident.unit),
    feeder: incident.feeder === null ? null : names.feeder(incident.feeder),
    device: deviceName(incident.device, text),
    level: text.level[incident.level],
    transformers: incident.transformersAffected,
    customers: format.number(Math.max(incident.originalMetersAffected, incident.metersAffected)),
    customersNow: format.number(customersOut(incident)),
    state: incident.outageKind,
    outcome: incident.outcome,
    finding: isFinding(incident) ? text.kind[incident.kind] : null,
  })
}

/** A device's own name, or its type and id where the grid gives it none. */
export function deviceName(device: IncidentPayload['device'], text: Catalogue): string {
  if (device.name !== '' && device.name !== device.id) return device.name
  return `${text.deviceType[device.type]} ${device.id}`
}
