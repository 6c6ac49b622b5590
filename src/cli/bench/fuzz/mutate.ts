/** What is done to good input: to its bytes, and to the values of its JSON. */
import type { Draw } from '../../../grid/generate/draw.ts'
import { fixedHeader } from '../mqtt-packets.ts'

/** Flips some bits from `least` on. */
function flip(bytes: Buffer, draw: Draw, least: number, most: number): Buffer {
  for (let flips = draw.whole(1, most); flips > 0 && bytes.length > least; flips--) {
    const at = draw.whole(least, bytes.length - 1)
    bytes[at] = bytes[at]! ^ (1 << draw.whole(0, 7))
  }
  return bytes
}

const noise = (draw: Draw, length: number) =>
  Buffer.from(Array.from({ length }, () => draw.whole(0, 255)))

/** Of any bytes: bits, cuts, repetitions, insertions. */
const OF_BYTES: readonly ((bytes: Buffer, draw: Draw) => Buffer)[] = [
  (bytes, draw) => flip(bytes, draw, 0, 3),
  (bytes, draw) => flip(bytes, draw, Math.floor(bytes.length / 2), 6),
  (bytes, draw) => bytes.subarray(0, draw.whole(0, bytes.length)),
  (bytes, draw) => {
    const from = draw.whole(0, bytes.length)
    const again = bytes.subarray(from, draw.whole(from, bytes.length))
    return Buffer.concat([bytes.subarray(0, from), again, bytes.subarray(from)])
  },
  (bytes, draw) => {
    const at = draw.whole(0, bytes.length)
    return Buffer.concat([
      bytes.subarray(0, at),
      noise(draw, draw.whole(1, 12)),
      bytes.subarray(at),
    ])
  },
]

export const mutateBytes = (bytes: Buffer, draw: Draw): Buffer =>
  draw.pick(OF_BYTES)(Buffer.from(bytes), draw)

/** Of packets also: the body alone, a wrong length, a body of noise. */
const OF_PACKETS: readonly ((bytes: Buffer, draw: Draw) => Buffer)[] = [
  ...OF_BYTES,
  (bytes, draw) => flip(bytes, draw, 2, 3),
  (bytes, draw) => flip(bytes, draw, 2, 6),
  (bytes, draw) => Buffer.concat([fixedHeader(bytes[0]!, draw.whole(0, 300)), bytes.subarray(2)]),
  (bytes, draw) =>
    Buffer.concat([bytes.subarray(0, 2), noise(draw, Math.max(0, bytes.length - 2))]),
]

export const mutatePacket = (bytes: Buffer, draw: Draw): Buffer =>
  draw.pick(OF_PACKETS)(Buffer.from(bytes), draw)

/** Deep enough to overflow a reader that calls itself, short enough for every size limit. */
const DEEP = 4_000

/** Values that some reader somewhere did not expect. */
const STRANGE: readonly ((draw: Draw) => unknown)[] = [
  () => null,
  () => true,
  () => -1,
  () => 0.1,
  () => 1e308,
  () => Number.MAX_SAFE_INTEGER + 2,
  () => '',
  () => ' ',
  () => '\u0000',
  () => '\ud800',
  () => '../../etc/passwd',
  () => '__proto__',
  () => 'constructor',
  () => "' OR 1=1 --",
  () => '9999-99-99T99:99:99Z',
  () => '+275760-09-13T00:00:00.001Z',
  () => '2026-02-30T03:00:00Z',
  () => '停电'.repeat(300),
  (draw) => 'x'.repeat(draw.whole(60, 3_000)),
  () => [],
  () => ({}),
  () => [[[[[[[[]]]]]]]],
  () => ({ ['__proto__']: { admin: true } }),
  (draw) => Array(draw.whole(2, 600)).fill(0),
]

/** A copy of `value` with one place in it made strange, left out, doubled or renamed. */
export function mutateValue(value: unknown, draw: Draw): unknown {
  if (draw.chance(0.15) || value === null || typeof value !== 'object')
    return draw.pick(STRANGE)(draw)
  if (Array.isArray(value)) {
    if (value.length === 0) return [draw.pick(STRANGE)(draw)]
    const at = draw.whole(0, value.length - 1)
    if (draw.chance(0.2)) return [...value, ...value]
    return value.with(at, mutateValue(value[at], draw))
  }
  const entries = Object.entries(value)
  if (entries.length === 0) return { [draw.pick(['id', 'constructor', '', 'at'])]: 0 }
  const [name, member] = draw.pick(entries)
  const rest = Object.fromEntries(entries.filter(([other]) => other !== name))
  if (draw.chance(0.1)) return rest
  if (draw.chance(0.1)) return { ...rest, [`${name}x`]: member }
  return { ...rest, [name]: mutateValue(member, draw) }
}

/** The text of a mutated value: JSON, nearly JSON, or deep beyond reason. */
export function mutateJson(value: unknown, draw: Draw): string {
  if (draw.chance(0.01)) return '['.repeat(DEEP)
  const text = JSON.stringify(draw.chance(0.1) ? value : mutateValue(value, draw)) ?? ''
  return draw.chance(0.2) ? mutateBytes(Buffer.from(text), draw).toString('latin1') : text
}
