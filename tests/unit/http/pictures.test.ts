/** Photos: told by their first bytes, kept without what they say of place and person. */
import { describe, expect, test } from 'vitest'
import { readPicture } from '../../../src/http/pictures.ts'

const segment = (marker: number, body: string | Buffer) => {
  const bytes = Buffer.from(body)
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(bytes.length + 2, 2)
  return Buffer.concat([head, bytes])
}
const START = Buffer.from([0xff, 0xd8])
const SCAN = Buffer.concat([
  segment(0xda, 'scan'),
  Buffer.from('pixels'),
  Buffer.from([0xff, 0xd9]),
])
const chunk = (name: string, body: string) => {
  const size = Buffer.alloc(4)
  size.writeUInt32BE(body.length)
  return Buffer.concat([size, Buffer.from(name + body), Buffer.alloc(4)])
}
const riff = (...chunks: [string, string][]) => {
  const body = chunks.map(([name, data]) => {
    const size = Buffer.alloc(4)
    size.writeUInt32LE(data.length)
    return Buffer.concat([
      Buffer.from(name),
      size,
      Buffer.from(data),
      Buffer.alloc(data.length % 2),
    ])
  })
  const all = Buffer.concat([Buffer.from('WEBP'), ...body])
  const size = Buffer.alloc(4)
  size.writeUInt32LE(all.length)
  return Buffer.concat([Buffer.from('RIFF'), size, all])
}

describe('a photo', () => {
  test('JPEG loses Exif, maker’s notes, comments and whatever follows its end; its pixels stay', () => {
    const kept = [segment(0xe0, 'JFIF'), segment(0xe2, 'ICC'), segment(0xdb, 'tables')]
    const given = Buffer.concat([
      START,
      kept[0]!,
      segment(0xe1, 'Exif\0\0 111.6E 40.8N'),
      kept[1]!,
      segment(0xed, 'Photoshop'),
      segment(0xfe, 'by Zhang'),
      kept[2]!,
      SCAN,
      Buffer.from('a second file with 111.6E'),
      Buffer.from([0xff, 0xd9]),
    ])
    const picture = readPicture(given)
    expect(picture).toMatchObject({ ok: true, type: 'image/jpeg' })
    expect(picture.ok && picture.bytes).toEqual(Buffer.concat([START, ...kept, SCAN]))
  })

  test('PNG loses text and Exif chunks', () => {
    const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    const kept = [chunk('IHDR', 'head'), chunk('IDAT', 'pixels'), chunk('IEND', '')]
    const given = Buffer.concat([
      signature,
      kept[0]!,
      chunk('eXIf', '111.6E'),
      chunk('tEXt', 'by Zhang'),
      kept[1]!,
      kept[2]!,
    ])
    const picture = readPicture(given)
    expect(picture.ok && picture.bytes).toEqual(Buffer.concat([signature, ...kept]))
  })

  test('WebP loses Exif and XMP, and no longer announces them', () => {
    const flags = '\x0c\0\0\0\0\0\0\0\0\0'
    const picture = readPicture(
      riff(['VP8X', flags], ['VP8 ', 'pixel'], ['EXIF', '111.6E'], ['XMP ', 'Zhang']),
    )
    expect(picture.ok && picture.bytes).toEqual(
      riff(['VP8X', `\0${flags.slice(1)}`], ['VP8 ', 'pixel']),
    )
  })

  test('HEIC with metadata is refused, for it cannot be cleaned; one without is taken', () => {
    const heic = (more: string) =>
      Buffer.from(`\0\0\0\x18ftypheic\0\0\0\0mif1heic${more}`, 'latin1')
    expect(readPicture(heic('infe hvc1'))).toMatchObject({ ok: true, type: 'image/heic' })
    expect(readPicture(heic('infe Exif'))).toEqual({ ok: false, problem: 'location' })
  })

  test('what is broken, empty or something else is refused, whatever it calls itself', () => {
    const given = [
      Buffer.alloc(0),
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'),
      Buffer.from('MZ this is a program, not a photo'),
      Buffer.concat([START, segment(0xe0, 'JFIF')]),
      Buffer.concat([START, Buffer.from([0xff, 0xe1, 0xff, 0xff]), Buffer.alloc(20)]),
      riff(['EXIF', '111.6E']),
    ]
    for (const bytes of given) expect(readPicture(bytes)).toEqual({ ok: false, problem: 'type' })
  })
})
