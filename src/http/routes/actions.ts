/** A person's action on an incident: a fact, and the engine's answer to it. */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { ActionChange } from '../../engine/changes.ts'
import type { ActionRequestedFact } from '../../facts/facts.ts'
import type { CrewId, DeviceId } from '../../facts/ids.ts'
import type { SiteReport } from '../../facts/repair.ts'
import { formatInstant, type InstantMs } from '../../facts/time.ts'
import { fileUrge } from '../contact-filed.ts'
import {
  ACTION_WAIT_MS,
  MAX_ENTRY_AHEAD_MINUTES,
  MAX_ENTRY_LATE_HOURS,
  MAX_ETR_DAYS,
} from '../limits.ts'
import type { HttpDeps } from '../ports.ts'
import { Problem } from '../problem.ts'
import { MATERIAL_WORDS, MEASURE_WORDS } from '../repair-ports.ts'
import { type Answer, callerOf, read, route } from '../route.ts'
import { actionAnswer, actionBody, type actionWarning, idParams, requestKey } from '../schemas.ts'
import { assertKnownCause } from './causes.ts'
import { incidentFor } from './incidents.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const view = (change: ActionChange) => ({
  requestId: change.requestId,
  incident: change.incident,
  accepted: change.accepted,
  refusal: change.refusal,
  revision: change.revision,
  at: formatInstant(change.at),
})

/** What is worth knowing of an action that is done all the same. */
type Warning = z.infer<typeof actionWarning>

/** A crew that is sent may be on another order, off duty, or unknown to the register. */
function warningsOf({ repair }: HttpDeps, { crew, incident }: ActionRequestedFact): Warning[] {
  if (crew === undefined) return []
  const known = repair.crews().find(({ id }) => id === crew)
  if (!known) return [{ code: 'crew.unknown', incidents: [] }]
  const others = known.orders.map((order) => order.incident).filter((one) => one !== incident)
  return [
    ...(known.active ? [] : [{ code: 'crew.inactive' as const, incidents: [] }]),
    ...(others.length > 0 ? [{ code: 'crew.busy' as const, incidents: others }] : []),
  ]
}

/** Without what was left out: absent and undefined are not the same to a journal. */
const given = (site: NonNullable<z.infer<typeof actionBody>['site']>): SiteReport =>
  JSON.parse(JSON.stringify(site))

/** Times that cannot be meant: a slip of the finger on a telephone would start clocks of days ago, or end none. */
function assertMeant({ occurredAt, etr }: z.infer<typeof actionBody>, now: InstantMs): void {
  if (occurredAt !== undefined && occurredAt > now + MAX_ENTRY_AHEAD_MINUTES * MINUTE_MS)
    throw new Problem('action.time', 'occurredAt: is still to come')
  if (occurredAt !== undefined && occurredAt < now - MAX_ENTRY_LATE_HOURS * HOUR_MS)
    throw new Problem('action.time', `occurredAt: more than ${MAX_ENTRY_LATE_HOURS} hours ago`)
  if (etr === undefined) return
  if (etr <= Math.min(occurredAt ?? now, now))
    throw new Problem('action.time', 'etr: was over when it was said')
  if (etr > now + MAX_ETR_DAYS * DAY_MS)
    throw new Problem('action.time', `etr: more than ${MAX_ETR_DAYS} days ahead`)
}

function answerTo(
  { records }: HttpDeps,
  change: ActionChange,
  warnings: readonly Warning[] = [],
): Answer {
  if (change.accepted)
    return { json: { ...view(change), ...(warnings.length > 0 && { warnings }) } }
  const more = { ...view(change), currentRevision: change.revision }
  switch (change.refusal) {
    case 'staleRevision':
      throw new Problem('action.stale', 'the incident changed meanwhile; look at it again', more)
    case 'unknownIncident': {
      // What is filed the engine knows no more. Where its order goes on stands in the records.
      const filed = records.incident(change.incident)
      if (filed?.outageKind !== 'closed')
        throw new Problem('incident.notFound', `no incident ${change.incident}`, more)
      const { mergedInto } = filed
      throw new Problem('action.notAllowed', 'the incident is filed', { ...more, mergedInto })
    }
    case 'notAllowedInState':
      throw new Problem('action.notAllowed', 'not allowed in the state of the incident', more)
    case 'actOnItsParts':
      throw new Problem(
        'action.onParts',
        'this incident stands for those of its feeders: act on each of them',
        more,
      )
    default:
      throw new Problem(
        'action.notAllowed',
        'the action lacks something or contradicts itself',
        more,
      )
  }
}

const requestAction = route({
  method: 'POST',
  path: '/api/v1/incidents/{id}/actions',
  demand: 'actions.*',
  summary: 'Act on an incident; `revision` is the one that was looked at',
  params: idParams,
  body: actionBody,
  headers: { 'Idempotency-Key': 'Repeating a request with the same key does nothing twice' },
  answers: {
    200: { description: 'Accepted; the new revision', schema: actionAnswer },
    202: {
      description: 'Recorded; the answer will be found at `Location`',
      schema: z.object({ requestId: z.string() }),
    },
    409: { description: 'The incident has another revision by now' },
  },
  async handle(call) {
    const { deps, body, request } = call
    const { account: by, role, rights } = callerOf(call)
    if (!rights.has(`actions.${body.action}`))
      throw new Problem('auth.forbidden', `role ${role} may not ${body.action}`)
    const incident = incidentFor(call, call.params.id)
    if (body.causeCode !== undefined) assertKnownCause(deps, body.causeCode)
    const key = request.headers['idempotency-key']
    const ownId = key === undefined ? randomUUID() : read(requestKey, key, 'Idempotency-Key')

    const earlier = deps.records.action(ownId)
    if (earlier && earlier.incident !== incident.id)
      throw new Problem('action.keyReused', 'this Idempotency-Key was used for another incident')
    if (earlier) return answerTo(deps, earlier)
    assertMeant(body, deps.now())

    const fact: ActionRequestedFact = {
      type: 'actionRequested',
      receivedAt: deps.now(),
      requestId: ownId,
      incident: incident.id,
      expectedRevision: body.revision,
      action: body.action,
      by,
      role,
      ...(body.occurredAt === undefined ? {} : { occurredAt: body.occurredAt }),
      ...(body.crew === undefined ? {} : { crew: body.crew as CrewId }),
      ...(body.etr === undefined ? {} : { etr: body.etr }),
      ...(body.causeCode === undefined ? {} : { causeCode: body.causeCode }),
      ...(body.reasonCode === undefined ? {} : { reasonCode: body.reasonCode }),
      ...(body.transformers === undefined ? {} : { transformers: body.transformers as DeviceId[] }),
      ...(body.site === undefined ? {} : { site: given(body.site) }),
      ...(body.grade === undefined ? {} : { grade: body.grade }),
      ...(body.remark === undefined ? {} : { remark: `r-${ownId}` }),
    }
    // Who asked stands in the audit chain whatever becomes of it.
    await deps.records.audit({
      at: fact.receivedAt,
      by,
      role,
      what: `action.${body.action}`,
      subject: incident.id,
      detail: ownId,
    })
    const words = {
      'r-': body.remark,
      [MEASURE_WORDS]: body.measure,
      [MATERIAL_WORDS]: body.materials,
    }
    for (const [kind, text] of Object.entries(words))
      if (text !== undefined)
        await deps.repair.keepRemark({
          ...{ id: `${kind}${ownId}`, incident: incident.id, at: fact.receivedAt, by, text },
        })
    const warnings = warningsOf(deps, fact)
    // Listening starts before the append: the engine may answer before the append is told done.
    const answer = deps.awaitAction(ownId, ACTION_WAIT_MS)
    await deps.facts.append(fact)
    const change = await answer
    if (body.account !== undefined && change?.accepted !== false)
      await fileUrge(
        deps,
        call.scope.units,
        { account: body.account, at: fact.receivedAt, channel: 'phone', by, requestId: ownId },
        incident.id,
      )
    if (change) return answerTo(deps, change, warnings)
    return {
      status: 202,
      headers: { location: `/api/v1/actions/${encodeURIComponent(ownId)}` },
      json: { requestId: ownId },
    }
  },
})

const oneAction = route({
  method: 'GET',
  path: '/api/v1/actions/{requestId}',
  demand: 'actions.*',
  summary: 'The answer to an action, once the engine has given it',
  params: z.object({ requestId: requestKey }),
  answers: { 200: { description: 'Accepted or refused', schema: actionAnswer } },
  handle(call) {
    const change = call.deps.records.action(call.params.requestId)
    const incident = change && call.deps.records.incident(change.incident)
    // A refused action on an unknown incident belongs to no unit; its asker alone has its id.
    if (!change || (incident && !call.scope.seesUnit(incident.unit)))
      throw new Problem('action.notFound', 'no answer to this request yet')
    return { json: view(change) }
  },
})

export const actionRoutes = [requestAction, oneAction]
