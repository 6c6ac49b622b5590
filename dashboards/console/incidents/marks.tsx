/** Small marks an incident wears in the list and the detail: grade, state, certainty, age. */
import type { IncidentPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useNow } from '../live/context.tsx'
import { lookOf, patternOf } from './appearance.ts'

export function GradeBadge({ incident }: { incident: IncidentPayload }) {
  const { text } = useLanguage()
  const look = lookOf(incident)
  const full = text.grade.full(text.grade.name[incident.grade], text.grade.word[incident.grade])
  return (
    <span className={`grade-badge look-${look} pattern-${patternOf(look)}`} title={full}>
      <span aria-hidden="true">{text.grade.name[incident.grade]}</span>
      <span className="visually-hidden">{full}</span>
    </span>
  )
}

export function StateChip({ incident }: { incident: IncidentPayload }) {
  const { text } = useLanguage()
  const look = lookOf(incident)
  const words =
    incident.outcome === null
      ? text.outageKind[incident.outageKind]
      : text.outcome[incident.outcome]
  return (
    <span className={`state-chip look-${look}`}>
      <i className={`pattern-${patternOf(look)}`} aria-hidden="true" />
      {words}
    </span>
  )
}

/** A share of 1 as a bar with its number; the bar is decoration, the number is the statement. */
export function Certainty({ value, label }: { value: number; label: string }) {
  const { format } = useLanguage()
  return (
    <span className="certainty" title={label}>
      <span className="certainty-bar" aria-hidden="true">
        <i style={{ width: `${Math.round(value * 100)}%` }} />
      </span>
      <span className="visually-hidden">{label}</span>
      <b>{format.probability(value)}</b>
    </span>
  )
}

/** Ticks while power is out; stands still once it is back. `brief`: its largest unit only. */
export function Age({ incident, brief }: { incident: IncidentPayload; brief?: boolean }) {
  const { format } = useLanguage()
  const now = useNow()
  const end = incident.restoredAt === null ? now : Date.parse(incident.restoredAt)
  const lasted = end - Date.parse(incident.startedAt)
  return <time>{brief ? format.age(lasted) : format.duration(lasted)}</time>
}
