/** The grid manager's phone (网格经理): own outages, who needs care, what was done, whatever the link. */
import { useState } from 'react'
import { Panel } from '../app/Panel.tsx'
import type { ViewProps } from '../app/view-props.ts'
import { useLanguage } from '../i18n/language.tsx'
import { arrange, NO_FILTER } from '../incidents/order.ts'
import { useFreshness, useNowEvery } from '../live/context.tsx'
import { Care } from './Care.tsx'
import { FieldIncident } from './FieldIncident.tsx'
import { useLastIncidents } from './last.ts'
import { useShellKept } from './shell.ts'
import { useQueue } from './useQueue.ts'
import { Visits } from './Visits.tsx'
import { Waiting } from './Waiting.tsx'
import '../styles/list.css'
import '../styles/detail.css'
import '../styles/service.css'
import '../styles/field.css'

const TABS = ['outages', 'care', 'waiting'] as const
type Tab = (typeof TABS)[number]
const REORDER_MS = 5_000

export function Field({ account, names }: ViewProps) {
  const { text, format } = useLanguage()
  const t = text.field
  const [tab, setTab] = useState<Tab>('outages')
  const queue = useQueue(account.name)
  const { incidents, known, asOfMs } = useLastIncidents(account.name)
  const now = useNowEvery(REORDER_MS)
  const { state } = useFreshness()
  const shown = arrange(incidents, NO_FILTER, 'urgency', names, now)
  const offline = state !== 'live' && (state !== 'connecting' || asOfMs !== null)
  useShellKept()
  return (
    <main className="field" aria-label={t.region}>
      {offline && (
        <p className="field-offline" role="status">
          <b>{t.offline}</b> {asOfMs !== null && t.known(format.age(Math.max(0, now - asOfMs)))}
        </p>
      )}
      {!queue.lasts && (
        <p className="field-offline" role="status">
          {t.notKept}
        </p>
      )}
      {queue.full && (
        <p className="field-offline" role="alert">
          {t.full}
        </p>
      )}
      <div className="field-body">
        {tab === 'outages' &&
          (shown.length === 0 ? (
            <p className="field-quiet">{known ? text.list.empty : text.list.loading}</p>
          ) : (
            <ul>
              {shown.map((incident) => (
                <li key={incident.id}>
                  <Panel
                    id="fieldIncident"
                    name={incident.device.name || incident.id}
                    className="field-incident"
                  >
                    <FieldIncident
                      incident={incident}
                      account={account}
                      names={names}
                      queue={queue}
                    />
                  </Panel>
                </li>
              ))}
            </ul>
          ))}
        {tab === 'care' && (
          <>
            {account.rights.includes('visits.read') && (
              <Panel id="fieldVisits" name={text.visits.heading}>
                <Visits account={account} queue={queue} />
              </Panel>
            )}
            <Panel id="fieldCare" name={t.tabs.care}>
              <Care account={account} queue={queue} />
            </Panel>
          </>
        )}
        {tab === 'waiting' && (
          <Panel id="fieldWaiting" name={t.tabs.waiting}>
            <Waiting queue={queue} offline={offline} />
          </Panel>
        )}
      </div>
      <nav className="field-tabs" aria-label={t.region}>
        {TABS.map((one) => (
          <button
            key={one}
            type="button"
            aria-current={tab === one ? 'page' : undefined}
            onClick={() => setTab(one)}
          >
            {t.tabs[one]}
            {one === 'waiting' && queue.entries.length > 0 && <b>{queue.entries.length}</b>}
            {one === 'outages' && shown.length > 0 && <b>{shown.length}</b>}
          </button>
        ))}
      </nav>
    </main>
  )
}
