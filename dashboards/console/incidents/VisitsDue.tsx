/** Visits to customers of an outage whose life hangs on supply: taken and settled at the desk as well. */
import { App } from 'antd'
import { useState } from 'react'
import { newRequestId } from '../api/client.ts'
import type { Account, IncidentPayload } from '../api/payloads.ts'
import { settleVisit, takeVisit, type VisitPayload, visitsOf } from '../api/visits.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useNowEvery } from '../live/context.tsx'
import { SettleVisit } from './SettleVisit.tsx'
import { useLoaded } from './useLoaded.ts'
import { VisitLine } from './VisitLine.tsx'

/** Taking one makes no new revision of the incident. */
const RENEW_MS = 15_000

export function VisitsDue({ incident, account }: { incident: IncidentPayload; account: Account }) {
  const { id, revision } = incident
  const { text } = useLanguage()
  const { message } = App.useApp()
  const t = text.visits
  const now = useNowEvery(RENEW_MS)
  const [loaded, renew] = useLoaded(
    (signal) => visitsOf(id, signal),
    `${id} ${revision} ${now}`,
    id,
  )
  const [settling, setSettling] = useState<VisitPayload | null>(null)
  if (loaded.state !== 'ready' || loaded.value.visits.length === 0) return null
  const mayWrite = account.rights.includes('visits.write')
  async function attempt(what: Promise<void>) {
    try {
      await what
    } catch {
      message.warning(t.notYours)
    }
    renew()
  }
  return (
    <section className="from-the-field visits-due">
      <h3>{t.heading}</h3>
      <ul>
        {loaded.value.visits.map((one) => (
          <li key={one.id}>
            <strong>{one.usagePoint}</strong> {t.reasons[one.reason ?? 'lifeSupport']}
            <VisitLine visit={one} now={now} />
            {mayWrite && (one.state === 'open' || one.state === 'taken') && (
              <p className="visit-actions">
                {one.takenBy !== account.name && (
                  <button type="button" onClick={() => void attempt(takeVisit(one.id))}>
                    {t.take}
                  </button>
                )}
                <button type="button" onClick={() => setSettling(one)}>
                  {t.settle}
                </button>
              </p>
            )}
          </li>
        ))}
      </ul>
      {settling !== null && (
        <SettleVisit
          place={settling.usagePoint}
          onCancel={() => setSettling(null)}
          onSettle={(outcome, note) => {
            setSettling(null)
            void attempt(settleVisit(settling.id, outcome, note, newRequestId()))
          }}
        />
      )}
    </section>
  )
}
