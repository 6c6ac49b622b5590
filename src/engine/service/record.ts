/** What a notice says (`domain.md` §4.1), compiled from its incident at each revision. */
import { DEVICE_TYPES, IMPORTANCES } from '../../grid/model.ts'
import type { DeviceRef, EvidenceItem, Incident, Notice, NoticeRoute } from '../changes.ts'
import type { Case } from '../incidents/case.ts'
import type { Extent } from '../incidents/extent.ts'
import { deviceRef } from '../incidents/naming.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { institutionsBelow } from './institutions.ts'
import type { NoticeState } from './notice-state.ts'
import { outlineOf } from './outline.ts'
import { urgencyOf } from './urgency.ts'

/** Transformers and important users named; the counts beside them are whole. */
const MOST_NAMED = 200

const DEDICATED = 1

/** The notice as it stands, from the incident just made of the case. */
export function noticeOf(
  world: World,
  incident: Case,
  notice: NoticeState,
  view: Incident,
  extent: Extent,
): Notice {
  const { grid } = world
  const feeder = grid.feeders.find(({ id }) => id === view.feeder)
  const substation = feeder && grid.substations[feeder.substation]
  const dedicated = extent.transformers.filter(
    (device) => grid.devices.ownership[device] === DEDICATED,
  ).length
  const mother = view.parent ?? view.mergedInto
  return {
    no: notice.no,
    incident: view.id,
    revision: notice.revision,
    status: notice.status,
    parentNo: mother === null ? null : parentNoOf(world, incident, notice),
    ruleVersion: view.ruleVersion,
    trigger: triggerOf(incident.evidence),
    probability: view.probability,
    outageType: view.kind,
    level: view.level,
    grade: view.grade,
    urgency: urgencyOf(incident),
    device: view.device,
    verification: view.verification,
    trip: notice.trip ?? null,
    path: pathOf(world, incident.head),
    area: outlineOf(grid, extent.transformers),
    plannedPeriod: plannedPeriodOf(world, incident),
    etrRevisions: incident.repair.etrs,
    firstRestoredAt: notice.partBackAt ?? null,
    causeKnown: causeKnownOf(incident),
    causeBy: causeByOf(incident),
    site: incident.repair.site?.situation ?? null,
    phases: view.phases,
    unit: view.unit,
    substation: substation?.name ?? null,
    feeder: feeder?.name ?? null,
    transformers: extent.transformers.slice(0, MOST_NAMED).map((device) => {
      const kva = grid.devices.kva[device]!
      return {
        id: grid.devices.ids.idOf(device) as Notice['device']['id'],
        name: grid.devices.nameOf(device),
        dedicated: grid.devices.ownership[device] === DEDICATED,
        kva: Number.isFinite(kva) && kva > 0 ? kva : null,
      }
    }),
    publicTransformers: extent.transformers.length - dedicated,
    dedicatedTransformers: dedicated,
    customers: extent.customers,
    importantUsers: importantBelow(world, extent),
    importantCount: view.important,
    sensitiveCount: view.sensitiveCount,
    institutions: institutionsBelow(world, incident, extent),
    startedAt: view.startedAt,
    sensedAt: view.sensedAt,
    proposedAt: notice.proposedAt,
    publishedAt: notice.publishedAt,
    publishedBy: notice.publishedBy,
    arrivedAt: incident.done.arrive ?? null,
    restoredAt: view.restoredAt,
    etr: view.estimatedPeriod?.end ?? null,
    etrSource: view.etrSource,
    cause: view.cause,
    crew: view.crew,
    stage: view.stage,
    restored: restoredPart(view),
    routes: routesOf(world, incident),
  }
}

/** Of the mother it went into, else of the one it was split off from, whose case may be filed by then. */
function parentNoOf(world: World, incident: Case, notice: NoticeState): string | null {
  const noOf = (number: number) => world.cases.get(number)?.notice?.no ?? null
  if (incident.mergedInto !== null) return noOf(incident.mergedInto)
  const no = noOf(incident.parent!)
  if (no !== null) notice.parentNo = no
  return no ?? notice.parentNo ?? null
}

/** Devices above a head: at most as many as a feeder has in a row. */
function pathOf({ network }: World, head: number): DeviceRef[] {
  const above: DeviceRef[] = []
  for (let at = network.above[head]!; at !== NONE; at = network.above[at]!)
    above.unshift(deviceRef(network, at, NONE))
  return above
}

function plannedPeriodOf({ plans }: World, { plan }: Case): Notice['plannedPeriod'] {
  const held = plan === null ? undefined : plans.byId.get(plan)
  if (!held) return null
  return { start: held.from, end: held.to, temporary: held.temporary === true }
}

/** A cause given before anybody was there is a first judgement (初判). */
function causeKnownOf({ cause, repair }: Case): Notice['causeKnown'] {
  if (cause === null) return null
  return repair.causeBy === 'field' ? 'confirmed' : 'supposed'
}

/** Whose word the cause is. */
function causeByOf({ cause, repair: { causeSaid } }: Case): Notice['causeBy'] {
  return cause === null || causeSaid === null ? null : { by: causeSaid.by, role: causeSaid.role }
}

/** What first told of it: 采控终端, 配电自动化, 客户报修. */
function triggerOf(evidence: readonly EvidenceItem[]): Notice['trigger'] {
  const first = evidence.at(-1)?.observerClass
  if (first === 'caller') return 'caller'
  if (first === 'scada' || first === 'ftu' || first === 'dtu') return 'automation'
  return first === undefined ? 'staff' : 'terminal'
}

/** 未送电, 部分送电, 全部送电. */
function restoredPart({ outageKind, customersRestored }: Incident): Notice['restored'] {
  if (outageKind === 'restored' || outageKind === 'closed') return 'all'
  return customersRestored > 0 ? 'part' : 'none'
}

function importantBelow({ grid }: World, extent: Extent): Notice['importantUsers'] {
  const { usagePoints } = grid
  const found: { usagePoint: string; importance: (typeof IMPORTANCES)[number] }[] = []
  if (extent.important === 0) return found
  for (const device of extent.devices)
    for (let u = usagePoints.first[device]!; u < usagePoints.first[device + 1]!; u++) {
      const importance = IMPORTANCES[usagePoints.important[u]! - 1]
      if (!importance) continue
      found.push({ usagePoint: usagePoints.ids.idOf(u), importance })
      if (found.length === MOST_NAMED) return found
    }
  return found
}

/**
 * Who is told: high voltage goes to 配网调度 as well; of a dedicated transformer's own fault (专变) only
 * the grid manager hears, for it is no repair order of ours (`domain.md` §1.1).
 */
function routesOf({ grid }: World, { head, level, kind }: Case): readonly NoticeRoute[] {
  const transformer = DEVICE_TYPES[grid.devices.type[head]!] === 'transformer'
  const own = transformer && grid.devices.ownership[head] === DEDICATED
  if (own || kind === 'customerInternal') return ['gridManager']
  const high =
    level === 'substation' || level === 'feeder' || level === 'section' || level === 'branch'
  return high
    ? ['serviceDispatcher', 'networkDispatcher', 'gridManager']
    : ['serviceDispatcher', 'gridManager']
}
