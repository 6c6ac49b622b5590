/**
 * A photo as it is sent: what it is is told by its first bytes, and it is drawn anew small enough for
 * a poor connection. Drawn anew it holds neither place nor time nor the name of the phone.
 */

export type Prepared =
  | { readonly ok: true; readonly picture: Blob }
  /** `type`: no picture that the server takes. `size`: too large, and this phone cannot shrink it. */
  | { readonly ok: false; readonly problem: 'type' | 'size' }

/** What the server takes at most (`ATTACHMENT_BYTES`). */
export const MAX_PHOTO_BYTES = 5 * 1024 * 1024
/** No phone's picture is larger; more would only fill its memory. */
const MAX_READ_BYTES = 40 * 1024 * 1024
/** Longer side, px: a name plate stays readable. */
const LONGEST_PX = 2048
/** Some 400 KB at that size. */
const QUALITY = 0.82

export type PhotoType = 'image/jpeg' | 'image/png' | 'image/webp' | 'image/heic'
const HEIC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'mif1', 'msf1']

/** The kind of picture that begins with `head`; null for anything else, whatever its name. */
export function photoType(head: Uint8Array): PhotoType | null {
  const text = (from: number, to: number) => String.fromCharCode(...head.subarray(from, to))
  if (head.length < 16) return null
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'image/jpeg'
  if (head[0] === 0x89 && text(1, 4) === 'PNG') return 'image/png'
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'image/webp'
  if (text(4, 8) === 'ftyp' && HEIC_BRANDS.includes(text(8, 12))) return 'image/heic'
  return null
}

/** Width and height scaled so that the longer one is at most `longest`; never enlarged. */
export function fitted(width: number, height: number, longest = LONGEST_PX): [number, number] {
  const scale = Math.min(1, longest / Math.max(width, height))
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))]
}

/** The photo ready to be kept and sent, or why not. */
export async function preparePhoto(file: Blob): Promise<Prepared> {
  if (file.size > MAX_READ_BYTES) return { ok: false, problem: 'size' }
  const type = photoType(new Uint8Array(await file.slice(0, 32).arrayBuffer()))
  if (type === null) return { ok: false, problem: 'type' }
  const drawn = await redrawn(file)
  if (drawn !== null) return { ok: true, picture: drawn }
  // A kind that this browser cannot draw: the server cleans or refuses it.
  if (file.size > MAX_PHOTO_BYTES) return { ok: false, problem: 'size' }
  return { ok: true, picture: file.slice(0, file.size, type) }
}

/** As a JPEG below the limit, upright; null where it cannot be drawn. */
async function redrawn(file: Blob): Promise<Blob | null> {
  let image: ImageBitmap
  try {
    image = await createImageBitmap(file, { imageOrientation: 'from-image' })
  } catch {
    return null
  }
  try {
    for (const longest of [LONGEST_PX, LONGEST_PX / 2]) {
      const canvas = document.createElement('canvas')
      const [width, height] = fitted(image.width, image.height, longest)
      canvas.width = width
      canvas.height = height
      const context = canvas.getContext('2d')
      if (context === null) return null
      // A PNG may be clear in places; a JPEG would make that black.
      context.fillStyle = '#fff'
      context.fillRect(0, 0, width, height)
      context.drawImage(image, 0, 0, width, height)
      const jpeg = await new Promise<Blob | null>((resolve) =>
        canvas.toBlob(resolve, 'image/jpeg', QUALITY),
      )
      if (jpeg !== null && jpeg.size <= MAX_PHOTO_BYTES) return jpeg
    }
    return null
  } finally {
    image.close()
  }
}
