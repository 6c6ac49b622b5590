/**
 * Photos as they are taken in: what they are is told by their first bytes, never by a name, and what
 * they say of the place and the person is taken out before they are kept. What cannot be cleaned is
 * refused.
 */

export const PICTURE_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/heic'] as const
export type PictureType = (typeof PICTURE_TYPES)[number]

export type Picture =
  | { readonly ok: true; readonly type: PictureType; readonly bytes: Buffer }
  /** `type`: no picture of a known kind. `location`: it holds data on its making that stay in. */
  | { readonly ok: false; readonly problem: 'type' | 'location' }

/** The picture without its metadata, or why it is not taken. Never throws. */
export function readPicture(given: Buffer): Picture {
  const type = typeOf(given)
  switch (type) {
    case 'image/jpeg':
      return cleaned(type, withoutSegments(given))
    case 'image/png':
      return cleaned(type, withoutPngChunks(given))
    case 'image/webp':
      return cleaned(type, withoutWebpChunks(given))
    case 'image/heic':
      // Its metadata are items among the picture's own: a file with none of them is taken as it is.
      return given.includes('Exif') || given.includes('mime')
        ? { ok: false, problem: 'location' }
        : { ok: true, type, bytes: given }
    default:
      return { ok: false, problem: 'type' }
  }
}

const cleaned = (type: PictureType, bytes: Buffer | undefined): Picture =>
  bytes ? { ok: true, type, bytes } : { ok: false, problem: 'type' }

const HEIC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'mif1', 'msf1']
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

function typeOf(given: Buffer): PictureType | undefined {
  const text = (from: number, to: number) => given.toString('latin1', from, to)
  if (given.length < 16) return undefined
  if (given[0] === 0xff && given[1] === 0xd8 && given[2] === 0xff) return 'image/jpeg'
  if (given.subarray(0, 8).equals(PNG_SIGNATURE)) return 'image/png'
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'image/webp'
  if (text(4, 8) === 'ftyp' && HEIC_BRANDS.includes(text(8, 12))) return 'image/heic'
  return undefined
}

const START_OF_SCAN = 0xda
const COMMENT = 0xfe
/** JFIF, the colour profile, and Adobe's note on colours: what is needed to show it. */
const KEPT_APPLICATIONS: ReadonlySet<number> = new Set([0xe0, 0xe2, 0xee])

/** A JPEG without Exif, XMP, maker's notes and comments; undefined where its segments are broken. */
function withoutSegments(given: Buffer): Buffer | undefined {
  const kept: Buffer[] = [given.subarray(0, 2)]
  let at = 2
  while (at + 4 <= given.length) {
    if (given[at] !== 0xff) return undefined
    const marker = given[at + 1]!
    // Bytes that only fill.
    if (marker === 0xff) {
      at++
      continue
    }
    const end = at + 2 + given.readUInt16BE(at + 2)
    if (end > given.length) return undefined
    const isApplication = marker >= 0xe0 && marker <= 0xef
    const drops = marker === COMMENT || (isApplication && !KEPT_APPLICATIONS.has(marker))
    if (!drops) kept.push(given.subarray(at, end))
    at = end
    if (marker !== START_OF_SCAN) continue
    // After the picture itself nothing is kept: phones append whole second files there.
    const last = given.lastIndexOf(Buffer.from([0xff, 0xd9]))
    if (last < at) return undefined
    kept.push(firstPictureOf(given.subarray(at, last + 2)))
    return Buffer.concat(kept)
  }
  return undefined
}

/** The scans up to the first end of image: within them `FF D9` never stands for anything else. */
function firstPictureOf(scans: Buffer): Buffer {
  return scans.subarray(0, scans.indexOf(Buffer.from([0xff, 0xd9])) + 2)
}

/** What a PNG is shown by; text, times and Exif are none of it. */
const KEPT_PNG: ReadonlySet<string> = new Set(
  'IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs'.split(' '),
)

function withoutPngChunks(given: Buffer): Buffer | undefined {
  const kept: Buffer[] = [given.subarray(0, 8)]
  for (let at = 8; at + 12 <= given.length; ) {
    const end = at + 12 + given.readUInt32BE(at)
    const name = given.toString('latin1', at + 4, at + 8)
    if (end > given.length) return undefined
    if (KEPT_PNG.has(name)) kept.push(given.subarray(at, end))
    if (name === 'IEND') return Buffer.concat(kept)
    at = end
  }
  return undefined
}

const KEPT_WEBP: ReadonlySet<string> = new Set('VP8 |VP8L|VP8X|ALPH|ANIM|ANMF|ICCP'.split('|'))
/** Bits of `VP8X` that announce Exif and XMP. */
const WEBP_METADATA = 0x08 | 0x04

function withoutWebpChunks(given: Buffer): Buffer | undefined {
  const kept: Buffer[] = []
  let pictures = 0
  for (let at = 12; at + 8 <= given.length; ) {
    const name = given.toString('latin1', at, at + 4)
    const size = given.readUInt32LE(at + 4)
    const end = at + 8 + size + (size % 2)
    if (at + 8 + size > given.length) return undefined
    if (KEPT_WEBP.has(name)) {
      const chunk = Buffer.from(given.subarray(at, Math.min(end, given.length)))
      if (name === 'VP8X' && size > 0) chunk[8]! &= ~WEBP_METADATA & 0xff
      if (name === 'VP8 ' || name === 'VP8L' || name === 'ANMF') pictures++
      kept.push(chunk)
    }
    at = end
  }
  if (pictures === 0) return undefined
  const body = Buffer.concat(kept)
  const head = Buffer.from('RIFF0000WEBP', 'latin1')
  head.writeUInt32LE(body.length + 4, 4)
  return Buffer.concat([head, body])
}
