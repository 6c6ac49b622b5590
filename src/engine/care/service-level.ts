/**
 * How attentively an incident is to be served (服务等级 1–4), and why: what is noted of its customers and
 * areas, who of them is sensitive, and how often they urged. The most attentive reason holds.
 */
import type { CareReason } from '../../facts/care.ts'
import { DEVICE_TYPES } from '../../grid/model.ts'
import type { Case } from '../incidents/case.ts'
import type { Extent } from '../incidents/extent.ts'
import { NONE } from '../inference/network.ts'
import type { ServiceLevelRules } from '../repair/repair-rules.ts'
import { SERVICE_REASONS, type ServiceReason } from '../vocabulary.ts'
import type { World } from '../world.ts'

const TRANSFORMER = DEVICE_TYPES.indexOf('transformer')
const USUAL = 4

/** What is noted of the customers and areas of an incident, each reason once. */
export function notedOf(world: World, incident: Case, extent: Extent): ReadonlySet<CareReason> {
  const found = new Set<CareReason>()
  if (world.care.isEmpty) return found
  const own = incident.observer === NONE ? NONE : world.grid.observers.target[incident.observer]!
  const look = (device: number, holds: (point: number) => boolean) => {
    for (const { note, point } of world.care.at(device))
      if (note.until > world.now && holds(point)) found.add(note.reason)
  }
  for (const device of extent.devices) look(device, (point) => own === NONE || point === own)
  const area = areaAbove(world, incident.head)
  if (area !== undefined) look(area, (point) => point === NONE)
  return found
}

/** The transformer whose area the place is part of. */
function areaAbove({ grid, topology }: World, head: number): number | undefined {
  for (let device = head; device >= 0; device = topology.parent[device]!)
    if (grid.devices.type[device] === TRANSFORMER) return device
  return undefined
}

/** The reasons that hold, in the order of `SERVICE_REASONS`. */
export function reasonsOf(
  noted: ReadonlySet<CareReason>,
  { sensitive, lifeSupport }: Pick<Extent, 'sensitive' | 'lifeSupport'>,
  urges: number,
  { urgesFrom }: ServiceLevelRules,
): ServiceReason[] {
  const holds = new Set<ServiceReason>(noted)
  if (lifeSupport > 0) holds.add('lifeSupport')
  if (sensitive > lifeSupport) holds.add('sensitive')
  if (urges >= urgesFrom) holds.add('urges')
  return SERVICE_REASONS.filter((reason) => holds.has(reason))
}

/** The most attentive level that any of the reasons asks for; 4 without one. */
export function levelFor(
  reasons: readonly ServiceReason[],
  { levels }: ServiceLevelRules,
): Case['serviceLevel'] {
  return Math.min(USUAL, ...reasons.map((reason) => levels[reason])) as Case['serviceLevel']
}
