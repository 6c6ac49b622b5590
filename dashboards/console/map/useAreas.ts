/** Shapes of the incidents in view, fetched when an incident or its revision is new. */
import type Feature from 'ol/Feature'
import { useEffect, useRef, useState } from 'react'
import { area } from '../api/client.ts'
import type { IncidentPayload } from '../api/payloads.ts'
import { readArea } from './canvas.ts'
import type { ViewState } from './squares.ts'

/** The shape of an incident as of one revision. */
export interface KeptArea {
  readonly revision: number
  readonly features: readonly Feature[]
}

/** A storm shows marks; shapes are drawn for the most severe this many in view. */
const MAX_SHAPES = 40
/** Requests at once: the map must not crowd out what the reader asks for. */
const MAX_REQUESTS = 3
/** A revision every tick must not mean a request every tick, ms. */
const REFRESH_AFTER_MS = 1_500
/** An incident larger than this is not drawn from afar. */
const FROM_VIEW_ZOOM = 9

export function useAreas(
  incidents: readonly IncidentPayload[],
  selected: string | null,
  view: ViewState | null,
): ReadonlyMap<string, KeptArea> {
  const [kept, setKept] = useState<ReadonlyMap<string, KeptArea>>(new Map())
  const asked = useRef(new Map<string, { revision: number; at: number }>())
  const running = useRef(0)
  const [turn, setTurn] = useState(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` looks again after a request
  useEffect(() => {
    const wanted = incidents
      .filter((incident) => incident.id === selected || isInView(incident, view))
      .sort((a, b) => Number(b.id === selected) - Number(a.id === selected) || a.grade - b.grade)
      .slice(0, MAX_SHAPES)
    let later: number | undefined
    for (const { id, revision } of wanted) {
      const last = asked.current.get(id)
      if (last?.revision === revision) continue
      const waitMs = last === undefined ? 0 : last.at + REFRESH_AFTER_MS - performance.now()
      if (waitMs > 0 || running.current >= MAX_REQUESTS) {
        later ??= window.setTimeout(() => setTurn((n) => n + 1), Math.max(waitMs, 250))
        continue
      }
      asked.current.set(id, { revision, at: performance.now() })
      running.current++
      area(id)
        .then(readArea)
        .then(
          (features) => setKept((before) => new Map(before).set(id, { revision, features })),
          () => asked.current.set(id, { revision: -1, at: performance.now() }),
        )
        .finally(() => {
          running.current--
          setTurn((n) => n + 1)
        })
    }
    return () => window.clearTimeout(later)
  }, [incidents, selected, view, turn])

  // What is no longer listed needs no shape.
  useEffect(() => {
    const ids = new Set<string>(incidents.map((incident) => incident.id))
    if (selected !== null) ids.add(selected)
    setKept((before) =>
      [...before.keys()].every((id) => ids.has(id))
        ? before
        : new Map([...before].filter(([id]) => ids.has(id))),
    )
    for (const id of asked.current.keys()) if (!ids.has(id)) asked.current.delete(id)
  }, [incidents, selected])
  return kept
}

/** Half a screen of margin, so that an area whose middle lies outside still shows its edge. */
function isInView({ centroid }: IncidentPayload, view: ViewState | null): boolean {
  if (view === null || centroid === null || view.zoom < FROM_VIEW_ZOOM) return false
  const [west, south, east, north] = view.bounds
  const marginX = (east - west) / 2
  const marginY = (north - south) / 2
  return (
    centroid[0] > west - marginX &&
    centroid[0] < east + marginX &&
    centroid[1] > south - marginY &&
    centroid[1] < north + marginY
  )
}
