/**
 * The service worker of `/grid`: serves the page and its scripts from the phone. Data never pass
 * through it. The build writes in what the page consists of; another build is another set, fetched
 * whole before it takes the place of the one before.
 */
export {}

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface Fetching extends Extendable {
  readonly request: Request
  respondWith(response: Promise<Response>): void
}
interface Worker {
  readonly location: Location
  readonly clients: { claim(): Promise<void> }
  skipWaiting(): Promise<void>
  addEventListener(type: 'install' | 'activate', listener: (event: Extendable) => void): void
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void
}

declare const __FIELD_SHELL__: readonly string[]

const worker = globalThis as unknown as Worker
const PAGE = '/grid'
const shell = __FIELD_SHELL__
const name = `field-${shell.join(' ').length}-${digestOf(shell.join(' '))}`

worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(name)
      .then((cache) =>
        cache.addAll([new Request(PAGE, { headers: { accept: 'text/html' } }), ...shell]),
      )
      .then(() => worker.skipWaiting()),
  )
})

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((one) => one !== name).map((one) => caches.delete(one))),
      )
      .then(() => worker.clients.claim()),
  )
})

worker.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request
  const { origin, pathname } = new URL(url)
  if (method !== 'GET' || origin !== worker.location.origin) return
  const isPage = mode === 'navigate' && pathname === PAGE
  if (!isPage && !pathname.startsWith('/assets/')) return
  event.respondWith(
    caches
      .match(isPage ? PAGE : event.request, { cacheName: name, ignoreVary: true })
      .then((kept) => kept ?? fetch(event.request)),
  )
})

/** Tells two sets apart; nothing depends on its being hard to guess (FNV-1a). */
function digestOf(text: string): string {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(16)
}
