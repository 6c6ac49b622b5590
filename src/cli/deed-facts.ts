/** What people do in a scenario, as the facts that it becomes where no network is between. */
import type { Deed } from '../../simulators/deeds.ts'
import type { Incident } from '../engine/changes.ts'
import { isOpen } from '../engine/incident-view.ts'
import type { Fact } from '../facts/facts.ts'
import type { CrewId, DeviceId, UsagePointId } from '../facts/ids.ts'

/** When and before what a deed is done. */
export interface DeedScene {
  readonly now: number
  /** The wall's time of a second of the scenario. */
  readonly wallAt: (atSeconds: number) => number
  readonly requestId: string
  /** Latest revision of each incident. */
  readonly incidents: readonly Incident[]
}

/** Undefined for a restart, and where there is no open incident to act on. */
export function factOf(deed: Deed, scene: DeedScene): Fact | undefined {
  const { now: receivedAt, wallAt, requestId } = scene
  switch (deed.kind) {
    case 'plan': {
      const { id, kind, devices, usagePoints, fromSeconds, toSeconds } = deed.plan
      return {
        type: 'planAnnounced',
        receivedAt,
        plan: id,
        kind,
        devices: devices as DeviceId[],
        usagePoints: usagePoints as UsagePointId[],
        from: wallAt(fromSeconds),
        to: wallAt(toSeconds),
        by: 'rehearsal',
        role: 'networkDispatcher',
      }
    }
    case 'call': {
      const { usagePoint, says, channel, account } = deed.call
      return {
        type: 'callerReport',
        receivedAt,
        requestId,
        channel,
        usagePoint: usagePoint as UsagePointId,
        says,
        ...(account === undefined ? {} : { account }),
        by: 'rehearsal',
        role: 'agent',
      }
    }
    case 'action': {
      const { device, does, crew, etrSeconds, causeCode, reasonCode } = deed.action
      const incident = scene.incidents.findLast((one) => isOpen(one) && one.device.id === device)
      return (
        incident && {
          type: 'actionRequested',
          receivedAt,
          requestId,
          incident: incident.id,
          expectedRevision: incident.revision,
          action: does,
          by: 'rehearsal',
          role: 'serviceDispatcher',
          ...(crew === undefined ? {} : { crew: crew as CrewId }),
          ...(etrSeconds === undefined ? {} : { etr: wallAt(etrSeconds) }),
          ...(causeCode === undefined ? {} : { causeCode }),
          ...(reasonCode === undefined ? {} : { reasonCode }),
        }
      )
    }
    case 'restart':
      return undefined
  }
}
