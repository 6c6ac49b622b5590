/** One incident, live: from the list where it is there, else from its own topic, else by HTTP. */
import { useEffect, useState } from 'react'
import { ApiError, incident as loadIncident } from '../api/client.ts'
import type { IncidentPayload } from '../api/payloads.ts'
import { useIncidents, useTopic } from '../live/context.tsx'

export interface IncidentView {
  readonly incident: IncidentPayload | null
  readonly missing: boolean
  /** Fetches it again, for when an action was refused as stale; settles in any case. */
  refresh(): Promise<void>
}

export function useIncident(id: string): IncidentView {
  const listed = useIncidents().byId.get(id)
  const own = useTopic(`incident:${id}`).items.get(id) as IncidentPayload | undefined
  const [loaded, setLoaded] = useState<IncidentPayload | null>(null)
  const [missing, setMissing] = useState(false)
  async function load(signal?: AbortSignal): Promise<void> {
    try {
      const value = await loadIncident(id, signal)
      if (signal?.aborted) return
      setLoaded(value)
      setMissing(false)
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) setMissing(true)
    }
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: `load` differs by `id` alone
  useEffect(() => {
    const abort = new AbortController()
    void load(abort.signal)
    return () => abort.abort()
  }, [id])
  const newest = [listed, own, loaded].reduce<IncidentPayload | null>(
    (best, one) => (one && (best === null || one.revision > best.revision) ? one : best),
    null,
  )
  return {
    incident: newest,
    missing: missing && newest === null,
    refresh: load,
  }
}
