/** Keeps the page itself on the phone, so that it opens without a connection. */
import { useEffect } from 'react'

/** Written by the build beside `index.html`; a service worker may serve only what lies below it. */
const WORKER = '/field-worker.js'

/** Where the browser has no service worker (plain http), the page must be loaded while connected. */
export function useShellKept(): void {
  useEffect(() => {
    navigator.serviceWorker?.register(WORKER, { scope: '/grid' }).catch(() => undefined)
  }, [])
}
