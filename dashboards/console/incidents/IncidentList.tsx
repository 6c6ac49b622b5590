/** The list of incidents: sorted, filtered, walked with the arrow keys; only visible rows exist. */
import { SearchOutlined } from '@ant-design/icons'
import { useVirtualizer } from '@tanstack/react-virtual'
import { Button, Input, Segmented, Select } from 'antd'
import { type KeyboardEvent, type RefObject, useEffect, useMemo, useState } from 'react'
import { readPreference, writePreference } from '../app/preferences.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useIncidents, useNowEvery } from '../live/context.tsx'
import { GROUPS, type Group } from './group.ts'
import { IncidentRow, ROW_HEIGHT, rowId } from './IncidentRow.tsx'
import type { Names } from './names.ts'
import {
  arrange,
  countGroups,
  type Filter,
  isListed,
  NO_FILTER,
  SORTS,
  type Sort,
  STATE_FILTERS,
} from './order.ts'

interface Props {
  readonly listRef: RefObject<HTMLDivElement | null>
  readonly names: Names
  readonly selected: string | null
  readonly onSelect: (id: string | null) => void
}

const REORDER_MS = 5_000
const GRADES = [1, 2, 3, 4] as const

export function IncidentList({ listRef, names, selected, onSelect }: Props) {
  const { text, format } = useLanguage()
  const { phase, all } = useIncidents()
  const [filter, setFilter] = useState<Filter>(NO_FILTER)
  const [sort, setSort] = useSort()
  // What is late moves up within seconds; each second would shuffle rows under the reader's hand.
  const nowMs = useNowEvery(REORDER_MS)
  const shown = useMemo(
    () => arrange(all, filter, sort, names, nowMs),
    [all, filter, sort, names, nowMs],
  )
  const groups = useMemo(() => countGroups(all), [all])
  const listed = useMemo(() => all.filter(isListed).length, [all])
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
    getItemKey: (index) => shown[index]?.id ?? index,
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
    <section className="list" aria-label={text.list.title}>
      <div className="list-head">
        <h2>
          {text.list.title}
          <small>
            {phase === 'current' &&
              text.list.count(format.number(shown.length), format.number(listed))}
          </small>
        </h2>
        <Select
          size="small"
          variant="borderless"
          value={sort}
          onChange={setSort}
          aria-label={text.list.sortLabel}
          popupMatchSelectWidth={false}
          options={SORTS.map((value) => ({ value, label: text.list.sort[value] }))}
        />
      </div>
      <Filters filter={filter} groups={groups} onChange={setFilter} />
      <div
        ref={listRef}
        id="incident-list"
        className="rows"
        role="listbox"
        tabIndex={0}
        aria-label={text.list.title}
        aria-describedby="list-keys"
        aria-busy={phase === 'waiting'}
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
      {shown.length === 0 && (
        <Nothing phase={phase} filtered={listed > 0} onClear={() => setFilter(NO_FILTER)} />
      )}
      <p id="list-keys" className="list-keys">
        {text.list.keyboard}
      </p>
    </section>
  )
}

function Filters(props: {
  filter: Filter
  groups: Readonly<Record<Group, number>>
  onChange: (filter: Filter) => void
}) {
  const { filter, groups, onChange } = props
  const { text, format } = useLanguage()
  function toggle(grade: number) {
    const grades = new Set(filter.grades)
    if (!grades.delete(grade)) grades.add(grade)
    onChange({ ...filter, grades })
  }
  return (
    <div className="filters">
      <div className="filters-row">
        <Input
          allowClear
          prefix={<SearchOutlined />}
          value={filter.text}
          aria-label={text.list.search}
          placeholder={text.list.search}
          onChange={(event) => onChange({ ...filter, text: event.target.value })}
        />
        <span className="grade-filters">
          {GRADES.map((grade) => (
            <button
              key={grade}
              type="button"
              className={`grade-${grade}`}
              aria-pressed={filter.grades.has(grade)}
              aria-label={text.list.gradeFilter(text.grade.name[grade])}
              title={text.list.gradeFilter(text.grade.name[grade])}
              onClick={() => toggle(grade)}
            >
              {text.grade.name[grade]}
            </button>
          ))}
        </span>
      </div>
      <Segmented<Group | 'all'>
        block
        size="small"
        value={filter.group ?? 'all'}
        aria-label={text.list.groupLabel}
        onChange={(group) => onChange({ ...filter, group: group === 'all' ? null : group })}
        options={[
          { value: 'all', label: text.list.groups.all },
          ...GROUPS.map((value) => ({
            value,
            label: text.list.groupCount(text.list.groups[value], format.number(groups[value])),
          })),
        ]}
      />
      <Segmented
        block
        size="small"
        value={filter.state}
        aria-label={text.list.stateLabel}
        onChange={(state) => onChange({ ...filter, state })}
        options={STATE_FILTERS.map((value) => ({ value, label: text.list.states[value] }))}
      />
    </div>
  )
}

function Nothing(props: { phase: string; filtered: boolean; onClear: () => void }) {
  const { text } = useLanguage()
  if (props.phase === 'waiting') {
    return (
      <div className="list-waiting" role="status">
        <span className="visually-hidden">{text.list.loading}</span>
        {[0, 1, 2, 3].map((row) => (
          <div key={row} className="row-skeleton" aria-hidden="true" />
        ))}
      </div>
    )
  }
  if (props.phase === 'refused') {
    return (
      <div className="list-nothing" role="alert">
        <strong>{text.action.forbidden}</strong>
      </div>
    )
  }
  if (props.filtered) {
    return (
      <div className="list-nothing">
        <strong>{text.list.noMatch}</strong>
        <Button size="small" onClick={props.onClear}>
          {text.list.clearFilters}
        </Button>
      </div>
    )
  }
  return (
    <div className="list-nothing calm">
      <svg viewBox="0 0 48 48" aria-hidden="true">
        <circle cx="24" cy="24" r="20" />
        <path d="m15 24.5 6.5 6.5L34 18" />
      </svg>
      <strong>{text.list.empty}</strong>
      <span>{text.list.emptyHint}</span>
    </div>
  )
}

function useSort(): readonly [Sort, (sort: Sort) => void] {
  const [sort, setSort] = useState<Sort>(() => {
    const kept = readPreference('sort')
    return SORTS.find((one) => one === kept) ?? 'urgency'
  })
  return [
    sort,
    (next) => {
      writePreference('sort', next)
      setSort(next)
    },
  ]
}
