/** One incident, live: from the list where it is there, else from its own topic, else by HTTP. */
import { useEffect, useState } from 'react'
import { ApiError, incident as loadIncident } from '../api/client.ts'
import type { IncidentPayload } from '../api/payloads.ts'
import { useIncidents, useTopic } from '../live/context.tsx'

export interface IncidentView {
  readonly incident: IncidentPayload | null
  readonly missing: boolean
  /** Fetches it again, for when an action was refused as stale. */
  refresh(): void
}

export function useIncident(id: string): IncidentView {
  const listed = useIncidents().byId.get(id)
  const own = useTopic(`incident:${id}`).items.get(id) as IncidentPayload | undefined
  const [loaded, setLoaded] = useState<IncidentPayload | null>(null)
  const [missing, setMissing] = useState(false)
  const [attempt, setAttempt] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` asks for another load
  useEffect(() => {
    const abort = new AbortController()
    loadIncident(id, abort.signal).then(
      (value) => {
        setLoaded(value)
        setMissing(false)
      },
      (error) => setMissing(error instanceof ApiError && error.status === 404),
    )
    return () => abort.abort()
  }, [id, attempt])
  const newest = [listed, own, loaded].reduce<IncidentPayload | null>(
    (best, one) => (one && (best === null || one.revision > best.revision) ? one : best),
    null,
  )
  return {
    incident: newest,
    missing: missing && newest === null,
    refresh: () => setAttempt((count) => count + 1),
  }
}
