/** The list of incidents: sorted and filtered. */
import { SearchOutlined } from '@ant-design/icons'
import { Button, Input, Segmented, Select } from 'antd'
import { memo, type RefObject, useCallback, useMemo, useState } from 'react'
import { readPreference, writePreference } from '../app/preferences.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useIncidents, useNowEvery } from '../live/context.tsx'
import { GROUPS, type Group } from './group.ts'
import { IncidentRows } from './IncidentRows.tsx'
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
import { StirringLine } from './StirringLine.tsx'

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
        <SortChoice sort={sort} onChange={setSort} />
      </div>
      <Filters filter={filter} groups={groups} onChange={setFilter} />
      <StirringLine />
      <IncidentRows
        listRef={listRef}
        names={names}
        shown={shown}
        waiting={phase === 'waiting'}
        selected={selected}
        onSelect={onSelect}
      />
      {shown.length === 0 && (
        <Nothing phase={phase} filtered={listed > 0} onClear={() => setFilter(NO_FILTER)} />
      )}
      <p id="list-keys" className="list-keys">
        {text.list.keyboard}
      </p>
    </section>
  )
}

interface SortChoiceProps {
  readonly sort: Sort
  readonly onChange: (sort: Sort) => void
}

const SortChoice = memo(function SortChoice({ sort, onChange }: SortChoiceProps) {
  const { text } = useLanguage()
  return (
    <Select
      size="small"
      variant="borderless"
      value={sort}
      onChange={onChange}
      aria-label={text.list.sortLabel}
      popupMatchSelectWidth={false}
      options={SORTS.map((value) => ({ value, label: text.list.sort[value] }))}
    />
  )
})

interface FiltersProps {
  readonly filter: Filter
  readonly groups: Readonly<Record<Group, number>>
  readonly onChange: (filter: Filter) => void
}

/** Changes come many a second, and seldom change a count: drawn again only where one did. */
const Filters = memo(FilterControls, (before, after) => {
  const alike = GROUPS.every((group) => before.groups[group] === after.groups[group])
  return alike && before.filter === after.filter && before.onChange === after.onChange
})

function FilterControls(props: FiltersProps) {
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
  const choose = useCallback((next: Sort) => {
    writePreference('sort', next)
    setSort(next)
  }, [])
  return [sort, choose]
}
