/**
 * The symbols of the live overlay, painted once each and kept. Each says its state twice: by
 * colour and by pattern.
 */
import { FONT_FAMILY, type Palette } from '../app/palette.ts'
import { colourOf, type Look, patternOf } from '../incidents/appearance.ts'

/**
 * Painted in the pixels of the screen: sharp where it is scaled, and where it is not each frame copies
 * hundreds of marks instead of shrinking them.
 */
const SCALE = Math.max(1, Math.ceil(window.devicePixelRatio))

export interface Glyph {
  readonly image: HTMLCanvasElement
  /** OpenLayers draws `image` at this scale. */
  readonly scale: number
}

const kept = new Map<string, Glyph>()

function glyph(
  key: string,
  size: number,
  palette: Palette,
  paint: (context: CanvasRenderingContext2D) => void,
): Glyph {
  const id = `${key} ${palette.mapGround}`
  const known = kept.get(id)
  if (known) return known
  const image = document.createElement('canvas')
  image.width = size * SCALE
  image.height = size * SCALE
  const context = image.getContext('2d')!
  context.scale(SCALE, SCALE)
  context.translate(size / 2, size / 2)
  paint(context)
  const made = { image, scale: 1 / SCALE }
  kept.set(id, made)
  return made
}

/** Fills the present path in the look's colour and pattern. */
function fillLook(context: CanvasRenderingContext2D, look: Look, palette: Palette, reach: number) {
  const colour = colourOf(look, palette)
  const pattern = patternOf(look)
  context.save()
  context.clip()
  context.fillStyle = pattern === 'hatch' ? palette.raised : colour
  context.fillRect(-reach, -reach, reach * 2, reach * 2)
  if (pattern === 'hatch' || pattern === 'bars') {
    context.strokeStyle = pattern === 'hatch' ? colour : palette.raised
    context.globalAlpha = pattern === 'hatch' ? 0.5 : 0.4
    context.lineWidth = 1.6
    context.beginPath()
    for (let at = -3 * reach; at <= 3 * reach; at += 4.6) {
      context.moveTo(at, -reach)
      context.lineTo(pattern === 'hatch' ? at + 2 * reach : at, reach)
    }
    context.stroke()
  }
  context.restore()
}

function circle(context: CanvasRenderingContext2D, radius: number) {
  context.beginPath()
  context.arc(0, 0, radius, 0, Math.PI * 2)
}

/** The mark of one incident (or several at one place): grade in a ring, `count` where more than one. */
export function incidentGlyph(
  look: Look,
  numeral: string,
  count: number,
  emphasised: boolean,
  palette: Palette,
): Glyph {
  const radius = emphasised ? 17 : 14
  // A count of two digits stands out beyond the ring.
  const size = count > 9 ? 80 : 48
  return glyph(`i ${look} ${numeral} ${count} ${emphasised}`, size, palette, (context) => {
    context.save()
    context.shadowColor = palette.shadow
    context.shadowBlur = 6
    context.shadowOffsetY = 2
    circle(context, radius + 2)
    context.fillStyle = palette.raised
    context.fill()
    context.restore()
    circle(context, radius)
    fillLook(context, look, palette, radius)
    circle(context, radius - 0.75)
    context.strokeStyle = colourOf(look, palette)
    context.lineWidth = 1.8
    context.stroke()
    if (emphasised) {
      circle(context, radius + 5)
      context.strokeStyle = palette.ink
      context.lineWidth = 2
      context.stroke()
    }
    paintNumeral(context, look, numeral, palette)
    if (count > 1) paintCount(context, count, radius, palette)
  })
}

function paintNumeral(
  context: CanvasRenderingContext2D,
  look: Look,
  numeral: string,
  palette: Palette,
) {
  const hatched = patternOf(look) === 'hatch'
  context.font = `700 15px ${FONT_FAMILY}`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.lineJoin = 'round'
  if (hatched) {
    context.strokeStyle = palette.raised
    context.lineWidth = 4
    context.strokeText(numeral, 0, 0.5)
  }
  context.fillStyle = hatched ? palette.ink : look === 'grade3' ? palette.onGrade3 : '#ffffff'
  if (look === 'restored') {
    context.strokeStyle = '#ffffff'
    context.lineWidth = 2.4
    context.lineCap = 'round'
    context.beginPath()
    context.moveTo(-5.5, 0.5)
    context.lineTo(-1.5, 4.5)
    context.lineTo(6, -4)
    context.stroke()
  } else context.fillText(numeral, 0, 0.5)
}

function paintCount(
  context: CanvasRenderingContext2D,
  count: number,
  radius: number,
  palette: Palette,
) {
  const words = count > 99 ? '99+' : String(count)
  context.font = `600 10px ${FONT_FAMILY}`
  const width = Math.max(15, context.measureText(words).width + 8)
  context.beginPath()
  context.roundRect(radius - 5, -radius - 4, width, 15, 7.5)
  context.fillStyle = palette.ink
  context.fill()
  context.strokeStyle = palette.raised
  context.lineWidth = 1.5
  context.stroke()
  context.fillStyle = palette.raised
  context.fillText(words, radius - 5 + width / 2, -radius + 4)
}

/** A transformer without normal supply: crossed where dark, hatched where suspected, ticked when back. */
export function transformerGlyph(look: Look, palette: Palette): Glyph {
  return glyph(`t ${look}`, 22, palette, (context) => {
    const colour = colourOf(look, palette)
    circle(context, 8)
    context.fillStyle = palette.raised
    context.fill()
    circle(context, 6.6)
    if (look === 'restored') {
      context.strokeStyle = colour
      context.lineWidth = 2
      context.stroke()
      circle(context, 2.4)
      context.fillStyle = colour
      context.fill()
      return
    }
    fillLook(context, look, palette, 7)
    circle(context, 6.6)
    context.strokeStyle = colour
    context.lineWidth = 1.4
    context.stroke()
    if (patternOf(look) !== 'solid') return
    context.strokeStyle = look === 'grade3' ? palette.onGrade3 : '#ffffff'
    context.lineWidth = 1.8
    context.lineCap = 'round'
    context.beginPath()
    context.moveTo(-2.6, -2.6)
    context.lineTo(2.6, 2.6)
    context.moveTo(2.6, -2.6)
    context.lineTo(-2.6, 2.6)
    context.stroke()
  })
}

/** A crew's van from above: filled where it has an order, hollow where it is free. */
export function crewGlyph(busy: boolean, palette: Palette): Glyph {
  return glyph(`c ${busy}`, 22, palette, (context) => {
    const box = (x: number, y: number, width: number, height: number, radius: number) => {
      context.beginPath()
      context.roundRect(x, y, width, height, radius)
    }
    box(-9.5, -6.5, 19, 13, 4)
    context.fillStyle = palette.raised
    context.fill()
    box(-7.5, -4.5, 15, 9, 2.5)
    context.fillStyle = busy ? palette.accent : palette.raised
    context.fill()
    context.strokeStyle = palette.accent
    context.lineWidth = 1.6
    context.stroke()
    // The windscreen tells a van from a switch.
    context.beginPath()
    context.moveTo(3.4, -4)
    context.lineTo(3.4, 4)
    context.strokeStyle = busy ? palette.raised : palette.accent
    context.stroke()
  })
}

/** The device judged to be open: an open contact on a plate. */
export function openDeviceGlyph(look: Look, palette: Palette): Glyph {
  return glyph(`d ${look}`, 34, palette, (context) => {
    const colour = colourOf(look, palette)
    context.beginPath()
    context.roundRect(-12, -12, 24, 24, 5)
    context.fillStyle = palette.raised
    context.shadowColor = palette.shadow
    context.shadowBlur = 4
    context.fill()
    context.shadowColor = 'transparent'
    context.strokeStyle = colour
    context.lineWidth = 2.2
    if (patternOf(look) === 'hatch') context.setLineDash([4, 3])
    context.stroke()
    context.setLineDash([])
    context.strokeStyle = palette.ink
    context.lineWidth = 2
    context.lineCap = 'round'
    context.beginPath()
    context.moveTo(-8, 3)
    context.lineTo(-4, 3)
    context.lineTo(4, -5)
    context.moveTo(4.5, 3)
    context.lineTo(8, 3)
    context.stroke()
  })
}
