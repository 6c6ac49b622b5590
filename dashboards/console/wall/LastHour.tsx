/** The last hour as two lines: customers without power, and those of them that are back. */
import { lazy, Suspense, useMemo } from 'react'
import { useTheme } from '../app/theme.tsx'
import { useLanguage } from '../i18n/language.tsx'
import type { CurvePoint } from './curve.ts'

const Chart = lazy(() => import('../charts/Chart.tsx').then((m) => ({ default: m.Chart })))

export function LastHour({ points }: { points: readonly CurvePoint[] }) {
  const { text, format } = useLanguage()
  const { palette } = useTheme()
  const t = text.wall
  const option = useMemo(() => {
    const axis = { lineStyle: { color: palette.lineStrong } }
    const label = { color: palette.inkSoft, fontSize: 13 }
    const line = (name: string, color: string, key: 'out' | 'back', dashed: boolean) => ({
      name,
      type: 'line',
      symbol: 'none',
      step: key === 'out' ? 'end' : undefined,
      lineStyle: { color, width: 2.5, type: dashed ? 'dashed' : 'solid' },
      areaStyle: dashed ? undefined : { color, opacity: 0.16 },
      data: points.map((point) => [point.at, point[key]]),
    })
    return {
      animation: false,
      grid: { left: 8, right: 14, top: 12, bottom: 4, containLabel: true },
      tooltip: { trigger: 'axis' },
      xAxis: {
        type: 'time',
        axisLine: axis,
        splitNumber: 4,
        axisLabel: { ...label, formatter: (at: number) => format.clock(at) },
      },
      yAxis: {
        type: 'value',
        minInterval: 1,
        axisLabel: { ...label, formatter: (value: number) => format.number(value) },
        splitLine: { lineStyle: { color: palette.line } },
      },
      series: [
        line(t.out, palette.grade1, 'out', false),
        line(t.back, palette.restored, 'back', true),
      ],
    }
  }, [points, palette, format, t])
  const last = points.at(-1)
  return (
    <>
      <p className="wall-key">
        <span className="out">{t.out}</span>
        <span className="back">{t.back}</span>
      </p>
      <Suspense fallback={<div className="chart" aria-busy="true" />}>
        <Chart
          option={option}
          label={t.chart(format.number(last?.out ?? 0), format.number(last?.back ?? 0))}
        />
      </Suspense>
    </>
  )
}
