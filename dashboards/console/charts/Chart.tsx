/** A chart in the colours of the page. ECharts is loaded with the first one, only the parts used. */
import { LineChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'

use([LineChart, GridComponent, TooltipComponent, SVGRenderer])

interface Props {
  readonly option: EChartsCoreOption
  /** What the picture says, for those who do not see it. */
  readonly label: string
}

export function Chart({ option, label }: Props) {
  const target = useRef<HTMLDivElement>(null)
  const chart = useRef<ReturnType<typeof init>>(null)
  useEffect(() => {
    const created = init(target.current!)
    chart.current = created
    const observer = new ResizeObserver(() => created.resize())
    observer.observe(target.current!)
    return () => {
      observer.disconnect()
      created.dispose()
    }
  }, [])
  useEffect(() => chart.current?.setOption(option, { notMerge: true }), [option])
  return <div ref={target} className="chart" role="img" aria-label={label} />
}
