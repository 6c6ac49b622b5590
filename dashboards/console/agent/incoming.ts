/**
 * A call handed over by the telephone system: `/agent#phone=…` or `/agent#account=…`. A fragment is
 * never sent to a server; here it also leaves the address bar and the history before anything is
 * drawn, so that no screenshot, bookmark or log of the browser keeps it.
 */

/** What the telephone system knows of the caller, as typed into the search field. */
export type Incoming = { readonly text: string; readonly nth: number }

const KEYS = ['phone', 'account', 'meter'] as const
/** The longest question the server takes. */
const MAX_LENGTH = 64

let latest: Incoming | null = null
const listeners = new Set<() => void>()

/** What of a fragment is a caller, null where it is something else. Pure. */
export function callerOf(hash: string): string | null {
  const fields = new URLSearchParams(hash.replace(/^#/, ''))
  for (const key of KEYS) {
    const value = fields.get(key)?.trim()
    if (value) return value.slice(0, MAX_LENGTH)
  }
  return null
}

/** Reads and removes the caller from the address, now and whenever another call comes. */
export function takeIncoming(): void {
  take()
  window.addEventListener('hashchange', take)
}

function take(): void {
  if (location.pathname !== '/agent') return
  const text = callerOf(location.hash)
  if (text === null) return
  history.replaceState(null, '', location.pathname)
  latest = { text, nth: (latest?.nth ?? 0) + 1 }
  for (const tell of [...listeners]) tell()
}

export function incoming(): Incoming | null {
  return latest
}

export function onIncoming(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The call is on screen or done with: it is not shown again. */
export function forgetIncoming(): void {
  latest = latest === null ? null : { text: '', nth: latest.nth }
}
