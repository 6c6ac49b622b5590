/** The rows of the list, walked with the arrow keys; only visible ones exist. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type RefObject, useEffect, useState } from 'react'
import type { IncidentPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { IncidentRow, ROW_HEIGHT, rowId } from './IncidentRow.tsx'
import type { Names } from './names.ts'

interface Props {
  readonly listRef: RefObject<HTMLDivElement | null>
  readonly names: Names
  /** In the order in which they are shown. */
  readonly shown: readonly IncidentPayload[]
  readonly waiting: boolean
  readonly selected: string | null
  readonly onSelect: (id: string | null) => void
}

export function IncidentRows(props: Props) {
  const { listRef, names, shown, selected, onSelect } = props
  const { text } = useLanguage()
  const [activeId, setActiveId] = useState<string | null>(null)
  const active = Math.max(
    0,
    shown.findIndex((incident) => incident.id === activeId),
  )
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => listRef.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 4,
    // A scroll is drawn with the frame it belongs to; drawn at once, each key would be drawn twice.
    useFlushSync: false,
  })
  // What is opened from the map is shown in the list as well.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new selection scrolls, a changed order must not pull the list away from its reader
  useEffect(() => {
    if (selected === null) return
    setActiveId(selected)
    const index = shown.findIndex((incident) => incident.id === selected)
    if (index >= 0) rows.scrollToIndex(index)
  }, [selected])

  function onKeyDown(event: KeyboardEvent) {
    const last = shown.length - 1
    const jumps: Record<string, number> = {
      ArrowDown: Math.min(last, active + 1),
      ArrowUp: Math.max(0, active - 1),
      PageDown: Math.min(last, active + 6),
      PageUp: Math.max(0, active - 6),
      Home: 0,
      End: last,
    }
    const target = jumps[event.key]
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      if (shown[active]) onSelect(shown[active].id)
    } else if (target !== undefined && shown[target]) {
      event.preventDefault()
      setActiveId(shown[target].id)
      rows.scrollToIndex(target)
    }
  }

  return (
    <div
      ref={listRef}
      id="incident-list"
      className="rows"
      role="listbox"
      tabIndex={0}
      aria-label={text.list.title}
      aria-describedby="list-keys"
      aria-busy={props.waiting}
      aria-activedescendant={shown[active] ? rowId(shown[active].id) : undefined}
      onKeyDown={onKeyDown}
    >
      <div style={{ height: rows.getTotalSize() }} role="presentation" className="rows-canvas">
        {rows.getVirtualItems().map((row) => {
          const incident = shown[row.index]
          return (
            incident && (
              <IncidentRow
                key={incident.id}
                incident={incident}
                names={names}
                active={row.index === active}
                selected={incident.id === selected}
                position={row.index + 1}
                total={shown.length}
                top={row.start}
                onSelect={onSelect}
              />
            )
          )
        })}
      </div>
    </div>
  )
}
