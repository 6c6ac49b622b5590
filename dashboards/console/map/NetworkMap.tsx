/** The map and everything that floats on it: controls, legend, what was clicked. */
import { AimOutlined, MinusOutlined, PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import type { IncidentPayload } from '../api/payloads.ts'
import type { NetworkState } from '../app/network.ts'
import { useTheme } from '../app/theme.tsx'
import { useLanguage } from '../i18n/language.tsx'
import { lookOf } from '../incidents/appearance.ts'
import type { Names } from '../incidents/names.ts'
import { isListed } from '../incidents/order.ts'
import { useIncidents } from '../live/context.tsx'
import { type CanvasHandlers, NetworkCanvas, type NetworkHit } from './canvas.ts'
import { Legend } from './Legend.tsx'
import { markMaker } from './marks.ts'
import { Popover } from './Popover.tsx'
import type { ViewState } from './squares.ts'
import type { TilesWanting } from './tileSource.ts'
import { type KeptArea, useAreas } from './useAreas.ts'
import { useCrewMarks } from './useCrewMarks.ts'
import { useMapStates } from './useMapStates.ts'
import { useNotes } from './useNotes.ts'

interface Props {
  readonly network: NetworkState
  readonly names: Names
  readonly selected: string | null
  /** Counts up each time the reader asks to centre the selected incident. */
  readonly centreRequest: number
  readonly onSelect: (id: string | null) => void
}

/** Width of the detail panel with its margin, px; the map keeps what it shows out of it. */
const DETAIL_WIDTH = 432

export function NetworkMap(props: Props) {
  const { network, names, onSelect } = props
  const { text } = useLanguage()
  const { palette } = useTheme()
  const target = useRef<HTMLDivElement>(null)
  const [canvas, setCanvas] = useState<NetworkCanvas | null>(null)
  const [view, setView] = useState<ViewState | null>(null)
  const [hit, setHit] = useState<NetworkHit | null>(null)
  const [tiles, setTiles] = useState<TilesWanting>(null)

  const handlers = useRef<CanvasHandlers>(null)
  handlers.current = {
    onView: setView,
    onIncident: onSelect,
    onNetwork: setHit,
    onTiles: setTiles,
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new palette restyles, see below
  useEffect(() => {
    const created = new NetworkCanvas(target.current!, palette, {
      onView: (next) => handlers.current?.onView(next),
      onIncident: (id) => handlers.current?.onIncident(id),
      onNetwork: (found) => handlers.current?.onNetwork(found),
      onTiles: (wanting) => handlers.current?.onTiles(wanting),
    })
    setCanvas(created)
    return () => created.dispose()
  }, [])
  useEffect(() => canvas?.setPalette(palette), [canvas, palette])
  useEffect(() => {
    if (canvas !== null && network.value !== null) canvas.setNetwork(network.value)
  }, [canvas, network.value])

  const states = useLiveLayers(canvas, view, props)
  const crews = useCrewMarks(canvas)

  return (
    <section className="map" aria-label={text.map.region}>
      <div
        ref={target}
        id="network-map"
        className="map-canvas"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the map is panned with the arrow keys
        tabIndex={0}
        role="application"
        aria-label={text.map.region}
        aria-describedby="map-keys"
        data-zoom={view?.zoom.toFixed(1)}
      />
      <p id="map-keys" className="visually-hidden">
        {text.map.hint}
      </p>
      <ul id="map-crews" className="visually-hidden">
        {crews.map(({ id, words, place }) => (
          <li key={id} data-place={place.join(' ')}>
            {words}
          </li>
        ))}
      </ul>
      {network.value === null && (
        <div className="map-notice" role="status">
          {text.map[network.wanting ?? 'loading']}
          {network.wanting === 'error' && (
            <Button size="small" onClick={network.reload}>
              {text.map.retry}
            </Button>
          )}
        </div>
      )}
      {network.value !== null && tiles !== null && (
        <div className="map-notice" role="status">
          {tiles === 'preparing' ? text.map.preparing : text.map.error}
          {tiles === 'failed' && (
            <Button size="small" onClick={() => canvas?.retryTiles()}>
              {text.map.retry}
            </Button>
          )}
        </div>
      )}
      {network.value !== null && <div className="map-name">{network.value.name}</div>}
      <div className="map-controls">
        <Control label={text.map.zoomIn} onClick={() => canvas?.zoomBy(1)}>
          <PlusOutlined />
        </Control>
        <Control label={text.map.zoomOut} onClick={() => canvas?.zoomBy(-1)}>
          <MinusOutlined />
        </Control>
        <Control label={text.map.wholeNetwork} onClick={() => canvas?.showAll()}>
          <AimOutlined />
        </Control>
      </div>
      <Legend />
      {hit !== null && canvas !== null && (
        <Popover
          hit={hit}
          canvas={canvas}
          state={states.get(hit.id)}
          names={names}
          onSelect={onSelect}
          onClose={() => setHit(null)}
        />
      )}
    </section>
  )
}

/** Keeps the layers above the network in step with what is known now. */
function useLiveLayers(canvas: NetworkCanvas | null, view: ViewState | null, props: Props) {
  const { network, selected } = props
  const { text, format } = useLanguage()
  const { all, byId } = useIncidents()
  const listed = useMemo(() => all.filter(isListed), [all])
  const states = useMapStates(view)
  const areas = useAreas(listed, selected, view)

  const markOf = useMemo(() => markMaker(text, format), [text, format])
  useEffect(() => {
    const marks = listed.map(markOf).filter((mark) => mark !== null)
    canvas?.setIncidents(marks, selected)
  }, [canvas, listed, selected, markOf])

  useEffect(() => {
    const shapes = [...areas].flatMap(([id, { features }]) => {
      const incident = byId.get(id)
      return incident ? [{ incident: id, look: lookOf(incident), features }] : []
    })
    canvas?.setAreas(shapes, selected)
  }, [canvas, areas, byId, selected])

  useEffect(() => {
    const points = [...states.values()].flatMap((state) => {
      const incident = byId.get(state.incident)
      // The open device itself is drawn with its area, by a symbol of its own.
      if (incident?.device.id === state.id && incident.device.type !== 'transformer') return []
      const look =
        state.state === 'restored'
          ? ('restored' as const)
          : state.state === 'predicted'
            ? ('suspected' as const)
            : incident?.outageKind === 'partiallyRestored'
              ? (`grade${state.grade}` as const)
              : incident
                ? lookOf(incident)
                : (`grade${state.grade}` as const)
      return [{ id: state.id, place: [state.lon, state.lat] as const, look }]
    })
    canvas?.setStates(points)
  }, [canvas, states, byId])

  useNotes(canvas, network.value, listed)
  useCentring(canvas, props, byId.get(selected ?? ''), areas.get(selected ?? ''))
  return states
}

/**
 * Brings the selected incident into view: when it is selected, when the reader asks for it, and when
 * its fault turns out to lie at another device. Waits for the shape that belongs to it.
 */
function useCentring(
  canvas: NetworkCanvas | null,
  { selected, centreRequest }: Props,
  incident: IncidentPayload | undefined,
  shape: KeptArea | undefined,
) {
  const wanted = selected === null ? '' : `${selected} ${centreRequest} ${incident?.device.id}`
  const asked = useRef({ wanted: '', revision: 0, done: true })
  useEffect(() => {
    if (asked.current.wanted !== wanted) {
      asked.current = { wanted, revision: incident?.revision ?? 0, done: wanted === '' }
    }
    if (canvas === null || asked.current.done || shape === undefined) return
    if (shape.revision < asked.current.revision) return
    asked.current.done = true
    canvas.showArea(shape.features, incident?.centroid ?? null, DETAIL_WIDTH)
  }, [canvas, wanted, incident, shape])
}

function Control(props: { label: string; onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" aria-label={props.label} title={props.label} onClick={props.onClick}>
      {props.children}
    </button>
  )
}
