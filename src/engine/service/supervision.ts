/**
 * Supervision orders (督办单, `domain.md` §3.4): issued with each level that is told, replied to by the
 * unit within a quarter of an hour, closed by themselves when what they ask for is done. A reply
 * stops no clock; the next level is told whether there was one.
 */
import type { Case } from '../incidents/case.ts'
import { incidentId } from '../incidents/incident-id.ts'
import type { World } from '../world.ts'
import { clocksOf } from './clocks.ts'
import type { SupervisionChange, SupervisionOrder } from './supervision-order.ts'

/** The order is out. */
export function issueOrder(
  { repair }: Case,
  order: Pick<SupervisionOrder, 'id' | 'stage' | 'level' | 'replyBy'>,
): void {
  repair.orders = [...repair.orders, { ...order, repliedAt: null, closedAt: null }]
}

/** Orders whose matter is done are closed. */
export function closeOrders(world: World, incident: Case): SupervisionChange[] {
  const waiting = incident.repair.orders.filter(({ closedAt }) => closedAt === null)
  if (waiting.length === 0) return []
  const done = new Set(
    clocksOf(world, incident)
      .filter(({ doneAt }) => doneAt !== null)
      .map(({ name }) => name as SupervisionOrder['stage']),
  )
  return waiting
    .filter((order) => isDone(world, incident, order, done))
    .map((order) => {
      changeOrder(incident, { ...order, closedAt: world.now })
      return {
        type: 'supervision',
        at: world.now,
        id: order.id,
        incident: incidentId(incident.number),
        what: 'closed',
        inTime: order.repliedAt !== null && order.repliedAt <= order.replyBy,
        by: null,
        role: null,
        remark: null,
        causes: incident.causes,
      }
    })
}

function isDone(
  world: World,
  { outageKind, etr }: Case,
  { stage }: SupervisionOrder,
  done: ReadonlySet<SupervisionOrder['stage']>,
): boolean {
  if (outageKind === 'closed' || done.has(stage)) return true
  if (stage === 'etr' && etr !== null && etr > world.now) return true
  return outageKind === 'restored' && stage !== 'result'
}

/** The orders that wait for a reply or for what they ask. */
export function waitingOrders(world: World, { repair }: Case) {
  const open = repair.orders.filter(({ closedAt }) => closedAt === null)
  const unanswered = open.filter(
    ({ repliedAt, replyBy }) => repliedAt === null && replyBy < world.now,
  )
  const level = open.reduce((highest, order) => Math.max(highest, order.level), -1)
  return { open: open.length, unanswered: unanswered.length, level: level < 0 ? null : level }
}

/** The order as it is from now on. */
export function changeOrder({ repair }: Case, order: SupervisionOrder): void {
  repair.orders = repair.orders.map((one) => (one.id === order.id ? order : one))
}
