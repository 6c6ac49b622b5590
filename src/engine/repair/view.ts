/** The repair of a case as everyone outside sees it. */
import type { Case } from '../incidents/case.ts'
import { waitingOrders } from '../service/supervision.ts'
import type { World } from '../world.ts'
import { backTransformers } from './back.ts'
import type { RepairView } from './repair-view.ts'

/** Null before anybody did anything. */
export function repairOf(world: World, incident: Case): RepairView | null {
  const { repair } = incident
  const begun =
    repair.crews.length + repair.etrs.length + repair.back.length + repair.orders.length > 0 ||
    repair.site !== null ||
    repair.gradeHeld !== null
  if (!begun) return null
  const { ids } = world.grid.devices
  return {
    arrivedInferredAt: repair.arrivedInferredAt,
    site: repair.site,
    etrRevisions: repair.etrs,
    crews: repair.crews,
    restoredTransformers: backTransformers(world, incident).map(
      (device) => ids.idOf(device) as RepairView['restoredTransformers'][number],
    ),
    gradeHeld: repair.gradeHeld !== null,
    supervision: waitingOrders(world, incident),
  }
}
