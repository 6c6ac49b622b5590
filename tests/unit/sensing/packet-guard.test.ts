import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  MAX_CONNECT_BYTES,
  MAX_CONTROL_BYTES,
  MAX_PUBLISH_BYTES,
} from '../../../src/sensing/limits.ts'
import { type GuardRefusal, PacketGuard } from '../../../src/sensing/packet-guard.ts'

const CONNECT = 0x10
const PUBLISH = 0x32
const SUBSCRIBE = 0x82
const PINGREQ = 0xc0

function header(first: number, length: number): Buffer {
  const bytes = [first]
  let rest = length
  do {
    bytes.push(rest > 127 ? (rest & 0x7f) | 0x80 : rest)
    rest >>= 7
  } while (rest > 0)
  return Buffer.from(bytes)
}
const packet = (first: number, length: number) =>
  Buffer.concat([header(first, length), Buffer.alloc(length, 0xff)])

function connected(): PacketGuard {
  const guard = new PacketGuard()
  expect(guard.scan(packet(CONNECT, 20))).toEqual({ bytes: 22 })
  return guard
}

describe('packet guard', () => {
  test.each([
    ['CONNECT', CONNECT, MAX_CONNECT_BYTES],
    ['PUBLISH', PUBLISH, MAX_PUBLISH_BYTES],
    ['SUBSCRIBE', SUBSCRIBE, MAX_CONTROL_BYTES],
  ])(
    '%s at its limit passes, one byte more is refused by its header alone',
    (_name, first, limit) => {
      expect(connected().scan(packet(first, limit)).refusal).toBeUndefined()
      expect(connected().scan(header(first, limit + 1)).refusal).toBe('oversizedPacket')
    },
  )

  test('a first CONNECT is as limited, and 256 MB are refused in five bytes', () => {
    expect(new PacketGuard().scan(header(CONNECT, MAX_CONNECT_BYTES + 1)).refusal).toBe(
      'oversizedPacket',
    )
    expect(connected().scan(header(PUBLISH, 268_435_455)).refusal).toBe('oversizedPacket')
  })

  test.each([0x00, PUBLISH, SUBSCRIBE, PINGREQ, 0x47 /* "GET /" */, 0x16 /* TLS */])(
    'first byte %i is no CONNECT',
    (first) => {
      expect(new PacketGuard().scan(Uint8Array.of(first)).refusal).toBe('notConnect')
    },
  )

  test('a length of five bytes and packet type 0 are malformed', () => {
    expect(connected().scan(Uint8Array.of(PUBLISH, 0x80, 0x80, 0x80, 0x80)).refusal).toBe(
      'malformedPacket',
    )
    expect(connected().scan(Uint8Array.of(0x05)).refusal).toBe('malformedPacket')
  })

  test('CONNECT passes alone, whatever comes with it, and the rest afterwards', () => {
    const guard = new PacketGuard()
    const bytes = Buffer.concat([packet(CONNECT, 20), packet(PUBLISH, 50), packet(PINGREQ, 0)])
    expect(guard.scan(bytes.subarray(0, 21))).toEqual({ bytes: 21 })
    expect(guard.hasConnect).toBe(false)
    expect(guard.scan(bytes.subarray(21))).toEqual({ bytes: 1 })
    expect(guard.hasConnect).toBe(true)
    expect(guard.scan(bytes.subarray(22))).toEqual({ bytes: bytes.length - 22 })
  })

  test('a refused CONNECT does not open the way', () => {
    const guard = new PacketGuard()
    expect(guard.scan(header(CONNECT, MAX_CONNECT_BYTES + 1)).refusal).toBe('oversizedPacket')
    expect(guard.hasConnect).toBe(false)
  })

  test('finds the same packet at fault however the bytes are cut', () => {
    const packets = fc.array(
      fc.tuple(
        fc.constantFrom(CONNECT, PUBLISH, SUBSCRIBE, PINGREQ),
        fc.integer({ min: 0, max: MAX_CONNECT_BYTES + 50 }),
      ),
      { maxLength: 6 },
    )
    fc.assert(
      fc.property(
        packets,
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }),
        (list, cuts) => {
          const bytes = Buffer.concat([
            packet(CONNECT, 12),
            ...list.map(([first, length]) => packet(first, length)),
          ])
          const tooLong = list.some(
            ([first, length]) =>
              length >
              (first === CONNECT
                ? MAX_CONNECT_BYTES
                : first === PUBLISH
                  ? MAX_PUBLISH_BYTES
                  : MAX_CONTROL_BYTES),
          )
          const guard = new PacketGuard()
          let answer: GuardRefusal | undefined
          for (let at = 0, turn = 0; at < bytes.length && !answer; turn++) {
            const next = at + cuts[turn % cuts.length]!
            const passage = guard.scan(bytes.subarray(at, next))
            answer = passage.refusal
            at += passage.refusal ? 0 : passage.bytes
          }
          expect(answer).toBe(tooLong ? 'oversizedPacket' : undefined)
        },
      ),
      { numRuns: 300 },
    )
  })
})
