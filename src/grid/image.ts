/**
 * The compiled grid as bytes: a head that lists its sections, then each typed array as it lies in
 * memory, little-endian, aligned, with a checksum. Reading copies nothing: an array is a view of the
 * bytes of its section. Pure: `app/grid-image.ts` has the file.
 *
 *   0   magic, 8 bytes        16  checksum of the head's text
 *   8   version, u32          20  zero, to 32
 *   12  length of the text    32  the head's text, JSON, padded to 64; then the sections, each so
 */
import type { CompiledGrid } from './compiled.ts'
import { bytesOf } from './compiled-bytes.ts'
import { PooledIds } from './id-table.ts'
import { PackedTexts } from './texts.ts'

/** Raised with every change of the format, the numbering or of what marks mean; an older image is compiled anew. */
export const IMAGE_VERSION = 6
/** Bytes that say how long the head is. */
export const PRELUDE_BYTES = 32
/** Sections start at a multiple of this: a cache line, and more than any element needs. */
const ALIGNMENT = 64
/** The line ends catch a transfer in text mode. */
const MAGIC = new TextEncoder().encode('LGGRID\r\n')

export type ImageErrorCode =
  | 'image.notAnImage'
  | 'image.version'
  | 'image.truncated'
  | 'image.corrupt'
  | 'image.byteOrder'

/** An image cannot be used; `section` names the part at fault. */
export class ImageError extends Error {
  readonly code: ImageErrorCode
  readonly section: string
  constructor(code: ImageErrorCode, section: string, message: string) {
    super(`grid image: ${section}: ${message}`)
    this.name = 'ImageError'
    this.code = code
    this.section = section
  }
}

const TYPES = {
  u8: Uint8Array,
  i32: Int32Array,
  u32: Uint32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const
type TypeName = keyof typeof TYPES
type Numbers = Uint8Array | Int32Array | Uint32Array | Float32Array | Float64Array

/** The columns of each list, by the names they have in `CompiledGrid`. */
const COLUMNS = {
  nodes: { lon: 'f64', lat: 'f64', zone: 'i32' },
  devices: {
    type: 'u8',
    from: 'i32',
    to: 'i32',
    phases: 'u8',
    normallyOpen: 'u8',
    ganged: 'u8',
    zone: 'u8',
    ownership: 'u8',
    kva: 'f32',
    connection: 'u8',
    feeder: 'i32',
    normalParent: 'i32',
    subtreeSize: 'i32',
  },
  usagePoints: { device: 'i32', phases: 'u8', important: 'u8', sensitive: 'u8', first: 'i32' },
  institutions: { point: 'i32', kind: 'u8' },
  observers: {
    class: 'u8',
    targetKind: 'u8',
    target: 'i32',
    phases: 'u8',
    via: 'i32',
    firstMeter: 'i32',
  },
  lines: { from: 'i32', to: 'i32', phases: 'u8', fedBy: 'i32', path: 'f64', pathFirst: 'i32' },
} as const satisfies Record<string, Record<string, TypeName>>

const LISTS = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]
const LISTS_WITH_IDS = ['devices', 'usagePoints', 'observers'] as const

/** One typed array of the image, with its place in the file. */
export interface ImageSection {
  readonly name: string
  readonly type: TypeName
  /** Elements. */
  readonly length: number
  readonly checksum: number
  readonly offset: number
  readonly byteLength: number
}

type HeadText = Pick<
  CompiledGrid,
  'digest' | 'name' | 'units' | 'substations' | 'feeders' | 'notes'
> & {
  readonly zones: number
  /** Texts packed, by section. */
  readonly counts: Readonly<Record<string, number>>
  readonly sections: readonly (readonly [string, TypeName, number, number])[]
}

export interface ImageHead {
  readonly text: HeadText
  readonly sections: readonly ImageSection[]
  /** Bytes of the whole image. */
  readonly byteLength: number
}

/** The image as consecutive pieces, none of them copied. @throws ImageError on a big-endian machine */
export function* imageParts(grid: CompiledGrid): Generator<Uint8Array> {
  requireLittleEndian()
  const arrays = arraysOf(grid)
  const text: HeadText = {
    digest: grid.digest,
    name: grid.name,
    units: grid.units,
    substations: grid.substations,
    feeders: grid.feeders,
    notes: grid.notes,
    zones: grid.nodes.zones,
    counts: Object.fromEntries(textsOf(grid).map(([name, { count }]) => [name, count])),
    sections: arrays.map(([name, type, array]) => [
      name,
      type,
      array.length,
      checksumOf(bytesIn(array)),
    ]),
  }
  const head = new TextEncoder().encode(JSON.stringify(text))
  const prelude = new Uint8Array(PRELUDE_BYTES)
  const words = new Uint32Array(prelude.buffer)
  prelude.set(MAGIC)
  words.set([IMAGE_VERSION, head.length, checksumOf(head)], 2)
  yield prelude
  yield head
  yield paddingAfter(PRELUDE_BYTES + head.length)
  for (const [, , array] of arrays) {
    yield bytesIn(array)
    yield paddingAfter(array.byteLength)
  }
}

/** True where these first bytes of a file are those of an image, of whatever version. */
export function looksLikeImage(start: Uint8Array): boolean {
  return start.length >= MAGIC.length && MAGIC.every((byte, i) => start[i] === byte)
}

/** Bytes of the head's text, from the first `PRELUDE_BYTES`. @throws ImageError */
export function headLengthOf(prelude: Uint8Array): number {
  requireLittleEndian()
  if (!looksLikeImage(prelude)) throw new ImageError('image.notAnImage', 'head', 'no grid image')
  if (prelude.length < PRELUDE_BYTES)
    throw new ImageError('image.truncated', 'head', `${prelude.length} bytes`)
  const [version, length] = wordsOf(prelude)
  if (version !== IMAGE_VERSION)
    throw new ImageError('image.version', 'head', `version ${version} is not ${IMAGE_VERSION}`)
  return length!
}

/** Reads the head; `text` are the bytes after the prelude. @throws ImageError */
export function readHead(prelude: Uint8Array, text: Uint8Array): ImageHead {
  const length = headLengthOf(prelude)
  if (text.length !== length)
    throw new ImageError('image.truncated', 'head', `${text.length} of ${length} bytes`)
  if (checksumOf(text) !== wordsOf(prelude)[2])
    throw new ImageError('image.corrupt', 'head', 'its checksum does not match')
  const head = JSON.parse(new TextDecoder().decode(text)) as HeadText
  let offset = aligned(PRELUDE_BYTES + length)
  const sections = head.sections.map(([name, type, count, checksum]) => {
    const byteLength = count * TYPES[type].BYTES_PER_ELEMENT
    const section = { name, type, length: count, checksum, offset, byteLength }
    offset += aligned(byteLength)
    return section
  })
  return { text: head, sections, byteLength: offset }
}

/**
 * The grid whose arrays are views of `bytesOfSection`, one answer a section, each with a buffer of
 * its own or aligned within one. @throws ImageError naming the section
 */
export function decodeImage(
  { text, sections }: ImageHead,
  bytesOfSection: (section: ImageSection) => Uint8Array,
): CompiledGrid {
  const arrays = new Map<string, Numbers>()
  for (const section of sections)
    arrays.set(section.name, arrayOf(section, bytesOfSection(section)))
  const take = <T = unknown>(name: string): T => {
    const array = arrays.get(name)
    if (!array) throw new ImageError('image.corrupt', name, 'is missing')
    return array as T
  }
  const packed = (name: string) =>
    new PackedTexts(
      text.counts[name] ?? 0,
      take<Uint8Array>(`${name}.bytes`),
      take<Uint32Array>(`${name}.starts`),
    )
  const list = (name: keyof typeof COLUMNS) =>
    Object.fromEntries(Object.keys(COLUMNS[name]).map((key) => [key, take(`${name}.${key}`)]))
  const ids = (name: string) =>
    new PooledIds(packed(`${name}.ids`), take<Int32Array>(`${name}.ids.slots`))
  const names = packed('devices.names')
  const grid = {
    digest: text.digest,
    name: text.name,
    units: text.units,
    substations: text.substations,
    feeders: text.feeders,
    nodes: { zones: text.zones, ...list('nodes') },
    devices: {
      ids: ids('devices'),
      names,
      nameOf: (index: number) => names.textOf(index),
      ...list('devices'),
    },
    usagePoints: { ids: ids('usagePoints'), ...list('usagePoints') },
    institutions: list('institutions'),
    observers: { ids: ids('observers'), ...list('observers') },
    lines: { count: take<Int32Array>('lines.from').length, ...list('lines') },
    notes: text.notes,
  } as unknown as Omit<CompiledGrid, 'bytes'>
  return { ...grid, bytes: bytesOf(grid) }
}

function arrayOf({ name, type, byteLength, checksum }: ImageSection, bytes: Uint8Array): Numbers {
  if (bytes.byteLength !== byteLength) {
    const said = `${bytes.byteLength} of ${byteLength} bytes`
    throw new ImageError('image.truncated', name, said)
  }
  if (checksumOf(bytes) !== checksum)
    throw new ImageError('image.corrupt', name, 'its checksum does not match')
  const array = TYPES[type]
  return new array(
    bytes.buffer as ArrayBuffer,
    bytes.byteOffset,
    byteLength / array.BYTES_PER_ELEMENT,
  )
}

function arraysOf(grid: CompiledGrid): [name: string, type: TypeName, array: Numbers][] {
  const arrays: [string, TypeName, Numbers][] = []
  for (const list of LISTS)
    for (const [key, type] of Object.entries(COLUMNS[list]))
      arrays.push([
        `${list}.${key}`,
        type,
        (grid[list] as unknown as Record<string, Numbers>)[key]!,
      ])
  for (const [name, { bytes, starts }] of textsOf(grid))
    arrays.push([`${name}.bytes`, 'u8', bytes], [`${name}.starts`, 'u32', starts])
  for (const list of LISTS_WITH_IDS) arrays.push([`${list}.ids.slots`, 'i32', grid[list].ids.slots])
  return arrays
}

function textsOf(grid: CompiledGrid): [name: string, texts: PackedTexts][] {
  return [
    ...LISTS_WITH_IDS.map((list): [string, PackedTexts] => [`${list}.ids`, grid[list].ids.texts]),
    ['devices.names', grid.devices.names],
  ]
}

const bytesIn = (array: Numbers) =>
  new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength)

const aligned = (length: number) => Math.ceil(length / ALIGNMENT) * ALIGNMENT
const paddingAfter = (length: number) => new Uint8Array(aligned(length) - length)

function wordsOf(prelude: Uint8Array): Uint32Array {
  return new Uint32Array(prelude.slice(MAGIC.length, PRELUDE_BYTES).buffer)
}

function requireLittleEndian(): void {
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1)
    throw new ImageError('image.byteOrder', 'head', 'grid images need a little-endian machine')
}

/**
 * Sum over the words, then the bytes left over. Each step is one-to-one, so that any change within
 * one word is found for certain; four lanes, because one would wait for its own multiplication.
 */
export function checksumOf(bytes: Uint8Array): number {
  const { byteLength } = bytes
  const inWords = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  const words = new Uint32Array(inWords.buffer as ArrayBuffer, inWords.byteOffset, byteLength >>> 2)
  let a = byteLength | 0
  let b = 0x9e3779b9 | 0
  let c = 0x85ebca6b | 0
  let d = 0xc2b2ae35 | 0
  const rounds = words.length & ~3
  for (let i = 0; i < rounds; i += 4) {
    a = Math.imul(a ^ words[i]!, 0x01000193)
    b = Math.imul(b ^ words[i + 1]!, 0x01000193)
    c = Math.imul(c ^ words[i + 2]!, 0x01000193)
    d = Math.imul(d ^ words[i + 3]!, 0x01000193)
  }
  for (let i = rounds; i < words.length; i++) a = Math.imul(a ^ words[i]!, 0x01000193)
  for (let i = words.length * 4; i < byteLength; i++) b = Math.imul(b ^ bytes[i]!, 0x01000193)
  let sum = a
  for (const lane of [b, c, d]) sum = Math.imul(sum ^ (sum >>> 15) ^ lane, 0x85ebca6b)
  return (sum ^ (sum >>> 13)) >>> 0
}
