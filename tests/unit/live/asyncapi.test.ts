/** The published messages of the live channel are those that are sent. */
import { expect, test } from 'vitest'
import { liveAsyncApi } from '../../../src/live/asyncapi.ts'
import {
  deltaMessage,
  errorMessage,
  pingMessage,
  snapshotMessage,
} from '../../../src/live/messages.ts'

const { channels, operations, components } = liveAsyncApi()
const messages = components.messages as Record<
  string,
  { payload: { properties?: Record<string, unknown>; required?: string[] } }
>

test.each([
  ['snapshot', snapshotMessage('stats', 'c', 'now', ['{"id":"stats"}'])],
  ['delta', deltaMessage('stats', 'p', 'c', 'now', ['{"id":"stats"}'], ['x'])],
  ['ping', pingMessage('now')],
  ['error', errorMessage('topic.unknown', 'no such topic', 'x')],
])('%s has exactly the published fields', (name, bytes) => {
  const sent = Object.keys(JSON.parse(String(bytes)) as object)
  expect(sent.sort()).toEqual(Object.keys(messages[`live${name}`]!.payload.properties!).sort())
})

test('every reference of the part leads to a message of it', () => {
  for (const { $ref } of Object.values(channels.live.messages))
    expect(messages).toHaveProperty([$ref.split('/').at(-1)!])
  for (const operation of Object.values(operations))
    for (const { $ref } of operation.messages)
      expect(channels.live.messages).toHaveProperty([$ref.split('/').at(-1)!])
})
