/** Which incident is open; kept in the address, so that a link to it can be sent to a colleague. */
import { useCallback, useSyncExternalStore } from 'react'

const PREFIX = '#/incidents/'

function read(): string | null {
  const { hash } = location
  return hash.startsWith(PREFIX) ? decodeURIComponent(hash.slice(PREFIX.length)) : null
}

function onHash(listener: () => void): () => void {
  window.addEventListener('hashchange', listener)
  return () => window.removeEventListener('hashchange', listener)
}

export function useSelection(): readonly [string | null, (id: string | null) => void] {
  const selected = useSyncExternalStore(onHash, read)
  const select = useCallback((id: string | null) => {
    const hash = id === null ? '#/' : PREFIX + encodeURIComponent(id)
    if (hash !== location.hash) location.hash = hash
  }, [])
  return [selected, select]
}
