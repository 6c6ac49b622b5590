import { describe, expect, test } from 'vitest'
import { compileGrid } from '../../../src/grid/compile.ts'
import type { CompiledGrid } from '../../../src/grid/compiled.ts'
import { generateGrid } from '../../../src/grid/generate/generate.ts'
import {
  checksumOf,
  decodeImage,
  headLengthOf,
  ImageError,
  type ImageHead,
  imageParts,
  looksLikeImage,
  PRELUDE_BYTES,
  readHead,
} from '../../../src/grid/image.ts'
import { smallGrid } from './small-grid.ts'

const digest = 'd'.repeat(64)
const small = compileGrid(smallGrid(), digest)

function imageOf(grid: CompiledGrid): Uint8Array {
  return new Uint8Array(Buffer.concat([...imageParts(grid)]))
}

function headOf(image: Uint8Array): ImageHead {
  const prelude = image.subarray(0, PRELUDE_BYTES)
  const length = headLengthOf(prelude)
  return readHead(prelude, image.subarray(PRELUDE_BYTES, PRELUDE_BYTES + length))
}

const decoded = (image: Uint8Array) =>
  decodeImage(headOf(image), ({ offset, byteLength }) =>
    image.subarray(offset, Math.min(image.length, offset + byteLength)),
  )

function errorOf(work: () => unknown): ImageError {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(ImageError)
    return error as ImageError
  }
  throw new Error('nothing was refused')
}

/** Functions compare by identity only. */
const data = ({ devices, ...rest }: CompiledGrid) => ({
  ...rest,
  devices: { ...devices, nameOf: undefined },
})

describe('an image', () => {
  test.each([
    ['a small grid', small],
    ['a generated grid', compileGrid(generateGrid({ customers: 3_000, seed: 5 }), digest)],
  ])('of %s comes back as it was', (_, grid) => {
    const image = imageOf(grid)
    const back = decoded(image)
    expect(data(back)).toEqual(data(grid))
    expect(headOf(image).byteLength).toBe(image.length)
    for (let d = 0; d < grid.devices.ids.count; d++) {
      expect(back.devices.nameOf(d)).toBe(grid.devices.nameOf(d))
      expect(back.devices.ids.indexOf(grid.devices.ids.idOf(d))).toBe(d)
    }
  })

  test('is read without copying', () => {
    const image = imageOf(small)
    const { offset } = headOf(image).sections.find(({ name }) => name === 'devices.from')!
    const { from } = decoded(image).devices
    expect(from.buffer).toBe(image.buffer)
    expect(from.byteOffset).toBe(offset)
  })

  test('is the same bytes each time', () => {
    expect(imageOf(compileGrid(smallGrid(), digest))).toEqual(imageOf(small))
  })
})

describe('refused', () => {
  test('what is no image', () => {
    const text = new TextEncoder().encode('{"version":1,"name":"a grid file of thirty-two bytes"}')
    expect(looksLikeImage(text)).toBe(false)
    expect(errorOf(() => headLengthOf(text)).code).toBe('image.notAnImage')
  })

  test('another version, by its number', () => {
    const image = imageOf(small)
    image[8] = 99
    const error = errorOf(() => headOf(image))
    expect(error.code).toBe('image.version')
    expect(error.message).toContain('version 99')
  })

  test('a damaged head', () => {
    const image = imageOf(small)
    image[PRELUDE_BYTES + 20]! ^= 1
    expect(errorOf(() => headOf(image))).toMatchObject({ code: 'image.corrupt', section: 'head' })
  })

  test('an image that ends within its head', () => {
    const image = imageOf(small).slice(0, PRELUDE_BYTES + 10)
    expect(errorOf(() => headOf(image))).toMatchObject({ code: 'image.truncated', section: 'head' })
    expect(errorOf(() => headLengthOf(image.subarray(0, 12))).code).toBe('image.truncated')
  })

  test('a flipped bit or a missing end of any section, by its name', () => {
    const image = imageOf(small)
    const { sections } = headOf(image)
    expect(sections.length).toBeGreaterThan(40)
    for (const { name, offset, byteLength } of sections.filter((s) => s.byteLength > 0)) {
      const flipped = image.slice()
      flipped[offset + byteLength - 1]! ^= 0x10
      expect(errorOf(() => decoded(flipped))).toMatchObject({
        code: 'image.corrupt',
        section: name,
      })
      const cut = image.slice(0, offset + byteLength - 1)
      expect(errorOf(() => decoded(cut))).toMatchObject({ code: 'image.truncated', section: name })
    }
  })
})

test('the checksum sees each byte, whatever the length', () => {
  for (let length = 1; length < 40; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => i)
    const before = checksumOf(bytes)
    for (let i = 0; i < length; i++) {
      const changed = bytes.slice()
      changed[i]! ^= 0x80
      expect(checksumOf(changed), `byte ${i} of ${length}`).not.toBe(before)
    }
  }
})
