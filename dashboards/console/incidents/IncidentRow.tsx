/** One incident in the list: where, how bad, how sure, how long. */
import { memo } from 'react'
import type { ClockView } from '../../../src/engine/incident-view.ts'
import type { IncidentPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useNow } from '../live/context.tsx'
import { RunningClock } from './Clocks.tsx'
import { nextClock, readClock } from './clocks.ts'
import { isFinding } from './group.ts'
import { customersShown, deviceName } from './headline.ts'
import { Age, Certainty, GradeBadge, StateChip } from './marks.tsx'
import type { Names } from './names.ts'
import { ServiceMark } from './ServiceChip.tsx'

export const ROW_HEIGHT = 88

interface Props {
  readonly incident: IncidentPayload
  readonly names: Names
  readonly active: boolean
  readonly selected: boolean
  readonly position: number
  readonly total: number
  readonly top: number
  readonly onSelect: (id: string) => void
}

export function rowId(id: string): string {
  return `incident-row-${id}`
}

export const IncidentRow = memo(function IncidentRow(props: Props) {
  const { incident, names } = props
  const { text, format } = useLanguage()
  const shown = customersShown(incident)
  const clock = nextClock(incident)
  const over = incident.outageKind === 'restored'
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the list keeps the focus and names the active row
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list handles the keys for all rows
    <div
      id={rowId(incident.id)}
      role="option"
      aria-selected={props.selected}
      aria-posinset={props.position}
      aria-setsize={props.total}
      className={`row${props.active ? ' active' : ''}${props.selected ? ' selected' : ''}${over ? ' over' : ''}`}
      style={{ transform: `translateY(${props.top}px)`, height: ROW_HEIGHT }}
      onClick={() => props.onSelect(incident.id)}
    >
      <div className="row-badge">
        <GradeBadge incident={incident} />
        {/* Below the grade, by which and then by it the list is sorted; beside the place it cut the unit's name. */}
        <ServiceMark level={incident.serviceLevel} reasons={incident.serviceReasons} />
      </div>
      <div className="row-place">
        <strong>{deviceName(incident.device, text)}</strong>
        <span>
          <em>{text.level[incident.level]}</em>
          {incident.feeder !== null && <b>{names.feeder(incident.feeder)}</b>}
          <span title={names.unit(incident.unit)}>{names.unit(incident.unit)}</span>
        </span>
      </div>
      <div className="row-customers">
        {isFinding(incident) ? (
          <span>{text.kind[incident.kind]}</span>
        ) : (
          <>
            <b>{format.number(shown.count)}</b>
            <span>{shown.what === 'out' ? text.list.customers : text.list.customersBack}</span>
          </>
        )}
      </div>
      <div className="row-state">
        <StateChip incident={incident} />
        <Age incident={incident} brief={clock !== null} />
        {/* A row has room for one of the two; once a clock runs, time is what matters. */}
        {clock === null ? (
          <Certainty value={incident.probability} label={text.detail.probability} />
        ) : (
          <WatchedClock clock={clock} />
        )}
      </div>
    </div>
  )
})

function WatchedClock({ clock }: { clock: ClockView }) {
  return <RunningClock reading={readClock(clock, useNow())} />
}
