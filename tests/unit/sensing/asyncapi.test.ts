import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { asyncApiDocument, MQTT_CHANNELS } from '../../../src/sensing/asyncapi.ts'

interface Document {
  asyncapi: string
  info: { version: string }
  channels: Record<string, { address: string; parameters: Record<string, object> }>
  operations: Record<string, { action: string }>
  components: {
    messages: Record<string, { examples: { payload: unknown }[] }>
    schemas: Record<string, z.core.JSONSchema.JSONSchema>
  }
}
// As it is served: through JSON.
const document = JSON.parse(JSON.stringify(asyncApiDocument('1.2.3'))) as Document

/** CONTRACT §4, word for word but for the times it leaves out. */
const CONTRACT_EXAMPLES: Record<string, [address: string, action: string, payload: object]> = {
  event: [
    'lastgasp/v1/{terminalId}/event',
    'receive',
    { id: 'T0001-17', kind: 'powerOff', at: '2026-11-22T03:00:00.000Z', boot: 3, seq: 17 },
  ],
  status: [
    'lastgasp/v1/{terminalId}/status',
    'receive',
    { state: 'online', at: '2026-11-22T03:00:00.000Z' },
  ],
  call: [
    'lastgasp/v1/{terminalId}/call',
    'send',
    { call: 'c-81', targets: ['M1', 'M2'], by: '2026-11-22T03:01:30.000Z' },
  ],
  reading: [
    'lastgasp/v1/{terminalId}/reading',
    'receive',
    {
      call: 'c-81',
      at: '2026-11-22T03:01:00.000Z',
      readings: [{ target: 'M1', result: 'energised', volts: [230.1, 229.8, 231.0] }],
    },
  ],
  position: [
    'lastgasp/v1/crews/{crewId}/position',
    'receive',
    { at: '2026-11-22T03:00:00.000Z', lon: 111.6, lat: 40.8 },
  ],
  // Added to the contract.
  notice: [
    'lastgasp/v1/notices/{unit}/{role}',
    'send',
    { id: 'msg_1', type: 'notice.changed', timestamp: '2026-11-22T03:00:00.000Z', data: {} },
  ],
}

describe('AsyncAPI document', () => {
  test('has every channel of the contract and no other, and says the version', () => {
    expect(document.asyncapi).toBe('3.0.0')
    expect(document.info.version).toBe('1.2.3')
    expect(Object.keys(document.channels).sort()).toEqual(Object.keys(CONTRACT_EXAMPLES).sort())
  })

  test.each(Object.entries(CONTRACT_EXAMPLES))(
    '%s of the contract',
    (name, [address, action, payload]) => {
      expect(document.channels[name]!.address).toBe(address)
      const parameters = [...address.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter)
      expect(Object.keys(document.channels[name]!.parameters)).toEqual(parameters)
      const operation = `${action}${name[0]!.toUpperCase()}${name.slice(1)}`
      expect(document.operations[operation]!.action).toBe(action)
      const channel = MQTT_CHANNELS.find((spec) => spec.name === name)!
      expect(channel.schema.safeParse(payload).error).toBeUndefined()
      expect(z.fromJSONSchema(document.components.schemas[name]!).safeParse(payload).success).toBe(
        true,
      )
    },
  )

  test.each(Object.keys(CONTRACT_EXAMPLES))(
    'published examples of %s fit schema and codec',
    (name) => {
      const channel = MQTT_CHANNELS.find((spec) => spec.name === name)!
      const published = z.fromJSONSchema(document.components.schemas[name]!)
      const examples = document.components.messages[`${name}Message`]!.examples
      expect(examples.length).toBeGreaterThan(0)
      for (const { payload } of examples) {
        expect(channel.schema.safeParse(payload).error).toBeUndefined()
        expect(published.safeParse(payload).success).toBe(true)
      }
    },
  )

  test('what the codec refuses the published schemas refuse', () => {
    const event = z.fromJSONSchema(document.components.schemas.event!)
    for (const bad of [
      {},
      { kind: 'no' },
      { kind: 'powerOff', at: 'x' },
      { kind: 'powerOff', phases: 'BA' },
    ])
      expect(event.safeParse(bad).success).toBe(false)
    expect(event.safeParse({ kind: 'powerOff', somethingNewer: 1 }).success).toBe(true)
  })

  test('every reference leads somewhere', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)]
    expect(references.length).toBeGreaterThan(10)
    for (const [, path] of references) {
      let place: unknown = document
      for (const step of path!.split('/')) place = (place as Record<string, unknown>)?.[step]
      expect(place, path).toBeDefined()
    }
  })
})
