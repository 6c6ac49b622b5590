/** The views of the console: one address each, and the right without which it would be empty. */
import { useSyncExternalStore } from 'react'
import type { Account } from '../api/payloads.ts'

export const VIEWS = ['desk', 'agent', 'notices', 'feeder', 'wall', 'operator', 'grid'] as const
export type View = (typeof VIEWS)[number]

const PATHS: Readonly<Record<View, string>> = {
  desk: '/',
  agent: '/agent',
  notices: '/notices',
  feeder: '/feeder',
  wall: '/wall',
  operator: '/operator',
  grid: '/grid',
}

const RIGHTS: Readonly<Record<View, readonly string[]>> = {
  desk: ['incidents.read'],
  agent: ['customers.read'],
  notices: ['notices.read'],
  feeder: ['incidents.evidence', 'map.read'],
  wall: ['status.read', 'incidents.read'],
  operator: ['status.read', 'rules.read'],
  grid: ['actions.onSite', 'notices.read'],
}

export function pathOf(view: View): string {
  return PATHS[view]
}

/** Views that this account may use, in the order of the rail. */
export function viewsFor({ rights }: Account): readonly View[] {
  return VIEWS.filter((view) => RIGHTS[view].every((right) => rights.includes(right)))
}

const listeners = new Set<() => void>()

/** The view that the address asks for. */
export function viewAsked(): View {
  return VIEWS.find((view) => PATHS[view] === location.pathname) ?? 'desk'
}

function follow(listener: () => void): () => void {
  listeners.add(listener)
  window.addEventListener('popstate', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('popstate', listener)
  }
}

/** Goes to a view without loading the page again; `hash` says what to show there. */
export function go(view: View, hash = ''): void {
  history.pushState(null, '', PATHS[view] + hash)
  for (const tell of [...listeners]) tell()
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}

export function useView(): View {
  return useSyncExternalStore(follow, viewAsked)
}
