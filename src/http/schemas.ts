/** The shapes of the HTTP interface (CONTRACT §5), as zod schemas and so as OpenAPI. */
import { z } from 'zod'
import {
  INCIDENT_FLAGS,
  INCIDENT_KINDS,
  LEVELS,
  OUTAGE_KINDS,
  SERVICE_REASONS,
  STAGES,
} from '../engine/changes.ts'
import { CLOCKS } from '../engine/service/clock.ts'
import { NOTICE_STATUSES } from '../engine/service/notice-state.ts'
import { ACTIONS, type ActionName } from '../facts/facts.ts'
import { ID_PATTERN } from '../facts/ids.ts'
import { DAMAGE_LEVELS, SITE_SITUATIONS } from '../facts/repair.ts'
import { parseInstant } from '../facts/time.ts'
import { DEVICE_TYPES } from '../grid/model.ts'
import {
  DEFAULT_PAGE,
  MAX_ACTION_TRANSFORMERS,
  MAX_MEASURE_CHARACTERS,
  MAX_PAGE,
  MAX_REMARK_CHARACTERS,
} from './limits.ts'

/** An id of the grid or of an incident, in a path or a query. */
export const id = z.string().regex(ID_PATTERN, 'not an id')

/** An `Idempotency-Key`: printable ASCII without spaces. */
export const requestKey = z.string().regex(/^[!-~]{1,128}$/, 'not 1 to 128 printable characters')

/** A time that is sent to us, read to milliseconds. */
export const instantIn = z
  .string()
  .max(40)
  .refine((text) => parseInstant(text) !== undefined, 'not an RFC 3339 time')
  .meta({ format: 'date-time' })
  .transform((text) => parseInstant(text)!)

/** A time that we send: RFC 3339, UTC, milliseconds. */
export const instantOut = z.string().meta({ format: 'date-time' })

const page = z.coerce.number().int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE)
export const paging = { limit: page, cursor: z.string().max(256).optional() }
export const idParams = z.object({ id })

const count = z.number().int().min(0)
const nullableId = z.string().nullable()
export const lonLat = z.tuple([z.number(), z.number()])
export const bounds = z.tuple([z.number(), z.number(), z.number(), z.number()]).nullable()

export const deviceRef = z
  .object({ id: z.string(), type: z.enum([...DEVICE_TYPES, 'substation']), name: z.string() })
  .meta({ id: 'Device' })

const likelyTie = z.object({ device: deviceRef, probability: z.number() })

const siteOut = z.object({
  situation: z.enum(SITE_SITUATIONS),
  damage: z.enum(DAMAGE_LEVELS).optional(),
  scopeConfirmed: z.boolean().optional(),
  needsOutage: z.boolean().optional(),
  safetyRisk: z.boolean().optional(),
})

/** What a crew finds; its words go with the action as `remark`. */
export const siteReport = siteOut.strict().meta({ id: 'SiteReport' })

export const repairSchema = z
  .object({
    arrivedInferredAt: instantOut.nullable(),
    site: siteOut
      .extend({ at: instantOut, enteredAt: instantOut, remark: z.string().nullable() })
      .nullable(),
    etrRevisions: z.array(
      z.object({
        etr: instantOut,
        at: instantOut,
        enteredAt: instantOut,
        reasonCode: z.string().nullable(),
      }),
    ),
    crews: z.array(z.object({ crew: z.string(), from: instantOut, to: instantOut.nullable() })),
    restoredTransformers: z.array(z.string()),
    gradeHeld: z.boolean(),
    supervision: z.object({ open: count, unanswered: count, level: count.nullable() }),
  })
  .meta({ id: 'Repair' })

/** How far call-reads (召测) have got. */
export const verificationSchema = z.object({
  state: z.enum(['off', 'notAsked', 'asked', 'answered', 'timedOut']),
  asked: count,
  answered: count,
})

export const incidentSchema = z
  .object({
    id: z.string(),
    revision: count,
    parent: nullableId,
    noticeNo: z.string().nullable(),
    kind: z.enum(INCIDENT_KINDS),
    flags: z.array(z.enum(INCIDENT_FLAGS)),
    outageKind: z.enum(OUTAGE_KINDS),
    outcome: z.enum(['withdrawn', 'falseAlarm', 'merged']).nullable(),
    mergedInto: nullableId,
    level: z.enum(LEVELS),
    grade: z.number().int().min(1).max(4),
    unit: z.string(),
    feeder: nullableId,
    device: deviceRef,
    phases: z.string(),
    centroid: lonLat.nullable(),
    probability: z.number().min(0).max(1),
    rivals: z.array(
      z.object({
        device: deviceRef,
        probability: z.number(),
        indistinguishable: z.boolean().optional(),
      }),
    ),
    transformersAffected: count,
    metersAffected: count,
    originalMetersAffected: count,
    customersRestored: count,
    important: count,
    sensitiveCount: count,
    startedAt: instantOut,
    sensedAt: instantOut,
    restoredAt: instantOut.nullable(),
    estimatedPeriod: z.object({ start: instantOut, end: instantOut }).nullable(),
    etrSource: z.enum(['none', 'estimated', 'field']),
    crew: z.string().nullable(),
    stage: z.enum(STAGES),
    cause: z.string().nullable(),
    ruleVersion: z.string(),
    sources: count,
    verification: verificationSchema,
    notice: z.object({ status: z.enum(NOTICE_STATUSES), revision: count }).nullable(),
    urges: count,
    clocks: z.array(
      z.object({
        name: z.enum(CLOCKS),
        startedAt: instantOut,
        dueAt: instantOut,
        legalDueAt: instantOut.nullable(),
        doneAt: instantOut.nullable(),
        enteredAt: instantOut.nullable(),
      }),
    ),
    evidence: z.array(
      z.object({
        position: count,
        observer: z.string(),
        observerClass: z.string(),
        said: z.string(),
        at: instantOut,
        device: nullableId,
      }),
    ),
    firstCallAt: instantOut.nullable(),
    serviceLevel: z.number().int().min(1).max(4),
    serviceReasons: z.array(z.enum(SERVICE_REASONS)),
    repair: repairSchema.nullable(),
    suspectedTie: likelyTie.extend({ rivals: z.array(likelyTie).optional() }).optional(),
  })
  .meta({ id: 'Incident' })

export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string(),
  })
  .meta({ id: 'Problem' })

/** A code of the cause tree, or the reference of a reason: never free text. */
export const code = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'not a code')

/** A person's words about the work. */
export const remarkText = z.string().trim().min(1).max(MAX_REMARK_CHARACTERS)

/** What was done, and what it took (domain rule 5.2). */
const measureText = z.string().trim().min(1).max(MAX_MEASURE_CHARACTERS)

/** Actions that tell of a repair, or of its end. */
const MEASURED: ReadonlySet<ActionName> = new Set([
  'repair',
  'partial',
  'restore',
  'result',
  'close',
])

export const actionBody = z
  .strictObject({
    action: z.enum(ACTIONS),
    revision: z.number().int().min(0),
    occurredAt: instantIn.optional(),
    crew: id.optional(),
    etr: instantIn.optional(),
    causeCode: code.optional(),
    reasonCode: code.optional(),
    transformers: z.array(id).min(1).max(MAX_ACTION_TRANSFORMERS).optional(),
    site: siteReport.optional(),
    grade: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]).optional(),
    /** 处理措施, 材料. Words of the ledger alone, as the remark. */
    measure: measureText.optional(),
    materials: measureText.optional(),
    /** Other words that go with it. Kept in the ledger alone. */
    remark: remarkText.optional(),
    /** With `urge`: whose urge it is, a reference. Kept as a contact, in no fact. */
    account: id.optional(),
  })
  .refine(({ action, account }) => account === undefined || action === 'urge', {
    path: ['account'],
    message: 'an account belongs to an urge',
  })
  .refine(
    ({ action, measure, materials }) =>
      MEASURED.has(action) || (measure ?? materials) === undefined,
    { message: 'measures and materials go with what was repaired', path: ['measure'] },
  )
  .meta({ id: 'ActionRequest' })

/** `crew.busy` names the crew's other orders. */
export const actionWarning = z.object({
  code: z.enum(['crew.busy', 'crew.inactive', 'crew.unknown']),
  incidents: z.array(z.string()),
})

export const actionAnswer = z
  .object({
    requestId: z.string(),
    incident: z.string(),
    accepted: z.boolean(),
    refusal: z.string().nullable(),
    revision: count,
    at: instantOut,
    warnings: z.array(actionWarning).optional(),
  })
  .meta({ id: 'ActionAnswer' })

export const accountSchema = z
  .object({
    name: z.string(),
    role: z.string(),
    /** The account's own units; what lies below them is seen too. */
    units: z.array(z.string()),
    allUnits: z.boolean(),
    rights: z.array(z.string()),
  })
  .meta({ id: 'Account' })

export const figures = z
  .object({
    customers: count,
    customersOut: count,
    transformersOut: count,
    incidents: z.object({ open: count, byGrade: z.record(z.string(), count) }),
    reportsPerMinute: z.number(),
    storm: z.object({
      on: z.boolean(),
      by: z.enum(['rule', 'person']),
      since: instantOut.nullable(),
      reason: z.string().nullable(),
    }),
  })
  .meta({ id: 'Figures' })

/** GeoJSON, as far as a reader needs to be told. */
export const featureCollection = z
  .looseObject({
    type: z.literal('FeatureCollection'),
    features: z.array(z.looseObject({ type: z.literal('Feature') })),
  })
  .meta({ id: 'FeatureCollection' })
