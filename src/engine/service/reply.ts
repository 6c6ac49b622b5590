/** A unit's reply to a supervision order (督办回复): taken once, in time or not. */
import type { EscalationRepliedFact } from '../../facts/repair.ts'
import { answer } from '../incidents/answer.ts'
import { incidentId, incidentNumber } from '../incidents/incident-id.ts'
import type { Publisher } from '../incidents/publish.ts'
import type { ActionRefusal } from '../incidents/refusal.ts'
import type { World } from '../world.ts'
import { changeOrder } from './supervision.ts'
import type { SupervisionOrder } from './supervision-order.ts'

/** Takes a unit's reply, or says why not. */
export function takeReply(
  world: World,
  position: number,
  fact: EscalationRepliedFact,
  publisher: Publisher,
): void {
  if (world.decided.has(fact.requestId)) return
  const number = incidentNumber(fact.escalation.split('-')[0]!)
  const incident = world.cases.get(number)
  const order = incident?.repair.orders.find(({ id }) => id === fact.escalation)
  const refusal = refusalOf(order)
  if (incident && order && !refusal) {
    const at = Math.max(world.now, fact.receivedAt)
    changeOrder(incident, { ...order, repliedAt: at })
    incident.causes = [position]
    publisher.changes.push({
      type: 'supervision',
      at: world.now,
      id: order.id,
      incident: incidentId(number),
      what: 'replied',
      inTime: at <= order.replyBy,
      by: fact.by,
      role: fact.role,
      remark: fact.remark ?? null,
      causes: [position],
    })
    publisher.publish(incident, 'supervised', true)
  }
  const told = {
    incident: incidentId(Math.max(0, number)),
    refusal,
    revision: incident?.revision ?? 0,
  }
  answer(world, position, fact.requestId, told, publisher)
}

function refusalOf(order: SupervisionOrder | undefined): ActionRefusal | null {
  if (!order) return 'unknownIncident'
  return order.repliedAt === null ? null : 'notAllowedInState'
}
