/** The plain facts of an incident, as pairs. */
import type { ReactNode } from 'react'
import type { IncidentPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { CrewLine } from './CrewLine.tsx'
import { causeWord, useCauses } from './causes.ts'
import { Moment } from './Moment.tsx'
import type { Names } from './names.ts'

export function Facts({ incident, names }: { incident: IncidentPayload; names: Names }) {
  const { text, format } = useLanguage()
  // Words of causes come with the tree.
  useCauses()
  const t = text.detail
  const feeder = names.feederOf(incident.feeder)
  const sensedAfter = Date.parse(incident.sensedAt) - Date.parse(incident.startedAt)
  const pairs: readonly (readonly [string, ReactNode])[] = [
    [t.unit, names.unit(incident.unit)],
    [t.substation, feeder ? names.substation(feeder.substation) : null],
    [t.feeder, incident.feeder === null ? null : names.feeder(incident.feeder)],
    [t.phases, incident.phases === 'ABC' ? t.allPhases : incident.phases],
    [t.startedAt, <Moment key="startedAt" at={incident.startedAt} />],
    [
      t.sensedAt,
      <>
        <Moment at={incident.sensedAt} />
        {sensedAfter >= 1000 && ` · ${t.sensedAfter(format.duration(sensedAfter))}`}
      </>,
    ],
    [t.restoredAt, incident.restoredAt && <Moment at={incident.restoredAt} />],
    [t.etr, expected()],
    [t.crew, <CrewLine key="crew" incident={incident} />],
    [t.cause, incident.cause === null ? t.causeNone : causeWord(incident.cause, text.locale)],
    [t.important, incident.important > 0 ? format.number(incident.important) : null],
    [t.sensitive, incident.sensitiveCount > 0 ? format.number(incident.sensitiveCount) : null],
    [t.ruleVersion, incident.ruleVersion],
  ]
  return (
    <section className="facts">
      <h3>{t.facts}</h3>
      <dl>
        {pairs
          .filter(([, value]) => value !== null && value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  )

  function expected(): string {
    const period = incident.estimatedPeriod
    if (period === null || incident.etrSource === 'none') return t.etrNone
    return `${format.about(period.end)} · ${t.etrSource[incident.etrSource]}`
  }
}
