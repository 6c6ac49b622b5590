/**
 * Every route of the program: the one source of what is served, of the rights asked and of the
 * OpenAPI document. A path that is not here does not exist.
 */
import { z } from 'zod'
import { formatInstant } from '../../facts/time.ts'
import { openApiOf } from '../openapi.ts'
import { Problem } from '../problem.ts'
import { callerOf, type Route, route } from '../route.ts'
import { instantOut } from '../schemas.ts'
import { SESSION_COOKIE } from '../session-cookie.ts'
import type { Tickets } from '../tickets.ts'
import { actionRoutes } from './actions.ts'
import { attentiveRoutes } from './attentive.ts'
import { auditRoutes } from './audit.ts'
import { callBackRoutes } from './callbacks.ts'
import { careRoutes } from './care.ts'
import { causeRoutes } from './causes.ts'
import { channelRoutes } from './channels.ts'
import { complaintAnswerRoutes } from './complaint-answers.ts'
import { complaintRoutes } from './complaints.ts'
import { consoleRoutes } from './console.ts'
import { crewRoutes } from './crews.ts'
import { customerRoutes } from './customers.ts'
import { escalationRoutes } from './escalations.ts'
import { etrRoutes } from './etr.ts'
import { feederRoutes } from './feeders.ts'
import { frequentRoutes } from './frequent.ts'
import { gridRoutes } from './grid.ts'
import { incidentRoutes } from './incidents.ts'
import { mapRoutes } from './map.ts'
import { networkRoutes } from './network.ts'
import { nextReadsRoutes } from './next-reads.ts'
import { noisyRoutes } from './noisy.ts'
import { noticeRoutes } from './notices.ts'
import { oidcRoutes } from './oidc.ts'
import { outageRoutes } from './outages.ts'
import { planRoutes } from './plans.ts'
import { publicRoutes } from './public.ts'
import { qualityRoutes } from './quality.ts'
import { quarantineRoutes } from './quarantine.ts'
import { receiptRoutes } from './receipts.ts'
import { reliabilityRoutes } from './reliability.ts'
import { repairRoutes } from './repair.ts'
import { reportRoutes } from './reports.ts'
import { ruleRoutes } from './rules.ts'
import { selfRoutes } from './self.ts'
import { sensingRoutes } from './sensing.ts'
import { sessionRoutes } from './session.ts'
import { simulatorRoutes } from './simulator.ts'
import { statusRoutes } from './status.ts'
import { stormRoutes } from './storm.ts'
import { subscriptionRoutes } from './subscriptions.ts'
import { switchingRoutes } from './switching.ts'
import { terminalRoutes } from './terminals.ts'
import { visitRoutes } from './visits.ts'
import { weatherRoutes } from './weather.ts'
import { webhookRoutes } from './webhooks.ts'

/** The table; `tickets` are those that the WebSocket redeems. */
export function routeTable(tickets: Tickets, version: string): readonly Route[] {
  const ticket = route({
    method: 'POST',
    path: '/api/v1/tickets',
    demand: 'me.read',
    summary: 'A ticket for the WebSocket `/api/v1/live?ticket=`: one use, 30 s',
    answers: {
      200: {
        description: 'The ticket',
        schema: z.object({ ticket: z.string(), expiresAt: instantOut }),
      },
    },
    async handle(call) {
      const secret = call.request.cookies[SESSION_COOKIE]
      // Where tickets are shared, what keeps them may be away.
      const issued = await tickets
        .issue({ principal: callerOf(call), secret })
        .catch(() => undefined)
      if (!issued) throw new Problem('unavailable', 'no ticket can be given at present')
      return { json: { ticket: issued.ticket, expiresAt: formatInstant(issued.expiresAt) } }
    },
  })
  const openapi: Route = route({
    method: 'GET',
    path: '/openapi.json',
    demand: 'public',
    summary: 'This document',
    answers: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({}) } },
    handle: () => ({ bytes: document(), contentType: 'application/json' }),
  })
  const table = [
    ...sessionRoutes,
    ...oidcRoutes,
    ...incidentRoutes,
    ...actionRoutes,
    ...planRoutes,
    ...reportRoutes,
    ...customerRoutes,
    ...selfRoutes,
    ...channelRoutes,
    ...callBackRoutes,
    ...complaintRoutes,
    ...complaintAnswerRoutes,
    ...visitRoutes,
    ...careRoutes,
    ...auditRoutes,
    ...statusRoutes,
    ...quarantineRoutes,
    ...simulatorRoutes,
    ...terminalRoutes,
    ...noisyRoutes,
    ...ruleRoutes,
    ...causeRoutes,
    ...stormRoutes,
    ...weatherRoutes,
    ...switchingRoutes,
    ...gridRoutes,
    ...networkRoutes,
    ...feederRoutes,
    ...nextReadsRoutes,
    ...attentiveRoutes,
    ...noticeRoutes,
    ...escalationRoutes,
    ...repairRoutes,
    ...crewRoutes,
    ...etrRoutes,
    ...webhookRoutes,
    ...receiptRoutes,
    ...subscriptionRoutes,
    ...mapRoutes,
    ...reliabilityRoutes,
    ...frequentRoutes,
    ...qualityRoutes,
    ...sensingRoutes,
    ...consoleRoutes,
    ticket,
    ...publicRoutes,
    ...outageRoutes,
    openapi,
  ]
  let text: string | undefined
  const document = () => {
    text ??= JSON.stringify(openApiOf(table, version))
    return text
  }
  return table
}
