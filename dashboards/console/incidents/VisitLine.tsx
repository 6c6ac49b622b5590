/** How a visit stands, in a line: by when and who goes, or what was found. */
import type { VisitPayload } from '../api/visits.ts'
import { useLanguage } from '../i18n/language.tsx'
import { Moment } from './Moment.tsx'

export function VisitLine({ visit, now }: { visit: VisitPayload; now: number }) {
  const { text, format } = useLanguage()
  const t = text.visits
  const { outcome, settledBy, settledAt, takenBy, owner, dueAt } = visit
  if (visit.state === 'settled' || visit.state === 'ended')
    return (
      <p className="visit-line">
        {outcome !== null && t.outcomes[outcome]}
        {settledBy !== null && ` · ${t.by(settledBy)}`}
        {settledAt !== null && (
          <>
            {' · '}
            <Moment at={settledAt} />
          </>
        )}
      </p>
    )
  const leftMs = Date.parse(dueAt) - now
  return (
    <p className="visit-line">
      <b className={leftMs < 0 ? 'visit-late' : undefined}>
        {leftMs < 0 ? t.late(format.duration(-leftMs)) : t.left(format.duration(leftMs))}
      </b>
      {' · '}
      {takenBy === null ? t.open : t.taken(takenBy)}
      {owner !== null && ` · ${t.owner(owner)}`}
    </p>
  )
}
