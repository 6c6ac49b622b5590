/** What stands where the reader clicked: a device or transformer, and whether it has supply. */
import { CloseOutlined } from '@ant-design/icons'
import { useEffect, useState } from 'react'
import type { DeviceType } from '../../../src/grid/model.ts'
import type { MapStatePayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import type { Names } from '../incidents/names.ts'
import type { NetworkCanvas, NetworkHit } from './canvas.ts'

interface Props {
  readonly hit: NetworkHit
  readonly canvas: NetworkCanvas
  readonly state: MapStatePayload | undefined
  readonly names: Names
  readonly onSelect: (id: string) => void
  readonly onClose: () => void
}

export function Popover({ hit, canvas, state, names, onSelect, onClose }: Props) {
  const { text, format } = useLanguage()
  const pixel = usePixel(canvas, hit)
  const t = text.map.popover
  if (pixel === null) return null
  const isTransformer = hit.layer === 'transformers'
  const type = text.deviceType[hit.type as DeviceType] ?? hit.type
  return (
    <div
      className="popover"
      role="dialog"
      aria-label={hit.name || hit.id}
      style={{ transform: `translate(${Math.round(pixel[0])}px, ${Math.round(pixel[1])}px)` }}
    >
      <div className="popover-card">
        <button type="button" className="icon-button" aria-label={t.close} onClick={onClose}>
          <CloseOutlined />
        </button>
        <strong>{hit.name || hit.id}</strong>
        <span className="popover-type">
          {isTransformer ? (t.ownership[hit.ownership ?? ''] ?? type) : type}
        </span>
        <dl>
          {hit.feeder !== '' && (
            <div>
              <dt>{t.feeder}</dt>
              <dd>{names.feeder(hit.feeder)}</dd>
            </div>
          )}
          {hit.customers !== undefined && (
            <div>
              <dt>{t.customers}</dt>
              <dd>{format.number(hit.customers)}</dd>
            </div>
          )}
          {!isTransformer && (
            <div>
              <dt>{t.position}</dt>
              <dd>{hit.open ? t.open : t.closed}</dd>
            </div>
          )}
        </dl>
        {isTransformer && (
          <p className={`popover-state ${state?.state ?? 'energised'}`}>
            {t[state?.state ?? 'energised']}
          </p>
        )}
        {state && (
          <button type="button" className="popover-open" onClick={() => onSelect(state.incident)}>
            {t.openIncident}
          </button>
        )}
      </div>
    </div>
  )
}

/** Where the thing is on screen, kept while the map moves. */
function usePixel(canvas: NetworkCanvas, hit: NetworkHit): readonly [number, number] | null {
  const [pixel, setPixel] = useState(() => canvas.pixelOf(hit.place))
  useEffect(() => {
    const follow = () => {
      const next = canvas.pixelOf(hit.place)
      setPixel((before) =>
        before && next && before[0] === next[0] && before[1] === next[1] ? before : next,
      )
    }
    follow()
    canvas.map.on('postrender', follow)
    return () => canvas.map.un('postrender', follow)
  }, [canvas, hit])
  return pixel
}
