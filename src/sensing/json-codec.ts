/**
 * The JSON of CONTRACT §4 into facts. Every message gives at least one fact: what can be used
 * becomes evidence, the rest is quarantined with its reason. Never throws for what was received,
 * never judges what it means.
 */
import type { z } from 'zod'
import type {
  CrewPositionFact,
  Fact,
  LinkFact,
  QuarantinedFact,
  QuarantineReason,
  ReadingFact,
  ReportFact,
} from '../facts/facts.ts'
import type { DeviceId, ObserverId } from '../facts/ids.ts'
import { parsePhases } from '../facts/phases.ts'
import { type InstantMs, parseInstant } from '../facts/time.ts'
import {
  crewPositionMessage,
  type EventMessage,
  eventMessage,
  MAX_PAYLOAD_BYTES,
  type ReadingMessage,
  readingMessage,
  type StatusMessage,
  statusMessage,
} from '../facts/wire.ts'
import type { Identity } from './identity.ts'
import { MAX_DETAIL_CHARACTERS, MAX_RAW_CHARACTERS, MAX_TOPIC_CHARACTERS } from './limits.ts'
import type { Standing, TerminalDirectory } from './port.ts'
import { type Channel, channelOf } from './topics.ts'

/** A message as it arrived from an authenticated identity. */
export interface ReceivedMessage {
  readonly identity: Identity
  readonly topic: string
  readonly payload: Uint8Array
  readonly receivedAt: InstantMs
  /** A last will: written when the connection began, so its `at` says nothing about the end. */
  readonly will?: boolean
}

/** The same from somebody who may be nobody. */
export type UnidentifiedMessage = Omit<ReceivedMessage, 'identity'> & {
  readonly identity: Identity | undefined
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }
type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: QuarantineReason; readonly detail: string }

const SCHEMAS = {
  event: eventMessage,
  status: statusMessage,
  reading: readingMessage,
  position: crewPositionMessage,
} as const satisfies Record<Channel, z.ZodType>

/** What is said of a device; beside other kinds its name is no evidence. */
const OF_DEVICES: ReadonlySet<EventMessage['kind']> = new Set([
  'switchOpen',
  'switchClosed',
  'protectionTrip',
  'recloseSucceeded',
  'faultIndicated',
])

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })
const lenientUtf8 = new TextDecoder('utf-8')

/** Facts of one message, in the order they are to be journalled; at least one. */
export function decodeMessage(
  message: ReceivedMessage,
  directory: TerminalDirectory,
): readonly Fact[] {
  const { identity, topic, payload } = message
  const channel = channelOf(identity, topic)
  if (channel === undefined)
    return [quarantine(message, 'wrongTopic', `topic: not one that ${identity.kind}s publish on`)]
  if (payload.byteLength > MAX_PAYLOAD_BYTES)
    return [
      quarantine(
        message,
        'oversized',
        `payload: ${payload.byteLength} bytes, at most ${MAX_PAYLOAD_BYTES}`,
      ),
    ]
  if (identity.kind === 'terminal' && !directory.isTerminal(identity.id))
    return [quarantine(message, 'unknownTerminal', 'terminal: not in the grid')]
  if (identity.kind === 'crew' && directory.isCrew?.(identity.id) === false)
    return [quarantine(message, 'unknownCrew', 'crew: not in the register')]

  const read = readJson(payload, channel)
  if (!read.ok) return [quarantine(message, read.reason, read.detail)]
  switch (channel) {
    case 'event':
      return factsOfEvent(message, read.value as EventMessage, directory)
    case 'reading':
      return factsOfReading(message, read.value as ReadingMessage, directory)
    case 'status':
      return [linkFact(message, read.value as StatusMessage)]
    case 'position':
      return [crewPositionFact(message, read.value as z.infer<typeof crewPositionMessage>)]
  }
}

function readJson(payload: Uint8Array, channel: Channel): Result<unknown> {
  let text: string
  try {
    text = strictUtf8.decode(payload)
  } catch {
    return { ok: false, reason: 'malformed', detail: 'payload: not UTF-8' }
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { ok: false, reason: 'malformed', detail: 'payload: not JSON' }
  }
  const parsed = SCHEMAS[channel].safeParse(json)
  if (parsed.success) return { ok: true, value: parsed.data }
  const issue = parsed.error.issues[0]!
  const field = issue.path.length > 0 ? issue.path.join('.') : 'payload'
  return {
    ok: false,
    reason: issue.path[0] === 'at' ? 'unreadableTime' : 'malformed',
    detail: `${field}: ${issue.message}`,
  }
}

function factsOfEvent(
  message: ReceivedMessage,
  event: EventMessage,
  directory: TerminalDirectory,
): readonly Fact[] {
  const refusal = refusedDevice(message, event, directory)
  if (refusal) return [refusal]
  if (event.meters === undefined) return [reportFact(message, event)]

  const { known, refused } = sortTargets(message.identity.id, event.meters, directory)
  const facts: Fact[] = refused.map(({ id, standing }) =>
    quarantineTarget(message, 'meters', id, standing, { ...event, meters: [id] }),
  )
  // Without one known meter there is nothing to report: an empty list must never be read as
  // "the terminal itself".
  if (known.length > 0) facts.unshift(reportFact(message, event, known))
  return facts
}

/** A word on a switch that the terminal has nothing to do with is a mistake in the grid file, or worse. */
function refusedDevice(
  message: ReceivedMessage,
  { device, kind }: EventMessage,
  directory: TerminalDirectory,
): QuarantinedFact | undefined {
  if (device === undefined) return undefined
  const standing = directory.deviceStandingOf(message.identity.id, device)
  if (standing === 'unknownDevice')
    return quarantine(message, 'malformed', `device: unknown device ${device}`)
  if (standing === 'known' || !OF_DEVICES.has(kind)) return undefined
  const detail = `device: ${device} is not one that this terminal may speak of`
  return quarantine(message, 'foreignDevice', detail)
}

function factsOfReading(
  message: ReceivedMessage,
  reading: ReadingMessage,
  directory: TerminalDirectory,
): readonly Fact[] {
  const targets = reading.readings.map(({ target }) => target)
  const { known, refused } = sortTargets(message.identity.id, targets, directory)
  const facts: Fact[] = refused.map(({ id, standing }) =>
    quarantineTarget(message, 'readings', id, standing, {
      ...reading,
      readings: reading.readings.filter(({ target }) => target === id),
    }),
  )
  if (known.length > 0) {
    const usable = new Set<string>(known)
    const readings = reading.readings
      .filter(({ target }) => usable.has(target))
      .map(({ target, result, volts }) => ({
        target: target as ObserverId,
        result,
        ...(volts && { volts: volts.map(unsignedZero) }),
      }))
    facts.unshift(readingFact(message, reading, readings))
  }
  return facts
}

/** Splits ids into those the terminal may speak of and the others, each once, in order. */
function sortTargets(terminal: string, ids: readonly string[], directory: TerminalDirectory) {
  const known: ObserverId[] = []
  const refused: { id: string; standing: Exclude<Standing, 'known'> }[] = []
  for (const id of new Set(ids)) {
    const standing = directory.standingOf(terminal, id)
    if (standing === 'known') known.push(id as ObserverId)
    else refused.push({ id, standing })
  }
  return { known, refused }
}

function reportFact(
  { identity, receivedAt }: ReceivedMessage,
  event: EventMessage,
  meters?: readonly ObserverId[],
): ReportFact {
  const fact: Mutable<ReportFact> = {
    type: 'report',
    receivedAt,
    terminal: identity.id as ObserverId,
    kind: event.kind,
  }
  if (event.at != null) fact.at = parseInstant(event.at)!
  if (event.boot !== undefined) fact.boot = unsignedZero(event.boot)
  if (event.seq !== undefined) fact.seq = unsignedZero(event.seq)
  if (meters !== undefined) fact.meters = meters
  if (event.device !== undefined) fact.device = event.device as DeviceId
  if (event.phases !== undefined) fact.phases = parsePhases(event.phases)!
  if (event.volts !== undefined) fact.volts = event.volts.map(unsignedZero)
  if (event.reclosing !== undefined) fact.reclosing = event.reclosing
  if (event.flags?.valid !== undefined) fact.valid = event.flags.valid
  if (event.flags?.area !== undefined) fact.area = event.flags.area
  if (event.flags?.onBattery !== undefined) fact.onBattery = event.flags.onBattery
  if (event.id !== undefined) fact.messageId = event.id
  return fact
}

function readingFact(
  { identity, receivedAt }: ReceivedMessage,
  reading: ReadingMessage,
  readings: ReadingFact['readings'],
): ReadingFact {
  const fact: Mutable<ReadingFact> = {
    type: 'reading',
    receivedAt,
    terminal: identity.id as ObserverId,
    readings,
  }
  if (reading.call !== undefined) fact.call = reading.call
  if (reading.at != null) fact.at = parseInstant(reading.at)!
  return fact
}

function linkFact(
  { identity, receivedAt, will }: ReceivedMessage,
  status: StatusMessage,
): LinkFact {
  const fact: Mutable<LinkFact> = {
    type: 'link',
    receivedAt,
    terminal: identity.id as ObserverId,
    state: status.state,
  }
  if (status.at != null && !will) fact.at = parseInstant(status.at)!
  return fact
}

function crewPositionFact(
  { identity, receivedAt }: ReceivedMessage,
  position: z.infer<typeof crewPositionMessage>,
): CrewPositionFact {
  return {
    type: 'crewPosition',
    receivedAt,
    crew: identity.id as CrewPositionFact['crew'],
    at: parseInstant(position.at)!,
    lon: unsignedZero(position.lon),
    lat: unsignedZero(position.lat),
  }
}

/** `-0` is JSON, but is stored as `0`: the engine must be shown what a replay will show it. */
function unsignedZero(value: number): number {
  return value + 0
}

/**
 * One meter of a list: `raw` is the message cut down to that meter, so that it can be replayed
 * alone, and a list of 500 strangers does not store its payload 500 times.
 */
function quarantineTarget(
  message: ReceivedMessage,
  field: 'meters' | 'readings',
  meter: string,
  standing: Exclude<Standing, 'known'>,
  alone: EventMessage | ReadingMessage,
): QuarantinedFact {
  const why =
    standing === 'unknownMeter' ? 'not in the grid' : 'not one that this terminal may speak of'
  const quarantined = quarantine(message, standing, `${field}: ${meter} is ${why}`)
  return { ...quarantined, raw: cut(JSON.stringify(alone), MAX_RAW_CHARACTERS), meter }
}

/** The fact that a message could not be used, and why. */
export function quarantine(
  { identity, topic, payload, receivedAt }: UnidentifiedMessage,
  reason: QuarantineReason,
  detail: string,
): QuarantinedFact {
  const fact: Mutable<QuarantinedFact> = {
    type: 'quarantined',
    receivedAt,
    reason,
    topic: cut(topic, MAX_TOPIC_CHARACTERS),
    detail: cut(detail, MAX_DETAIL_CHARACTERS),
    raw: rawText(payload),
  }
  if (identity?.kind === 'terminal') fact.terminal = identity.id
  return fact
}

/** A character takes at most four bytes, so the rest of a long payload need not be decoded. */
function rawText(payload: Uint8Array): string {
  return cut(lenientUtf8.decode(payload.subarray(0, 4 * MAX_RAW_CHARACTERS)), MAX_RAW_CHARACTERS)
}

/** Cuts without leaving half a surrogate pair, which would not survive being stored as UTF-8. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)
}
