/**
 * The AsyncAPI 3.0 document of the MQTT side, made from the schemas that the codec reads with, so
 * that what is published and what is accepted cannot differ. Describes; decides nothing.
 */
import { z } from 'zod'
import {
  CREWS_SEGMENT,
  callMessage,
  crewPositionMessage,
  eventMessage,
  MAX_PAYLOAD_BYTES,
  NOTICES_SEGMENT,
  noticeMessage,
  readingMessage,
  statusMessage,
  TOPIC_ROOT,
} from '../facts/wire.ts'

interface ChannelSpec {
  readonly name: string
  readonly address: string
  readonly parameters: readonly ('terminalId' | 'crewId' | 'unit' | 'role')[]
  /** From the program's side: it receives what goes up and sends what goes down. */
  readonly action: 'receive' | 'send'
  readonly retain: boolean
  readonly summary: string
  readonly schema: z.ZodType
  /** Example payloads; the first is that of CONTRACT §4. */
  readonly examples: readonly object[]
}

/** The channels of CONTRACT §4 with its examples, their times filled in. */
export const MQTT_CHANNELS: readonly ChannelSpec[] = [
  {
    name: 'event',
    address: `${TOPIC_ROOT}/{terminalId}/event`,
    parameters: ['terminalId'],
    action: 'receive',
    retain: false,
    summary: 'What a terminal saw. Without `meters` it speaks of its own supply.',
    schema: eventMessage,
    examples: [
      { id: 'T0001-17', kind: 'powerOff', at: '2026-11-22T03:00:00.000Z', boot: 3, seq: 17 },
      { kind: 'powerOff', at: null, meters: ['M1', 'M2'], flags: { valid: true } },
    ],
  },
  {
    name: 'status',
    address: `${TOPIC_ROOT}/{terminalId}/status`,
    parameters: ['terminalId'],
    action: 'receive',
    retain: true,
    summary: 'The link, not the power; also the last will.',
    schema: statusMessage,
    examples: [{ state: 'online', at: '2026-11-22T03:00:00.000Z' }, { state: 'offline' }],
  },
  {
    name: 'call',
    address: `${TOPIC_ROOT}/{terminalId}/call`,
    parameters: ['terminalId'],
    action: 'send',
    retain: false,
    summary: 'A call-read (召测): these targets, answered by that time.',
    schema: callMessage,
    examples: [{ call: 'c-81', targets: ['M1', 'M2'], by: '2026-11-22T03:01:30.000Z' }],
  },
  {
    name: 'reading',
    address: `${TOPIC_ROOT}/{terminalId}/reading`,
    parameters: ['terminalId'],
    action: 'receive',
    retain: false,
    summary: 'Answers to a call-read, or readings of its own accord.',
    schema: readingMessage,
    examples: [
      {
        call: 'c-81',
        at: '2026-11-22T03:01:00.000Z',
        readings: [{ target: 'M1', result: 'energised', volts: [230.1, 229.8, 231.0] }],
      },
    ],
  },
  {
    name: 'position',
    address: `${TOPIC_ROOT}/${CREWS_SEGMENT}/{crewId}/position`,
    parameters: ['crewId'],
    action: 'receive',
    retain: false,
    summary: 'Where a crew is.',
    schema: crewPositionMessage,
    examples: [{ at: '2026-11-22T03:05:00.000Z', lon: 111.6, lat: 40.8 }],
  },
  {
    name: 'notice',
    address: `${TOPIC_ROOT}/${NOTICES_SEGMENT}/{unit}/{role}`,
    parameters: ['unit', 'role'],
    action: 'send',
    retain: false,
    summary: 'A notice (故障感知信息) to those it is routed to; for services alone, at least once.',
    schema: noticeMessage,
    examples: [
      {
        id: 'msg_0b8bF2mQxV5r1cJ9wTqLz3hYkEd',
        type: 'notice.published',
        timestamp: '2026-11-22T03:02:00.000Z',
        data: {
          ...{ no: 'GZ20261122150100001', incident: 'INC-000001', revision: 4 },
          ...{ status: 'published', grade: 2, unit: '1501' },
          routes: ['serviceDispatcher', 'networkDispatcher', 'gridManager'],
        },
      },
    ],
  },
]

const PARAMETERS = {
  terminalId: 'Id of an observer of the grid; the MQTT user name of the terminal.',
  crewId: 'Id of a crew; its MQTT user name is `crew:` and this id.',
  unit: 'Unit (供电单位) of the incident.',
  role: '`serviceDispatcher` 服务调度, `networkDispatcher` 配网调度, `gridManager` 网格经理; `test` for trial messages.',
} as const

const nameOf = (channel: string) => `${channel}Message`

function jsonSchemaOf(schema: z.ZodType): object {
  // Draft 7 is what AsyncAPI schema objects are a superset of; `input`: unknown fields are ignored.
  const { $schema, ...jsonSchema } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' })
  return jsonSchema
}

const entries = <T>(make: (channel: ChannelSpec) => [string, T]) =>
  Object.fromEntries(MQTT_CHANNELS.map(make))

/** The document for `/asyncapi.json`; `version` is the program's. */
export function asyncApiDocument(version: string): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Lastgasp: terminals, crews and services over MQTT',
      version,
      description: `MQTT 3.1.1, QoS 1; a PUBACK means that the message is on disk. Payloads are JSON of at most ${MAX_PAYLOAD_BYTES} bytes; unknown fields are ignored. What cannot be used is acknowledged and kept in quarantine with its reason.`,
    },
    defaultContentType: 'application/json',
    channels: entries(({ name, address, parameters, summary }) => [
      name,
      {
        address,
        description: summary,
        parameters: Object.fromEntries(
          parameters.map((parameter) => [parameter, { description: PARAMETERS[parameter] }]),
        ),
        messages: { [nameOf(name)]: { $ref: `#/components/messages/${nameOf(name)}` } },
      },
    ]),
    operations: entries(({ name, action, retain }) => [
      `${action}${name[0]!.toUpperCase()}${name.slice(1)}`,
      {
        action,
        channel: { $ref: `#/channels/${name}` },
        messages: [{ $ref: `#/channels/${name}/messages/${nameOf(name)}` }],
        bindings: { mqtt: { qos: 1, retain, bindingVersion: '0.2.0' } },
      },
    ]),
    components: {
      messages: entries(({ name, summary, examples }) => [
        nameOf(name),
        {
          summary,
          payload: { $ref: `#/components/schemas/${name}` },
          examples: examples.map((payload) => ({ payload })),
        },
      ]),
      schemas: entries(({ name, schema }) => [name, jsonSchemaOf(schema)]),
    },
  }
}
