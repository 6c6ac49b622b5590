/** Notices (故障感知信息) and the escalations (督办) of an incident. */
import { z } from 'zod'
import {
  ESCALATION_STAGES,
  INCIDENT_KINDS,
  LEVELS,
  type Notice,
  STAGES,
} from '../../engine/changes.ts'
import { NOTICE_STATUSES, RECLOSINGS } from '../../engine/service/notice-state.ts'
import { URGENCIES } from '../../engine/vocabulary.ts'
import { CHANNELS } from '../../facts/channels.ts'
import { SITE_SITUATIONS } from '../../facts/repair.ts'
import { formatInstant, formatInstantOrNull } from '../../facts/time.ts'
import { IMPORTANCES, INSTITUTIONS } from '../../grid/model.ts'
import { type BesideNotice, NOTICE_PLACE_KINDS } from '../notice-port.ts'
import type { HttpDeps } from '../ports.ts'
import { route } from '../route.ts'
import { deviceRef, idParams, instantOut, lonLat, paging, verificationSchema } from '../schemas.ts'
import { incidentFor } from './incidents.ts'

const count = z.number().int().min(0)
const text = z.string().nullable()
const instant = instantOut.nullable()

const pushCounts = {
  waiting: count,
  sent: count.describe('a gateway has them and has not said what became of them'),
  delivered: count,
  failed: count.describe('the gateway says so, or nobody knows whether it took them'),
}

/** What the ledger adds to what the engine said. */
const beside = {
  push: z
    .object({
      subscribers: count
        .nullable()
        .describe('customers without supply who asked to be told; null until they were counted'),
      countedAt: instant,
      total: z.object(pushCounts),
      lastAt: instant,
      lines: z.array(z.object({ channel: z.enum(CHANNELS), template: z.string(), ...pushCounts })),
    })
    .describe('推送情况: messages to customers by channel and text'),
  places: z
    .array(z.object({ kind: z.enum(NOTICE_PLACE_KINDS), name: z.string(), customers: count }))
    .describe(
      '乡镇街道、村社区、小区 of those without supply, or of their addresses, five customers and more; 医院、学校 and other institutions by name; by kind, the largest first',
    ),
  measures: z
    .array(z.object({ at: instantOut, measure: text, materials: text }))
    .describe('处理措施, 材料, as entered, oldest first'),
  photos: z.object({ count, lastAt: instant }),
  changedAt: instant.describe('停送电变更时间: when what it says changed last'),
}

const noticeSchema = z
  .object({
    no: text,
    incident: z.string(),
    revision: count,
    status: z.enum(NOTICE_STATUSES),
    parentNo: text,
    ruleVersion: z.string(),
    trigger: z.enum(['terminal', 'automation', 'caller', 'staff']),
    probability: z.number(),
    outageType: z.enum(INCIDENT_KINDS),
    level: z.enum(LEVELS),
    grade: z.number().int().min(1).max(4),
    urgency: z.enum(URGENCIES).describe('紧急程度'),
    device: deviceRef,
    verification: verificationSchema.nullable().describe('召测结果'),
    trip: z
      .object({ at: instantOut, protection: z.boolean(), reclosing: z.enum(RECLOSINGS) })
      .nullable()
      .describe('保护动作, 重合闸; null where automation told nothing'),
    path: z.array(deviceRef).describe('devices above, the feeder breaker first'),
    area: z.array(lonLat).nullable().describe('coarse closed ring around the dark transformers'),
    plannedPeriod: z
      .object({
        start: instantOut,
        end: instantOut,
        temporary: z.boolean().describe('临时停电: announced at short notice'),
      })
      .nullable(),
    etrRevisions: z.array(
      z.object({ etr: instantOut, at: instantOut, reasonCode: z.string().nullable() }),
    ),
    firstRestoredAt: instant,
    causeKnown: z.enum(['supposed', 'confirmed']).nullable().describe('初判, 现场确认'),
    causeBy: z
      .object({ by: z.string().describe('account'), role: z.string() })
      .nullable()
      .describe('who named the cause last'),
    site: z.enum(SITE_SITUATIONS).nullable().describe('现场情况'),
    phases: z.string(),
    unit: z.string(),
    substation: text,
    feeder: text,
    transformers: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        dedicated: z.boolean(),
        kva: z.number().nullable(),
      }),
    ),
    publicTransformers: count,
    dedicatedTransformers: count,
    customers: count,
    importantUsers: z.array(z.object({ usagePoint: z.string(), importance: z.enum(IMPORTANCES) })),
    importantCount: count,
    sensitiveCount: count,
    institutions: z
      .array(z.object({ institution: z.enum(INSTITUTIONS), count }))
      .describe('医院, 学校 …: how many of each; their names are among `places`'),
    startedAt: instantOut,
    sensedAt: instantOut,
    proposedAt: instantOut,
    publishedAt: instant,
    publishedBy: z.enum(['staff', 'rule']).nullable(),
    arrivedAt: instant,
    restoredAt: instant,
    etr: instant,
    etrSource: z.enum(['none', 'estimated', 'field']),
    cause: text,
    crew: text,
    stage: z.enum(STAGES),
    restored: z.enum(['none', 'part', 'all']),
    routes: z.array(z.enum(['serviceDispatcher', 'networkDispatcher', 'gridManager'])),
    ...beside,
  })
  .meta({ id: 'Notice' })

const escalationSchema = z
  .object({
    id: z.string(),
    incident: z.string(),
    revision: count,
    stage: z.enum(ESCALATION_STAGES),
    level: count,
    reason: z.enum(['late', 'grade', 'cityShare', 'lifeSupport']),
    below: z.enum(['none', 'replied', 'unanswered']),
    at: instantOut,
    dueAt: instantOut,
    sent: z.boolean(),
    replyBy: instant,
  })
  .meta({ id: 'Escalation' })

const TIMES = [
  'startedAt',
  'sensedAt',
  'proposedAt',
  'publishedAt',
  'arrivedAt',
  'restoredAt',
  'etr',
] as const

/** What notices filed by earlier programs lack, and times as text. */
function laterFields(notice: Notice) {
  const { trip, plannedPeriod: planned, etrRevisions = [], firstRestoredAt } = notice
  return {
    verification: notice.verification ?? null,
    trip: trip ? { ...trip, at: formatInstant(trip.at) } : null,
    path: notice.path ?? [],
    area: notice.area ?? null,
    plannedPeriod: planned
      ? {
          start: formatInstant(planned.start),
          end: formatInstant(planned.end),
          temporary: planned.temporary === true,
        }
      : null,
    etrRevisions: etrRevisions.map(({ etr, at, reasonCode }) => {
      return { etr: formatInstant(etr), at: formatInstant(at), reasonCode }
    }),
    firstRestoredAt: formatInstantOrNull(firstRestoredAt ?? null),
    causeKnown: notice.causeKnown ?? null,
    causeBy: notice.causeBy ?? null,
    institutions: notice.institutions ?? [],
    site: notice.site ?? null,
  }
}

function besideView({ changedAt, push, places, measures, photos }: BesideNotice) {
  return {
    changedAt: formatInstantOrNull(changedAt),
    push: {
      ...push,
      countedAt: formatInstantOrNull(push.countedAt),
      lastAt: formatInstantOrNull(push.lastAt),
    },
    places,
    measures: measures.map(({ at, measure, materials }) => {
      return { at: formatInstant(at), measure, materials }
    }),
    photos: { ...photos, lastAt: formatInstantOrNull(photos.lastAt) },
  }
}

function noticeView(notice: Notice, { records }: HttpDeps) {
  return {
    ...notice,
    ...laterFields(notice),
    // Notices filed before it was booked have none.
    urgency: notice.urgency ?? 'usual',
    ...Object.fromEntries(TIMES.map((name) => [name, formatInstantOrNull(notice[name])])),
    ...besideView(records.besideNotice(notice.incident)),
  }
}

const notices = route({
  method: 'GET',
  path: '/api/v1/notices',
  demand: 'notices.read',
  summary: 'Notices of the units that may be seen, newest first, each as it stands',
  query: z.object({ status: z.enum(NOTICE_STATUSES).optional(), ...paging }),
  answers: {
    200: {
      description: 'A page; `cursor` is null on the last. `no` is null until a notice is published',
      schema: z.object({ asOf: instantOut, cursor: text, notices: z.array(noticeSchema) }),
    },
  },
  handle({ deps, scope, query }) {
    const { limit, cursor, status } = query
    const page = deps.records.notices({
      limit,
      ...(scope.units ? { units: [...scope.units] } : {}),
      ...(status === undefined ? {} : { status }),
      ...(cursor === undefined ? {} : { cursor }),
    })
    return {
      json: {
        asOf: formatInstant(deps.now()),
        cursor: page.cursor,
        notices: page.notices.map((one) => noticeView(one, deps)),
      },
    }
  },
})

const notice = route({
  method: 'GET',
  path: '/api/v1/incidents/{id}/notice',
  demand: 'notices.read',
  summary: 'The notice of an incident as it stands, with pushes to customers and photos',
  params: idParams,
  answers: {
    200: {
      description: 'Null where nobody is told of it (a momentary, an arrears, a terminal fault)',
      schema: z.object({ asOf: instantOut, notice: noticeSchema.nullable() }),
    },
  },
  handle(call) {
    const { deps, params } = call
    const found = deps.records.notice(incidentFor(call, params.id).id)
    return {
      json: {
        asOf: formatInstant(deps.now()),
        notice: found === undefined ? null : noticeView(found, deps),
      },
    }
  },
})

const escalations = route({
  method: 'GET',
  path: '/api/v1/incidents/{id}/escalations',
  demand: 'notices.read',
  summary: 'What of an incident ran late or was grave, and whom it was told; oldest first',
  params: idParams,
  answers: {
    200: {
      description:
        'One for each stage and level; `sent` is false where a higher one went in its place',
      schema: z.object({ asOf: instantOut, escalations: z.array(escalationSchema) }),
    },
  },
  handle(call) {
    const { deps, params } = call
    const { id } = incidentFor(call, params.id)
    const list = deps.records.escalations(id)
    return {
      json: {
        asOf: formatInstant(deps.now()),
        escalations: list.map(({ type: _, causes: __, at, dueAt, replyBy, ...rest }) => ({
          ...rest,
          below: rest.below ?? 'none',
          at: formatInstant(at),
          dueAt: formatInstant(dueAt),
          replyBy: formatInstantOrNull(replyBy),
        })),
      },
    }
  },
})

export const noticeRoutes = [notices, notice, escalations]
