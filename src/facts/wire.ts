/**
 * What terminals and crews send and receive over MQTT, version 1 (CONTRACT §4). One schema a
 * message; the simulators publish what these schemas describe, `sensing` reads it.
 */
import { z } from 'zod'
import { ID_PATTERN } from './ids.ts'
import { parsePhases } from './phases.ts'
import { parseInstant } from './time.ts'

/** Longest MQTT payload read, bytes. A concentrator naming 150 meters fits four times over. */
export const MAX_PAYLOAD_BYTES = 16_384

/** Most meters or targets one message may name; the largest area of the utility has 400 meters. */
export const MAX_METERS_PER_MESSAGE = 500

export const EVENT_KINDS = [
  'powerOff',
  'powerOn',
  'areaOff',
  'areaOn',
  'switchOpen',
  'switchClosed',
  'protectionTrip',
  'recloseSucceeded',
  'faultIndicated',
  'phaseLoss',
  'phaseRestored',
  'voltage',
] as const
export type EventKind = (typeof EVENT_KINDS)[number]

export const READING_RESULTS = [
  'energised',
  'deenergised',
  'phaseLoss',
  'relayOpen',
  'noAnswer',
] as const
export type ReadingResult = (typeof READING_RESULTS)[number]

const id = z.string().regex(ID_PATTERN)
const instant = z
  .string()
  .max(40)
  .refine((text) => parseInstant(text) !== undefined, {
    message: 'not an RFC 3339 time',
    params: { quarantine: 'unreadableTime' },
  })
  .meta({ format: 'date-time' })
/** Boot and sequence counters are unsigned 32-bit on the terminals. */
const counter = z.number().int().min(0).max(0xffff_ffff)
/** Per-phase volts; 1,000 kV is beyond any network this reads. */
const volts = z.array(z.number().min(0).max(1_000_000)).min(1).max(3)
const phases = z
  .string()
  .max(3)
  .refine((text) => parsePhases(text) !== undefined, {
    message: 'not a set of phases such as "A" or "BC"',
  })
  .meta({ pattern: '^(?=.)A?B?C?$' })

/** 重合闸投退: automatic reclosing is in service, or put out of it. */
export const RECLOSING_STATES = ['on', 'off'] as const
export type ReclosingState = (typeof RECLOSING_STATES)[number]

/** Up, `lastgasp/v1/{terminalId}/event`. */
export const eventMessage = z.object({
  id: z.string().min(1).max(128).optional(),
  kind: z.enum(EVENT_KINDS),
  at: instant.nullable().optional(),
  boot: counter.optional(),
  seq: counter.optional(),
  meters: z.array(id).min(1).max(MAX_METERS_PER_MESSAGE).optional(),
  device: id.optional(),
  phases: phases.optional(),
  volts: volts.optional(),
  /** With what is said of a switch: whether it would reclose by itself. */
  reclosing: z.enum(RECLOSING_STATES).optional(),
  flags: z
    .object({
      valid: z.boolean().optional(),
      area: z.boolean().optional(),
      onBattery: z.boolean().optional(),
    })
    .optional(),
})
export type EventMessage = z.infer<typeof eventMessage>

/** Up, retained, last will, `lastgasp/v1/{terminalId}/status`: the link, not the power. */
export const statusMessage = z.object({
  state: z.enum(['online', 'offline']),
  at: instant.nullable().optional(),
})
export type StatusMessage = z.infer<typeof statusMessage>

/** Down, `lastgasp/v1/{terminalId}/call`: a call-read (召测). */
export const callMessage = z.object({
  call: id,
  targets: z.array(id).min(1).max(MAX_METERS_PER_MESSAGE),
  by: instant,
})
export type CallMessage = z.infer<typeof callMessage>

/** Up, `lastgasp/v1/{terminalId}/reading`. */
export const readingMessage = z.object({
  call: id.optional(),
  at: instant.nullable().optional(),
  readings: z
    .array(z.object({ target: id, result: z.enum(READING_RESULTS), volts: volts.optional() }))
    .min(1)
    .max(MAX_METERS_PER_MESSAGE),
})
export type ReadingMessage = z.infer<typeof readingMessage>

/** Up, `lastgasp/v1/crews/{crewId}/position`. */
export const crewPositionMessage = z.object({
  at: instant,
  lon: z.number().min(-180).max(180),
  lat: z.number().min(-90).max(90),
})
export type CrewPositionMessage = z.infer<typeof crewPositionMessage>

export const TOPIC_ROOT = 'lastgasp/v1'
export const CREWS_SEGMENT = 'crews'
export const NOTICES_SEGMENT = 'notices'

/** Down: a notice (故障感知信息) to those it is routed to; nothing personal. */
export const noticeMessage = z.object({
  /** The same each time it is sent: the receiver's key against doubles. */
  id: z.string(),
  type: z.enum([
    'notice.published',
    'notice.changed',
    'notice.restored',
    'notice.withdrawn',
    'notice.archived',
    'notice.pushed',
    'webhook.test',
  ]),
  timestamp: instant,
  /** The notice as webhooks carry it. */
  data: z.looseObject({
    no: z.string().nullable().optional(),
    incident: z.string().optional(),
    revision: z.number().int().min(1).optional(),
    status: z.string().optional(),
    grade: z.number().int().min(1).max(4).optional(),
    unit: z.string().optional(),
    routes: z.array(z.string()).optional(),
  }),
})
export type NoticeMessage = z.infer<typeof noticeMessage>
