/** The repair of an incident on one page: its log, its crew, the orders under it, its photos. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { LEVELS, OUTAGE_KINDS, STAGES } from '../../engine/changes.ts'
import { ACTIONS } from '../../facts/facts.ts'
import { formatInstant, formatInstantOrNull } from '../../facts/time.ts'
import { ATTACHMENT_BYTES, MAX_ATTACHMENTS } from '../limits.ts'
import { PICTURE_TYPES, readPicture } from '../pictures.ts'
import { Problem } from '../problem.ts'
import type { Attachment } from '../repair-ports.ts'
import { callerOf, route } from '../route.ts'
import { deviceRef, id, idParams, instantOut, siteReport } from '../schemas.ts'
import { crewSchema, crewView } from './crews.ts'
import { incidentFor } from './incidents.ts'

const text = z.string().nullable()

const entrySchema = z
  .object({
    id: z.string(),
    revision: z.number().int(),
    action: z.enum([...ACTIONS, 'arrivalInferred']),
    by: text.describe('null where the program inferred it'),
    role: text,
    occurredAt: instantOut,
    enteredAt: instantOut,
    crew: text,
    etr: instantOut.nullable(),
    causeCode: text,
    reasonCode: text,
    transformers: z.array(z.string()),
    site: siteReport.nullable(),
    grade: z.number().int().min(1).max(4).nullable(),
    text: text.describe('the words that go with it'),
  })
  .meta({ id: 'RepairEntry' })

const attachmentSchema = z
  .object({
    id: z.string(),
    incident: z.string(),
    type: z.enum(PICTURE_TYPES),
    bytes: z.number().int(),
    at: instantOut,
    by: z.string(),
    role: z.string(),
  })
  .meta({ id: 'Attachment' })

const attachmentView = ({ digest: _, at, ...rest }: Attachment) => ({
  ...rest,
  at: formatInstant(at),
})

const childSchema = z.object({
  id: z.string(),
  how: z.enum(['merged', 'split']),
  device: deviceRef,
  level: z.enum(LEVELS),
  outageKind: z.enum(OUTAGE_KINDS),
  stage: z.enum(STAGES),
  crew: text,
  noticeNo: text,
})

const repair = route({
  method: 'GET',
  path: '/api/v1/incidents/{id}/repair',
  demand: 'notices.read',
  summary: 'How the repair went: what was entered and when, crew, orders under it (子单), photos',
  params: idParams,
  answers: {
    200: {
      description: 'The log is oldest first; `crew` is null without one, or where it is not known',
      schema: z.object({
        asOf: instantOut,
        incident: z.string(),
        crew: crewSchema.nullable(),
        log: z.array(entrySchema),
        visits: z
          .array(z.object({ at: instantOut, by: z.string(), text: z.string() }))
          .describe('what was found on visits to customers, oldest first'),
        children: z.array(childSchema),
        attachments: z.array(attachmentSchema),
      }),
    },
  },
  handle(call) {
    const { deps, params, scope } = call
    const incident = incidentFor(call, params.id)
    const { rights } = callerOf(call)
    const known = rights.has('crews.read')
      ? deps.repair.crews().find((one) => one.id === incident.crew)
      : undefined
    const pictures = rights.has('attachments.read') ? deps.repair.attachments(incident.id) : []
    return {
      json: {
        asOf: formatInstant(deps.now()),
        incident: incident.id,
        crew: known ? crewView(known, (unit) => scope.seesUnit(unit)) : null,
        log: deps.repair.log(incident.id).map(({ entry, text: words }) => {
          const { type: _, at: __, causes: ___, incident: ____, remark: _____, ...rest } = entry
          return {
            ...rest,
            occurredAt: formatInstant(entry.occurredAt),
            enteredAt: formatInstant(entry.enteredAt),
            etr: formatInstantOrNull(entry.etr),
            text: words,
          }
        }),
        visits: deps.repair
          .visits(incident.id)
          .map(({ at, by, text: words }) => ({ at: formatInstant(at), by, text: words })),
        children: deps.repair
          .children(incident.id)
          .filter(({ unit }) => scope.seesUnit(unit))
          .map(({ id: name, mergedInto, device, level, outageKind, stage, crew, noticeNo }) => {
            const how = mergedInto === incident.id ? 'merged' : 'split'
            return { id: name, how, device, level, outageKind, stage, crew, noticeNo }
          }),
        attachments: pictures.map(attachmentView),
      },
    }
  },
})

const attach = route({
  method: 'POST',
  path: '/api/v1/incidents/{id}/attachments',
  demand: 'attachments.write',
  summary: 'Hand in a photo: JPEG, PNG, WebP, or HEIC without metadata',
  params: idParams,
  binaryUpTo: ATTACHMENT_BYTES,
  answers: {
    201: {
      description: 'Kept without place, time and maker’s notes; the same photo is kept once',
      schema: attachmentSchema,
    },
  },
  async handle(call) {
    const { deps, params, request } = call
    const { account: by, role } = callerOf(call)
    const incident = incidentFor(call, params.id)
    const given = request.body
    const picture = readPicture(Buffer.isBuffer(given) ? given : Buffer.alloc(0))
    if (!picture.ok && picture.problem === 'location')
      throw new Problem('attachment.location', 'this HEIC says where it was taken; send it as JPEG')
    if (!picture.ok) throw new Problem('attachment.type', 'not a whole JPEG, PNG, WebP or HEIC')
    const digest = createHash('sha256').update(picture.bytes).digest('hex')
    const name = createHash('sha256').update(`${incident.id} ${digest}`).digest('hex').slice(0, 24)
    const held = deps.repair.attachments(incident.id)
    const known = held.find((one) => one.id === name)
    if (known) return { status: 201, json: attachmentView(known) }
    if (held.length >= MAX_ATTACHMENTS)
      throw new Problem('attachment.tooMany', `at most ${MAX_ATTACHMENTS} photos of one incident`)
    const at = deps.now()
    const { type, bytes } = picture
    const attachment = {
      id: name,
      incident: incident.id,
      digest,
      type,
      bytes: bytes.length,
      at,
      by,
      role,
    }
    const what = 'attachment.added'
    await deps.records.audit({ at, by, role, what, subject: incident.id, detail: digest })
    await deps.repair.attach(attachment, bytes)
    return { status: 201, json: attachmentView(attachment) }
  },
})

const attachments = route({
  method: 'GET',
  path: '/api/v1/incidents/{id}/attachments',
  demand: 'attachments.read',
  summary: 'Photos of an incident, oldest first',
  params: idParams,
  answers: {
    200: {
      description: 'Without the pictures themselves',
      schema: z.object({ asOf: instantOut, attachments: z.array(attachmentSchema) }),
    },
  },
  handle(call) {
    const { deps, params } = call
    const incident = incidentFor(call, params.id)
    const list = deps.repair.attachments(incident.id).map(attachmentView)
    return { json: { asOf: formatInstant(deps.now()), attachments: list } }
  },
})

const picture = route({
  method: 'GET',
  path: '/api/v1/incidents/{id}/attachments/{attachment}',
  demand: 'attachments.read',
  summary: 'One photo',
  params: z.object({ id, attachment: id }),
  answers: { 200: { description: 'The picture', contentType: 'image/*' } },
  async handle(call) {
    const { deps, params } = call
    const incident = incidentFor(call, params.id)
    const attachment = deps.repair.attachment(params.attachment)
    const bytes =
      attachment?.incident === incident.id
        ? await deps.repair.picture(attachment.digest)
        : undefined
    if (!attachment || !bytes)
      throw new Problem('attachment.notFound', `no photo ${params.attachment}`)
    return {
      bytes,
      contentType: attachment.type,
      // It never changes; who may not see it must not find it in a shared cache.
      headers: { 'cache-control': 'private, max-age=86400, immutable' },
    }
  },
})

export const repairRoutes = [repair, attach, attachments, picture]
