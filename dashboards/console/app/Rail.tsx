/** The strip of views at the left edge; what the account may not use is not there. */
import {
  ApartmentOutlined,
  CustomerServiceOutlined,
  DashboardOutlined,
  FundProjectionScreenOutlined,
  MobileOutlined,
  NotificationOutlined,
  ThunderboltOutlined,
} from '@ant-design/icons'
import type { ComponentType, MouseEvent } from 'react'
import { useLanguage } from '../i18n/language.tsx'
import { go, pathOf, type View } from './view.ts'

const ICONS: Readonly<Record<View, ComponentType>> = {
  desk: ThunderboltOutlined,
  agent: CustomerServiceOutlined,
  notices: NotificationOutlined,
  feeder: ApartmentOutlined,
  wall: FundProjectionScreenOutlined,
  operator: DashboardOutlined,
  grid: MobileOutlined,
}

export function Rail({ views, current }: { views: readonly View[]; current: View }) {
  const { text } = useLanguage()
  function onClick(event: MouseEvent, view: View) {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    go(view)
  }
  return (
    <nav className="rail" aria-label={text.views.label}>
      {views.map((view) => {
        const Icon = ICONS[view]
        return (
          <a
            key={view}
            href={pathOf(view)}
            aria-current={view === current ? 'page' : undefined}
            onClick={(event) => onClick(event, view)}
          >
            <Icon />
            <span>{text.views.names[view]}</span>
          </a>
        )
      })}
    </nav>
  )
}
