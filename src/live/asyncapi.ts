/**
 * The live channel as a part of the AsyncAPI 3.0 document: `app` lays it beside the MQTT side.
 * Made from the schemas that read the clients' messages; it describes, and decides nothing.
 */
import { z } from 'zod'
import { clientMessage, TOPIC_RIGHTS } from './messages.ts'

const at = z.string().describe('RFC 3339, UTC')
const items = z.array(z.looseObject({ id: z.string() })).describe('whole present objects')

/** What the server sends. */
const SERVER_MESSAGES = {
  snapshot: z.object({
    type: z.literal('snapshot'),
    topic: z.string(),
    cursor: z.string(),
    asOf: at,
    items,
  }),
  delta: z.object({
    type: z.literal('delta'),
    topic: z.string(),
    prev: z.string().describe('cursor of the message before; any other means a gap'),
    cursor: z.string(),
    asOf: at,
    items,
    removed: z.array(z.string()),
  }),
  ping: z.object({ type: z.literal('ping'), asOf: at }),
  error: z.object({
    type: z.literal('error'),
    code: z.enum(['message.invalid', 'topic.unknown', 'topic.forbidden', 'topic.tooMany']),
    detail: z.string(),
    topic: z.string().optional(),
  }),
} as const

const schemaOf = (schema: z.ZodType) => {
  const { $schema, ...json } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' })
  return json
}

const reference = (name: string) => ({ $ref: `#/components/messages/live${name}` })

/** Channels, operations and components of the WebSocket, to be merged into one document. */
export function liveAsyncApi() {
  const schemas = { client: clientMessage, ...SERVER_MESSAGES }
  const names = Object.keys(schemas)
  return {
    channels: {
      live: {
        address: '/api/v1/live?ticket={ticket}',
        description: `WebSocket. Topics and the right each asks for: ${Object.entries(TOPIC_RIGHTS)
          .map(([topic, right]) => `${topic} (${right})`)
          .join(', ')}.`,
        parameters: { ticket: { description: 'From `POST /api/v1/tickets`; one use, 30 s.' } },
        messages: Object.fromEntries(names.map((name) => [name, reference(name)])),
      },
    },
    operations: {
      receiveLive: {
        action: 'receive',
        channel: { $ref: '#/channels/live' },
        messages: [{ $ref: '#/channels/live/messages/client' }],
      },
      sendLive: {
        action: 'send',
        channel: { $ref: '#/channels/live' },
        messages: Object.keys(SERVER_MESSAGES).map((name) => ({
          $ref: `#/channels/live/messages/${name}`,
        })),
      },
    },
    components: {
      messages: Object.fromEntries(
        Object.entries(schemas).map(([name, schema]) => [
          `live${name}`,
          { name: `live${name}`, payload: schemaOf(schema) },
        ]),
      ),
    },
  }
}
