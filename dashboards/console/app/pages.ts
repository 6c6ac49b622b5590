/** The page of each view, loaded when it is asked for. */
import type { ComponentType } from 'react'
import type { View } from './view.ts'
import type { ViewProps } from './view-props.ts'

type Loaded = Promise<{ readonly default: ComponentType<ViewProps> }>

export const PAGES: Readonly<Record<View, () => Loaded>> = {
  desk: () => import('./Console.tsx').then((m) => ({ default: m.Console })),
  agent: () => import('../agent/AgentDesk.tsx').then((m) => ({ default: m.AgentDesk })),
  notices: () => import('../notices/Notices.tsx').then((m) => ({ default: m.Notices })),
  feeder: () => import('../diagram/Diagram.tsx').then((m) => ({ default: m.Diagram })),
  wall: () => import('../wall/WallBoard.tsx').then((m) => ({ default: m.WallBoard })),
  operator: () => import('../operator/Operator.tsx').then((m) => ({ default: m.Operator })),
  grid: () => import('../field/Field.tsx').then((m) => ({ default: m.Field })),
}
