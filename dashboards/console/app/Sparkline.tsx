/** The last readings of one figure as a small line; kept by the page, not by the server. */
import { useRef } from 'react'
import { useLanguage } from '../i18n/language.tsx'

const WIDTH = 72
const HEIGHT = 20
/** One reading each five seconds, five steps of them. */
const KEPT = 60
const STEP_MS = 5_000
/** Fewer are a speck, not a line. */
const FEWEST = 4

interface Props {
  readonly value: number | undefined
  readonly asOf: string | undefined
}

export function Sparkline({ value, asOf }: Props) {
  const { text } = useLanguage()
  const kept = useRef<{ step: number; value: number }[]>([])
  if (value !== undefined && asOf !== undefined) {
    const step = Math.floor(Date.parse(asOf) / STEP_MS)
    const last = kept.current.at(-1)
    if (last?.step === step) last.value = value
    else if (last === undefined || step > last.step) {
      kept.current = [...kept.current, { step, value }].slice(-KEPT)
    }
  }
  const readings = kept.current
  if (readings.length < FEWEST) return null
  const top = Math.max(1, ...readings.map((reading) => reading.value))
  const points = readings
    .map((reading, index) => {
      const x = WIDTH - (readings.length - 1 - index) * (WIDTH / (KEPT - 1))
      return `${x.toFixed(1)},${(HEIGHT - 2 - (reading.value / top) * (HEIGHT - 4)).toFixed(1)}`
    })
    .join(' ')
  return (
    <svg
      className="sparkline"
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={text.header.sparkline}
    >
      <polyline points={points} />
    </svg>
  )
}
