import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fact, QuarantinedFact } from '../../../src/facts/facts.ts'
import { MAX_METERS_PER_MESSAGE, MAX_PAYLOAD_BYTES } from '../../../src/facts/wire.ts'
import { createTerminalDirectory } from '../../../src/sensing/directory.ts'
import { identityOf } from '../../../src/sensing/identity.ts'
import { decodeMessage } from '../../../src/sensing/json-codec.ts'
import { terminalGrid } from '../../support/terminal-grid.ts'

const directory = createTerminalDirectory(terminalGrid())
const receivedAt = Date.UTC(2026, 10, 22, 3, 0, 5)
const AT = '2026-11-22T03:00:00.000Z'
const AT_MS = Date.UTC(2026, 10, 22, 3)

function decodeBytes(payload: Uint8Array, channel: string, user = 'T1', will = false) {
  const identity = identityOf(user)!
  const topic =
    identity.kind === 'crew'
      ? `lastgasp/v1/crews/${identity.id}/${channel}`
      : `lastgasp/v1/${identity.id}/${channel}`
  return decodeMessage({ identity, topic, payload, receivedAt, will }, directory)
}

const decode = (message: unknown, channel = 'event', user = 'T1') =>
  decodeBytes(
    Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)),
    channel,
    user,
  )

/** The one quarantined fact of a message that gives nothing else. */
function quarantinedAlone(facts: readonly Fact[]): QuarantinedFact {
  expect(facts).toHaveLength(1)
  expect(facts[0]!.type).toBe('quarantined')
  return facts[0] as QuarantinedFact
}

describe('what can be used becomes evidence', () => {
  test('an event of the terminal itself, every field', () => {
    const message = {
      id: 'T1-17',
      kind: 'voltage',
      at: AT,
      boot: 3,
      seq: 17,
      device: 'X1',
      phases: 'AC',
      volts: [230.1, 0],
      reclosing: 'off',
      flags: { valid: true, area: false, onBattery: true },
      somethingNewer: { deep: [1] },
    }
    expect(decode(message)).toEqual([
      {
        type: 'report',
        receivedAt,
        terminal: 'T1',
        kind: 'voltage',
        at: AT_MS,
        boot: 3,
        seq: 17,
        device: 'X1',
        phases: 5,
        volts: [230.1, 0],
        reclosing: 'off',
        valid: true,
        area: false,
        onBattery: true,
        messageId: 'T1-17',
      },
    ])
  })

  test('the least event has no keys that were not said', () => {
    expect(decode({ kind: 'areaOff', at: null })).toStrictEqual([
      { type: 'report', receivedAt, terminal: 'T1', kind: 'areaOff' },
    ])
  })

  test.each([
    ['a year ahead', '2027-11-22T03:00:00Z', Date.UTC(2027, 10, 22, 3)],
    ['the end of the calendar', '9999-12-31T23:59:59Z', Date.UTC(9999, 11, 31, 23, 59, 59)],
    ['long past', '1970-01-01T08:00:00+08:00', 0],
  ])('a time %s is kept as said; the engine judges clocks', (_name, at, ms) => {
    expect(decode({ kind: 'powerOff', at })).toMatchObject([{ type: 'report', at: ms }])
  })

  test('known meters apply, the others are quarantined singly, each with its part', () => {
    const facts = decode({
      kind: 'powerOff',
      at: AT,
      meters: ['M1', 'M9', 'nobody', 'M3', 'M1', 'M9'],
    })
    expect(facts).toEqual([
      {
        type: 'report',
        receivedAt,
        terminal: 'T1',
        kind: 'powerOff',
        at: AT_MS,
        meters: ['M1', 'M3'],
      },
      expect.objectContaining({ type: 'quarantined', reason: 'foreignMeter', meter: 'M9' }),
      expect.objectContaining({ type: 'quarantined', reason: 'unknownMeter', meter: 'nobody' }),
    ])
    const foreign = facts[1] as QuarantinedFact
    expect(JSON.parse(foreign.raw)).toEqual({ kind: 'powerOff', at: AT, meters: ['M9'] })
    expect(foreign.detail).toMatch(/^meters: M9 /)
  })

  test('a report of no known meter is no report about the terminal', () => {
    const facts = decode({ kind: 'powerOff', at: AT, meters: ['M9', 'nobody'] })
    expect(facts.map(({ type }) => type)).toEqual(['quarantined', 'quarantined'])
  })

  test('a word on a switch of others is none, whose name beside another kind is nothing said', () => {
    const box = { at: AT, device: 'BOX1' }
    for (const kind of ['switchOpen', 'switchClosed', 'protectionTrip', 'faultIndicated'])
      expect(quarantinedAlone(decode({ kind, ...box }, 'event', 'F1'))).toMatchObject({
        reason: 'foreignDevice',
        detail: 'device: BOX1 is not one that this terminal may speak of',
      })
    expect(decode({ kind: 'powerOff', ...box }, 'event', 'F1')).toMatchObject([{ type: 'report' }])
    expect(decode({ kind: 'switchOpen', ...box })).toMatchObject([{ type: 'report' }])
  })

  test('a reading keeps its known targets', () => {
    const readings = [
      { target: 'M1', result: 'energised', volts: [230, 231, 229] },
      { target: 'M9', result: 'deenergised' },
      { target: 'T1', result: 'noAnswer' },
    ]
    expect(decode({ call: 'c-81', at: AT, readings }, 'reading')).toEqual([
      {
        type: 'reading',
        receivedAt,
        terminal: 'T1',
        call: 'c-81',
        at: AT_MS,
        readings: [readings[0], readings[2]],
      },
      expect.objectContaining({ reason: 'foreignMeter', meter: 'M9' }),
    ])
    expect(decode({ readings: [readings[1]] }, 'reading').map(({ type }) => type)).toEqual([
      'quarantined',
    ])
  })

  test('a status is a link fact; the time of a will is dropped', () => {
    const status = Buffer.from(JSON.stringify({ state: 'offline', at: AT }))
    const link = { type: 'link', receivedAt, terminal: 'T1', state: 'offline' }
    expect(decodeBytes(status, 'status')).toEqual([{ ...link, at: AT_MS }])
    expect(decodeBytes(status, 'status', 'T1', true)).toStrictEqual([link])
  })

  test('a crew says where it is', () => {
    expect(decode({ at: AT, lon: 111.6, lat: 40.8 }, 'position', 'crew:c7')).toEqual([
      { type: 'crewPosition', receivedAt, crew: 'c7', at: AT_MS, lon: 111.6, lat: 40.8 },
    ])
  })

  test('a negative zero, which storage would turn into zero, never enters', () => {
    const [event] = decode('{"kind":"voltage","boot":-0,"seq":-0,"volts":[-0,1]}')
    const [reading] = decode(
      '{"readings":[{"target":"M1","result":"noAnswer","volts":[-0]}]}',
      'reading',
    )
    const [crew] = decode(`{"at":"${AT}","lon":-0,"lat":-0}`, 'position', 'crew:c7')
    expect(event).toMatchObject({ boot: 0, seq: 0, volts: [0, 1] })
    expect(reading).toMatchObject({ readings: [{ target: 'M1', result: 'noAnswer', volts: [0] }] })
    expect(crew).toMatchObject({ lon: 0, lat: 0 })
  })

  test('prototype-named ids are ids like others', () => {
    expect(
      decode({ kind: 'powerOff', meters: ['constructor'] }, 'event', '__proto__'),
    ).toMatchObject([{ type: 'report', terminal: '__proto__', meters: ['constructor'] }])
  })
})

const EVENT = { kind: 'powerOff', at: AT }
const READING = { at: AT, readings: [{ target: 'M1', result: 'energised' }] }
const POSITION = { at: AT, lon: 111.6, lat: 40.8 }
const without = (message: object, key: string) => ({ ...message, [key]: undefined })

type BadMessage = [field: string, bad: string, channel: string, message: unknown]
const malformed: BadMessage[] = [
  ['payload', 'a number', 'event', 7],
  ['payload', 'null', 'event', null],
  ['payload', 'an array', 'event', []],
  ['payload', 'empty', 'event', ''],
  ['payload', 'cut off', 'event', '{"kind":"powerOff"'],
  ['payload', 'not a number of JSON', 'event', '{"kind":"powerOff","seq":NaN}'],
  ['kind', 'missing', 'event', without(EVENT, 'kind')],
  ['kind', 'unknown', 'event', { ...EVENT, kind: 'earthquake' }],
  ['kind', 'of every object', 'event', { ...EVENT, kind: 'constructor' }],
  ['kind', 'of the wrong type', 'event', { ...EVENT, kind: ['powerOff'] }],
  ['id', 'empty', 'event', { ...EVENT, id: '' }],
  ['id', 'huge', 'event', { ...EVENT, id: 'x'.repeat(129) }],
  ['id', 'a number', 'event', { ...EVENT, id: 17 }],
  ['boot', 'negative', 'event', { ...EVENT, boot: -1 }],
  ['boot', 'a fraction', 'event', { ...EVENT, boot: 1.5 }],
  ['seq', 'huge', 'event', { ...EVENT, seq: 2 ** 32 }],
  ['seq', 'endless', 'event', '{"kind":"powerOff","seq":1e999}'],
  ['seq', 'text', 'event', { ...EVENT, seq: '17' }],
  ['meters', 'empty', 'event', { ...EVENT, meters: [] }],
  [
    'meters',
    'too many',
    'event',
    { ...EVENT, meters: Array(MAX_METERS_PER_MESSAGE + 1).fill('M1') },
  ],
  ['meters', 'no list', 'event', { ...EVENT, meters: 'M1' }],
  ['meters', 'null', 'event', { ...EVENT, meters: null }],
  ['meters.1', 'no id', 'event', { ...EVENT, meters: ['M1', '../M2'] }],
  ['meters.0', 'empty', 'event', { ...EVENT, meters: [''] }],
  ['device', 'unknown', 'event', { ...EVENT, device: 'X7' }],
  ['device', 'of every object', 'event', { ...EVENT, device: 'constructor' }],
  ['device', 'no id', 'event', { ...EVENT, device: 'X 1' }],
  ['phases', 'empty', 'event', { ...EVENT, phases: '' }],
  ['phases', 'out of order', 'event', { ...EVENT, phases: 'BA' }],
  ['phases', 'unknown', 'event', { ...EVENT, phases: 'N' }],
  ['volts.0', 'negative', 'event', { ...EVENT, volts: [-1] }],
  ['volts.2', 'huge', 'event', { ...EVENT, volts: [1, 2, 1e7] }],
  ['volts', 'too many', 'event', { ...EVENT, volts: [1, 2, 3, 4] }],
  ['flags.valid', 'text', 'event', { ...EVENT, flags: { valid: 'yes' } }],
  ['flags', 'a number', 'event', { ...EVENT, flags: 1 }],
  ['state', 'missing', 'status', { at: AT }],
  ['state', 'unknown', 'status', { state: 'sleeping' }],
  ['call', 'no id', 'reading', { ...READING, call: 'c 81' }],
  ['readings', 'missing', 'reading', without(READING, 'readings')],
  ['readings', 'empty', 'reading', { ...READING, readings: [] }],
  ['readings.0.target', 'missing', 'reading', { ...READING, readings: [{ result: 'energised' }] }],
  [
    'readings.0.result',
    'unknown',
    'reading',
    { ...READING, readings: [{ target: 'M1', result: 'on' }] },
  ],
  [
    'readings.0.volts.0',
    'text',
    'reading',
    { ...READING, readings: [{ target: 'M1', result: 'energised', volts: ['230'] }] },
  ],
  ['lon', 'missing', 'position', without(POSITION, 'lon')],
  ['lon', 'beyond', 'position', { ...POSITION, lon: 181 }],
  ['lat', 'beyond', 'position', { ...POSITION, lat: -91 }],
  ['lat', 'text', 'position', { ...POSITION, lat: '40' }],
]
const badTimes: BadMessage[] = [
  ['at', 'no time', 'event', { ...EVENT, at: 'yesterday' }],
  ['at', 'without offset', 'event', { ...EVENT, at: '2026-11-22T03:00:00' }],
  ['at', 'on 30 February', 'event', { ...EVENT, at: '2026-02-30T03:00:00Z' }],
  ['at', 'a number', 'event', { ...EVENT, at: AT_MS }],
  ['at', 'huge', 'event', { ...EVENT, at: AT + '0'.repeat(100) }],
  ['at', 'five digits of year', 'event', { ...EVENT, at: '12026-11-22T03:00:00Z' }],
  ['at', 'empty', 'status', { state: 'online', at: '' }],
  ['at', 'a list', 'reading', { ...READING, at: [AT] }],
  ['at', 'missing', 'position', without(POSITION, 'at')],
  ['at', 'null', 'position', { ...POSITION, at: null }],
]

describe('what cannot be used is quarantined with its reason and field', () => {
  const userOf = (channel: string) => (channel === 'position' ? 'crew:c7' : 'T1')

  test.each(malformed)('%s %s (%s)', (field, _bad, channel, message) => {
    const fact = quarantinedAlone(decode(message, channel, userOf(channel)))
    expect(fact.reason).toBe('malformed')
    expect(fact.detail.startsWith(`${field}: `), fact.detail).toBe(true)
    expect(fact.raw).toBe(typeof message === 'string' ? message : JSON.stringify(message))
  })

  test.each(badTimes)('%s %s (%s)', (field, _bad, channel, message) => {
    const fact = quarantinedAlone(decode(message, channel, userOf(channel)))
    expect(fact.reason).toBe('unreadableTime')
    expect(fact.detail.startsWith(`${field}: `), fact.detail).toBe(true)
  })

  test('bytes that are no UTF-8', () => {
    const fact = quarantinedAlone(decodeBytes(Uint8Array.of(0x7b, 0xff, 0x7d), 'event'))
    expect(fact).toMatchObject({
      reason: 'malformed',
      detail: 'payload: not UTF-8',
      raw: '{\ufffd}',
    })
  })

  test('the longest payload is read, one byte more is oversized', () => {
    const padded = (bytes: number) => JSON.stringify(EVENT).padEnd(bytes, ' ')
    expect(decode(padded(MAX_PAYLOAD_BYTES))).toMatchObject([{ type: 'report' }])
    const fact = quarantinedAlone(decode(padded(MAX_PAYLOAD_BYTES + 1)))
    expect(fact.reason).toBe('oversized')
    expect(fact.raw).toHaveLength(4_096)
  })

  test('raw text is never cut through a character', () => {
    const fact = quarantinedAlone(decode(`x${'😀'.repeat(3_000)}`))
    expect(fact.raw).toHaveLength(4_095)
    expect(Buffer.from(fact.raw, 'utf8').toString('utf8')).toBe(fact.raw)
  })

  test('nesting as deep as a payload allows', () => {
    const depth = MAX_PAYLOAD_BYTES / 2 - 50
    const deep = '['.repeat(depth) + ']'.repeat(depth)
    expect(quarantinedAlone(decode(deep)).reason).toBe('malformed')
    expect(decode(`{"kind":"powerOff","extra":${deep}}`)).toMatchObject([{ type: 'report' }])
  })

  test('a list of 500 strangers is not stored 500 times whole', () => {
    const meters = Array.from({ length: MAX_METERS_PER_MESSAGE }, (_, i) => `stranger${i}`)
    const facts = decode({ ...EVENT, meters }) as QuarantinedFact[]
    expect(facts).toHaveLength(MAX_METERS_PER_MESSAGE)
    expect(Math.max(...facts.map(({ raw }) => raw.length))).toBeLessThan(120)
  })

  test.each([
    ['lastgasp/v1/T2/event', 'T1'],
    ['lastgasp/v1/T1/call', 'T1'],
    ['lastgasp/v1/T1/position', 'T1'],
    ['lastgasp/v1/T1/event/', 'T1'],
    ['lastgasp/v1/T1', 'T1'],
    ['lastgasp/v1/T1/', 'T1'],
    ['lastgasp/v1/T1/constructor', 'T1'],
    ['/lastgasp/v1/T1/event', 'T1'],
    ['lastgasp/v2/T1/event', 'T1'],
    ['lastgasp/v1/crews/T1/position', 'T1'],
    ['lastgasp/v1/T1/event', 'crew:T1'],
    ['lastgasp/v1/crews/c8/position', 'crew:c7'],
    ['lastgasp/v1/T1/event\0', 'T1'],
    ['x'.repeat(5_000), 'T1'],
  ])('topic %j of %s', (topic, user) => {
    const payload = Buffer.from(JSON.stringify(EVENT))
    const fact = quarantinedAlone(
      decodeMessage({ identity: identityOf(user)!, topic, payload, receivedAt }, directory),
    )
    expect(fact.reason).toBe('wrongTopic')
    expect(fact.topic).toBe(topic.slice(0, 256))
    expect(fact.terminal).toBe(user === 'T1' ? 'T1' : undefined)
  })

  test('an unknown terminal, whatever it says', () => {
    const fact = quarantinedAlone(decode(EVENT, 'event', 'stranger'))
    expect(fact).toMatchObject({ reason: 'unknownTerminal', terminal: 'stranger' })
    expect(quarantinedAlone(decode('}{', 'status', 'toString')).reason).toBe('unknownTerminal')
  })

  test('__proto__ in a payload changes nothing', () => {
    const text = '{"__proto__":{"kind":"powerOff","seq":5},"kind":"powerOn"}'
    expect(decode(text)).toStrictEqual([
      { type: 'report', receivedAt, terminal: 'T1', kind: 'powerOn' },
    ])
    expect(({} as { seq?: number }).seq).toBeUndefined()
    expect(quarantinedAlone(decode('{"__proto__":{"kind":"powerOff"}}')).detail).toMatch(/^kind: /)
  })
})

describe('properties', () => {
  const channels = fc.constantFrom('event', 'status', 'reading', 'position', 'call', '')
  const users = fc.constantFrom('T1', 'T2', 'F1', 'stranger', 'crew:c7', '__proto__')

  const holds = (facts: readonly Fact[]) => {
    expect(facts.length).toBeGreaterThan(0)
    for (const fact of facts) {
      // What the journal stores is what the engine was shown.
      expect(JSON.parse(JSON.stringify(fact))).toStrictEqual(fact)
      if (fact.type === 'report' && fact.meters) expect(fact.meters.length).toBeGreaterThan(0)
      if (fact.type === 'quarantined') expect(fact.raw.length).toBeLessThanOrEqual(4_096)
    }
  }

  test('any bytes on any channel give facts that survive storage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), channels, users, (bytes, channel, user) =>
        holds(decodeBytes(bytes, channel, user)),
      ),
      { numRuns: 2_000 },
    )
  })

  test('any JSON, and JSON that looks like ours, gives facts that survive storage', () => {
    const nearly = fc.record(
      {
        kind: fc.constantFrom('powerOff', 'areaOn', 'no'),
        state: fc.constantFrom('online', 'offline', 1),
        at: fc.oneof(fc.constant(AT), fc.constant(null), fc.jsonValue()),
        seq: fc.oneof(fc.integer(), fc.double()),
        meters: fc.array(fc.oneof(fc.constantFrom('M1', 'M9', 'T1', 'nobody'), fc.string())),
        device: fc.constantFrom('X1', 'X7'),
        readings: fc.array(
          fc.record({
            target: fc.constantFrom('M1', 'M9'),
            result: fc.constantFrom('energised', 'x'),
          }),
        ),
        lon: fc.double(),
        lat: fc.double(),
        volts: fc.array(fc.double()),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), nearly), channels, users, (value, channel, user) =>
        holds(decode(JSON.stringify(value), channel, user)),
      ),
      { numRuns: 3_000 },
    )
  })
})
