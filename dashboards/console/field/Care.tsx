/** Important customers of outages that last, masked until tapped; a visit says what was found there. */
import { useState } from 'react'
import { Unmask } from '../agent/Unmask.tsx'
import { serverNow } from '../api/clock.ts'
import {
  type CustomerPayload,
  type RevealedCustomer,
  SAYINGS,
  searchCustomers,
} from '../api/customers.ts'
import { type NoticePayload, notices } from '../api/notices.ts'
import type { Account } from '../api/payloads.ts'
import { LoadedOr } from '../app/LoadedOr.tsx'
import { useLanguage } from '../i18n/language.tsx'
import { deviceName } from '../incidents/headline.ts'
import { useLoaded } from '../incidents/useLoaded.ts'
import { useNowEvery } from '../live/context.tsx'
import type { FieldQueue } from './useQueue.ts'

const RENEW_MS = 30_000

export function Care({ account, queue }: { account: Account; queue: FieldQueue }) {
  const { text } = useLanguage()
  const t = text.field
  const [loaded, retry] = useLoaded(
    (signal) => notices(null, signal),
    String(useNowEvery(RENEW_MS)),
  )
  return (
    <LoadedOr loaded={loaded} retry={retry}>
      {(value) => {
        const open = value.filter(({ status }) =>
          ['proposed', 'published', 'changed'].includes(status),
        )
        const named = open.filter(({ importantUsers }) => importantUsers.length > 0)
        const sensitive = open.reduce((sum, one) => sum + one.sensitiveCount, 0)
        return (
          <>
            <p className="field-quiet">{t.sensitive(sensitive)}</p>
            {named.length === 0 && <p className="field-quiet">{t.noImportant}</p>}
            {named.map((notice) => (
              <Group key={notice.incident} notice={notice} account={account} queue={queue} />
            ))}
          </>
        )
      }}
    </LoadedOr>
  )
}

function Group(props: { notice: NoticePayload; account: Account; queue: FieldQueue }) {
  const { notice } = props
  const { text } = useLanguage()
  return (
    <section className="field-care">
      <h2>{deviceName(notice.device, text)}</h2>
      <ul>
        {notice.importantUsers.map(({ usagePoint, importance }) => (
          <li key={usagePoint}>
            <Person usagePoint={usagePoint} importance={importance} {...props} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Person(props: {
  usagePoint: string
  importance: string
  account: Account
  queue: FieldQueue
}) {
  const { usagePoint, importance, account, queue } = props
  const { text } = useLanguage()
  const t = text.field
  const [person, setPerson] = useState<CustomerPayload | null>(null)
  const [full, setFull] = useState<RevealedCustomer | null>(null)
  const [asking, setAsking] = useState(false)
  const [failed, setFailed] = useState(false)
  async function tapped() {
    try {
      const { customers } = await searchCustomers({ usagePoint }, {})
      setPerson(customers[0] ?? null)
      setFailed(customers.length === 0)
    } catch {
      setFailed(true)
    }
  }
  const label = text.agent.importance[importance] ?? importance
  if (person === null)
    return (
      <button type="button" className="field-masked" onClick={() => void tapped()}>
        <span className="tag warn">{label}</span> {failed ? t.notFound : t.tap}
      </button>
    )
  const shown = full ?? person
  return (
    <div className="field-person">
      <span className="tag warn">{label}</span>
      <strong>{shown.name}</strong>
      <p>{shown.address}</p>
      <p>{shown.phones.join(' · ')}</p>
      <div className="field-actions">
        {full === null && account.rights.includes('customers.reveal') && (
          <button type="button" onClick={() => setAsking(true)}>
            {text.agent.unmask}
          </button>
        )}
        {SAYINGS.filter((says) => says === 'dark' || says === 'live').map((says) => (
          <button
            key={says}
            type="button"
            onClick={() =>
              queue.add({
                kind: 'visit',
                usagePoint,
                account: person.account,
                says,
                at: new Date(serverNow()).toISOString(),
              })
            }
          >
            {t.visited[says as 'dark' | 'live']}
          </button>
        ))}
      </div>
      {asking && (
        <Unmask
          account={person.account}
          onClose={() => setAsking(false)}
          onRevealed={(revealed) => {
            setFull(revealed)
            setAsking(false)
          }}
        />
      )}
    </div>
  )
}
