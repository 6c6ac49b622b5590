/** The crew of an incident: who it is, how far away, and how old that is. */
import type { IncidentPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useCrews, useNowEvery } from '../live/context.tsx'

/** A position comes every few seconds. */
const AGE_STEP_MS = 5_000

export function CrewLine({ incident }: { incident: IncidentPayload }) {
  const { text, format } = useLanguage()
  const crew = useCrews().get(incident.crew ?? '')
  const now = useNowEvery(AGE_STEP_MS)
  if (incident.crew === null) return text.detail.crewNone
  if (crew === undefined) return incident.crew
  const { position, orders } = crew
  const metres = orders.find((order) => order.incident === incident.id)?.metres ?? null
  const words = [
    `${crew.name} ${crew.id}`,
    ...(metres === null || position === null ? [] : [text.crews.away(distance(metres))]),
    position === null
      ? text.crews.unseen
      : text.crews.seen(format.age(now - Date.parse(position.at))),
  ]
  return words.join(' · ')

  /** Kilometres with one place behind the point, metres in tens: a telephone knows no better. */
  function distance(exact: number): string {
    return exact >= 1000
      ? text.crews.kilometres(format.number(Math.round(exact / 100) / 10))
      : text.crews.metres(format.number(Math.round(exact / 10) * 10))
  }
}
