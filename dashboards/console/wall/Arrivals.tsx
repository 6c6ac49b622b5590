/** Crews that arrived in time (到达及时率), by promise and by hour or day, as the ledger counts them. */
import { lazy, Suspense, useMemo, useState } from 'react'
import { arrivalsSince } from '../api/history.ts'
import { Outdated } from '../app/LoadedOr.tsx'
import { readPreference, writePreference } from '../app/preferences.ts'
import { useTheme } from '../app/theme.tsx'
import { useLanguage } from '../i18n/language.tsx'
import { useLoaded } from '../incidents/useLoaded.ts'
import { useNowEvery } from '../live/context.tsx'
import { type ArrivalLine, arrivalLines, STEPS, type Step, WINDOW } from './arrivalLines.ts'

const Chart = lazy(() => import('../charts/Chart.tsx').then((m) => ({ default: m.Chart })))

const RENEW_MS = 60_000
/** Line and mark of each promise, the shortest first: told apart without their colours as well. */
const LOOKS = [
  { colour: 'accent', symbol: 'circle', type: 'solid' },
  { colour: 'grade2', symbol: 'rect', type: 'dashed' },
  { colour: 'planned', symbol: 'triangle', type: 'dotted' },
] as const

export function Arrivals() {
  const { text } = useLanguage()
  const t = text.wall.arrivals
  const [step, setStep] = useState<Step>(() =>
    readPreference('arrivals') === 'day' ? 'day' : 'hour',
  )
  const turn = useNowEvery(RENEW_MS)
  const { stepMs, count } = WINDOW[step]
  const [loaded] = useLoaded(
    (signal) => arrivalsSince(turn - count * stepMs, turn, step, signal),
    `${step} ${turn}`,
    step,
  )
  const known = loaded.state === 'ready' ? loaded.value : null
  const lines = useMemo(() => (known === null ? [] : arrivalLines(known, step)), [known, step])
  return (
    <section className="wall-arrivals">
      <h2>
        {t.title}
        <fieldset className="wall-steps" aria-label={t.steps}>
          {STEPS.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === step}
              onClick={() => {
                writePreference('arrivals', one)
                setStep(one)
              }}
            >
              {t.step[one]}
            </button>
          ))}
        </fieldset>
      </h2>
      {loaded.state === 'failed' && <p role="alert">{text.network.error}</p>}
      {loaded.state === 'ready' && loaded.outdated && <Outdated at={loaded.at} />}
      {known !== null && lines.length === 0 && <p className="wall-quiet">{t.none}</p>}
      {lines.length > 0 && <Lines lines={lines} step={step} until={turn} />}
    </section>
  )
}

function Lines(props: { lines: readonly ArrivalLine[]; step: Step; until: number }) {
  const { lines, step, until } = props
  const { text, format } = useLanguage()
  const { palette } = useTheme()
  const t = text.wall.arrivals
  const option = useMemo(() => {
    const label = { color: palette.inkSoft, fontSize: 13 }
    const moment = step === 'hour' ? format.clock : format.day
    return {
      animation: false,
      grid: { left: 8, right: 18, top: 10, bottom: 4, containLabel: true },
      tooltip: { trigger: 'axis', valueFormatter: (share: number) => format.percent(share) },
      xAxis: {
        type: 'time',
        min: until - WINDOW[step].count * WINDOW[step].stepMs,
        max: until,
        splitNumber: 4,
        axisLine: { lineStyle: { color: palette.lineStrong } },
        axisLabel: { ...label, hideOverlap: true, formatter: moment },
      },
      yAxis: {
        type: 'value',
        min: 0,
        max: 1,
        interval: 0.5,
        axisLabel: { ...label, formatter: format.percent },
        splitLine: { lineStyle: { color: palette.line } },
      },
      series: lines.map(({ limitMinutes, points }, nth) => {
        const { colour, symbol, type } = LOOKS[nth % LOOKS.length]!
        const color = palette[colour]
        return {
          ...{ name: t.limit(limitMinutes), type: 'line', symbol, symbolSize: 8, data: points },
          ...{ itemStyle: { color }, lineStyle: { color, type, width: 2 } },
        }
      }),
    }
  }, [lines, step, until, palette, format, t])
  const said = lines.map(({ limitMinutes, inTime, due }) =>
    t.said(t.limit(limitMinutes), format.percent(inTime / due), inTime, due),
  )
  return (
    <>
      <ul className="wall-promises">
        {lines.map(({ limitMinutes, inTime, due }, nth) => {
          const { colour, symbol } = LOOKS[nth % LOOKS.length]!
          return (
            <li key={limitMinutes}>
              <i className={symbol} style={{ background: palette[colour] }} aria-hidden="true" />
              {t.limit(limitMinutes)} <b>{format.percent(inTime / due)}</b>
              <small>{text.wall.inTime(inTime, due)}</small>
            </li>
          )
        })}
      </ul>
      <Suspense fallback={<div className="chart" aria-busy="true" />}>
        <Chart option={option} label={t.chart(t.step[step], said.join(t.and))} />
      </Suspense>
    </>
  )
}
