/**
 * What an outage is called and why (`domain.md` §1.8): the plan that covers it, whose fault it is,
 * how many phases it has. Looked at again with each judgement, each plan and each minute.
 */
import { DEVICE_TYPES } from '../../grid/model.ts'
import type { IncidentFlag, IncidentKind } from '../changes.ts'
import { NONE } from '../inference/network.ts'
import { outgrownPlan, planCovering } from '../plans/cover.ts'
import { KIND_OF_PLAN, type Plan } from '../plans/plan.ts'
import { isOverrun } from '../plans/turn.ts'
import type { World } from '../world.ts'
import type { Case } from './case.ts'

/** Stages before people are at work: an outage found to be planned leaves them for `planned`. */
const BEFORE_WORK = new Set(['sensed', 'verifying', 'confirmed', 'planned'])

/** Calls the case by what explains it now. */
export function classify(world: World, incident: Case): void {
  const plan = planCovering(world, incident)
  const outgrown = plan ? undefined : outgrownPlan(world, incident)
  incident.plan = (plan ?? outgrown)?.id ?? null
  incident.kind = kindOf(world, incident, plan)
  setFlag(incident, 'overrun', plan !== undefined && isOverrun(world, plan))
  setFlag(incident, 'beyondPlan', outgrown !== undefined)
  setFlag(incident, 'temporary', plan?.temporary === true)
  if (!BEFORE_WORK.has(incident.stage)) return
  if (plan) incident.stage = 'planned'
  else if (incident.stage === 'planned')
    incident.stage = incident.outageKind === 'confirmed' ? 'confirmed' : 'sensed'
}

function kindOf(world: World, incident: Case, plan: Plan | undefined): IncidentKind {
  if (plan) return KIND_OF_PLAN[plan.kind]
  if (isDedicated(world, incident)) return 'customerInternal'
  return isPartial(world, incident) ? 'partialPhase' : 'fault'
}

/**
 * A lone dedicated transformer (专变) is the customer's own asset: told to staff, no repair order, and
 * a person confirms it (`domain.md` §1.1).
 */
export function isDedicated({ grid }: World, { head, observer }: Case): boolean {
  const { devices } = grid
  const transformer = DEVICE_TYPES[devices.type[head]!] === 'transformer'
  return observer === NONE && transformer && devices.ownership[head] === 1
}

/** Open on some of its phases only: the others still have supply (缺相). */
function isPartial({ grid }: World, { head, observer, phases }: Case): boolean {
  const all = observer === NONE ? grid.devices.phases[head]! : grid.observers.phases[observer]!
  return (phases & all) !== all
}

/** Puts a flag on, or takes it off. */
export function setFlag(incident: Case, flag: IncidentFlag, on: boolean): void {
  if (incident.flags.includes(flag) === on) return
  incident.flags = on ? [...incident.flags, flag] : incident.flags.filter((one) => one !== flag)
}
