/**
 * The figures of one run as a picture: how often what was claimed was so, and how many of the
 * faults that left a trace were found, level by level. Plain SVG, readable without colours.
 */
import type { ReliabilityBin } from './accuracy-score.ts'

interface Plotted {
  readonly exactSeen: number | null
  readonly ece: number | null
  readonly reliability: readonly ReliabilityBin[]
  readonly byLevel: Readonly<
    Record<string, { readonly seen: number; readonly recallSeen: number | null }>
  >
}

/** Side of a panel, and what is around it, pixels. */
const SIDE = 280
const LEFT = 56
const TOP = 64
const GAP = 96
const WIDTH = LEFT + SIDE + GAP + SIDE + 40
const HEIGHT = TOP + SIDE + 64
/** Radius of the largest bin; areas go with the number of claims. */
const LARGEST_RADIUS = 12
const TICKS = [0, 0.25, 0.5, 0.75, 1]

/** The picture as SVG text. */
export function plotAccuracy(title: string, run: Plotted): string {
  const second = LEFT + SIDE + GAP
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#1f2430">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(LEFT, 24, title, 'start', 15),
    text(LEFT, 46, `calibration error ${run.ece ?? '–'}`, 'start'),
    text(second, 46, `exactly right where seen: ${run.exactSeen ?? '–'}`, 'start'),
    panel(LEFT),
    line(LEFT, y(0), LEFT + SIDE, y(1), '#9aa3b2', '4 4'),
    ...circles(run.reliability),
    text(LEFT + SIDE / 2, HEIGHT - 16, 'probability claimed', 'middle'),
    text(LEFT - 8, TOP - 6, 'share that was open', 'start', 11),
    panel(second),
    ...bars(second, run.byLevel),
    text(second - 8, TOP - 6, 'found, of those seen', 'start', 11),
    '</svg>',
    '',
  ].join('\n')
}

/** Frame, and lines at the ticks. */
function panel(x: number): string {
  const lines = TICKS.flatMap((tick) => [
    line(x, y(tick), x + SIDE, y(tick), '#e3e7ee'),
    text(x - 6, y(tick) + 4, String(tick), 'end', 11),
  ])
  return lines.join('\n')
}

function circles(bins: readonly ReliabilityBin[]): string[] {
  const most = Math.max(1, ...bins.map(({ count }) => count))
  return bins.map(({ claimed, open, count }) => {
    const radius = Math.max(2, LARGEST_RADIUS * Math.sqrt(count / most))
    const label = `<title>${count} claims of ${claimed}: ${open} were open</title>`
    return (
      `<circle cx="${at(LEFT + SIDE * claimed)}" cy="${at(y(open))}" r="${at(radius)}" ` +
      `fill="#2f6fde" fill-opacity="0.75">${label}</circle>`
    )
  })
}

function bars(x: number, levels: Plotted['byLevel']): string[] {
  const shown = Object.entries(levels).filter(([, { seen }]) => seen > 0)
  const step = SIDE / Math.max(1, shown.length)
  return shown.flatMap(([level, { seen, recallSeen }], i) => {
    const value = recallSeen ?? 0
    const left = x + i * step + step * 0.2
    const middle = x + (i + 0.5) * step
    return [
      `<rect x="${at(left)}" y="${at(y(value))}" width="${at(step * 0.6)}" height="${at(SIDE * value)}" fill="#2f6fde"/>`,
      text(middle, y(value) - 4, value.toFixed(3), 'middle', 11),
      text(middle, y(0) + 16, level, 'middle', 11),
      text(middle, y(0) + 30, `${seen}`, 'middle', 10),
    ]
  })
}

const y = (share: number) => TOP + SIDE * (1 - share)
const at = (value: number) => Math.round(value * 10) / 10

function line(x1: number, y1: number, x2: number, y2: number, stroke: string, dash = ''): string {
  const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`
  return `<line x1="${x1}" y1="${at(y1)}" x2="${x2}" y2="${at(y2)}" stroke="${stroke}"${dashes}/>`
}

function text(x: number, y: number, said: string, anchor: string, size = 12): string {
  const escaped = said.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}" font-size="${size}">${escaped}</text>`
}
