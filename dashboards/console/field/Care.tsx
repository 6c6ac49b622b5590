/**
 * Important and sensitive customers of outages that last, masked until tapped; a visit says what was
 * found there. References of the sensitive are not kept on the phone: without a connection only the
 * important ones of the notice are listed.
 */
import { Modal } from 'antd'
import { useState } from 'react'
import { Unmask } from '../agent/Unmask.tsx'
import { serverNow } from '../api/clock.ts'
import { type CustomerPayload, type RevealedCustomer, searchCustomers } from '../api/customers.ts'
import { attentive, type NoticePayload } from '../api/notices.ts'
import type { Account } from '../api/payloads.ts'
import { LoadedOr } from '../app/LoadedOr.tsx'
import { useLanguage } from '../i18n/language.tsx'
import { deviceName } from '../incidents/headline.ts'
import { useLoaded } from '../incidents/useLoaded.ts'
import { STALE_AFTER_MS, useNowEvery } from '../live/context.tsx'
import { rememberedNotices } from './last.ts'
import type { FieldQueue } from './useQueue.ts'
import { Words } from './Words.tsx'

const RENEW_MS = 30_000

export function Care({ account, queue }: { account: Account; queue: FieldQueue }) {
  const { text, format } = useLanguage()
  const t = text.field
  const now = useNowEvery(RENEW_MS)
  const [loaded, retry] = useLoaded(
    (signal) => rememberedNotices(account.name, signal),
    String(now),
  )
  return (
    <LoadedOr loaded={loaded} retry={retry}>
      {({ value, asOfMs }) => {
        const open = value.filter(({ status }) =>
          ['proposed', 'published', 'changed'].includes(status),
        )
        const named = open.filter(
          ({ importantUsers, sensitiveCount }) => importantUsers.length + sensitiveCount > 0,
        )
        const sensitive = open.reduce((sum, one) => sum + one.sensitiveCount, 0)
        return (
          <>
            {now - asOfMs > STALE_AFTER_MS && (
              <p className="field-quiet" role="status">
                {t.known(format.age(now - asOfMs))}
              </p>
            )}
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
  const { text, format } = useLanguage()
  const t = text.field
  const [loaded] = useLoaded(
    (signal) => attentive(notice.incident, signal),
    `${notice.incident} ${notice.revision}`,
  )
  const people =
    loaded.state === 'ready' ? loaded.value.customers : notice.importantUsers.map(asImportant)
  const more = loaded.state === 'ready' ? loaded.value.count - people.length : 0
  return (
    <section className="field-care">
      <h2>{deviceName(notice.device, text)}</h2>
      {loaded.state === 'failed' && <p className="field-quiet">{t.importantOnly}</p>}
      <ul>
        {people.map(({ usagePoint, care, importance }) => (
          <li key={usagePoint}>
            <Person
              usagePoint={usagePoint}
              why={[
                ...(care === 'lifeSupport' ? [text.agent.sensitivity.lifeSupport!] : []),
                ...(care === 'sensitive' ? [t.sensitiveOne] : []),
                ...(importance === null ? [] : [text.agent.importance[importance] ?? importance]),
              ]}
              {...props}
            />
          </li>
        ))}
      </ul>
      {more > 0 && <p className="field-quiet">{t.moreToSee(format.number(more))}</p>}
    </section>
  )
}

const asImportant = (user: NoticePayload['importantUsers'][number]) => ({
  ...user,
  care: 'important' as const,
})

function Person(props: {
  notice: NoticePayload
  usagePoint: string
  /** Words for why somebody looks in on them. */
  why: readonly string[]
  account: Account
  queue: FieldQueue
}) {
  const { usagePoint, why, account, queue } = props
  const { text } = useLanguage()
  const t = text.field
  const [person, setPerson] = useState<CustomerPayload | null>(null)
  const [full, setFull] = useState<RevealedCustomer | null>(null)
  const [asking, setAsking] = useState(false)
  const [failed, setFailed] = useState(false)
  const [visit, setVisit] = useState<'dark' | 'live' | null>(null)
  const [note, setNote] = useState('')
  async function tapped() {
    try {
      const { customers } = await searchCustomers({ usagePoint }, {})
      setPerson(customers[0] ?? null)
      setFailed(customers.length === 0)
    } catch {
      setFailed(true)
    }
  }
  function ask(says: 'dark' | 'live') {
    setNote('')
    setVisit(says)
  }
  function visited(says: 'dark' | 'live') {
    const at = new Date(serverNow()).toISOString()
    const of = { incident: props.notice.incident, usagePoint, account: person?.account ?? null }
    queue.add({ kind: 'visit', ...of, says, note, at })
    setVisit(null)
  }
  const shown = full ?? person
  return (
    <div className="field-person">
      {why.map((word) => (
        <span key={word} className="tag warn">
          {word}
        </span>
      ))}
      {shown === null ? (
        <button type="button" className="field-masked" onClick={() => void tapped()}>
          {failed ? t.notFound : t.tap}
        </button>
      ) : (
        <>
          <strong>{shown.name}</strong>
          <p>{shown.address}</p>
          <p>{shown.phones.join(' · ')}</p>
          {person !== null && person.sensitivities.length > 0 && (
            <p>
              {person.sensitivities.map((one) => text.agent.sensitivity[one] ?? one).join(' · ')}
            </p>
          )}
        </>
      )}
      <div className="field-actions">
        {(['dark', 'live'] as const).map((says) => (
          <button key={says} type="button" onClick={() => ask(says)}>
            {t.visited[says]}
          </button>
        ))}
        {person !== null && full === null && account.rights.includes('customers.reveal') && (
          <button type="button" onClick={() => setAsking(true)}>
            {text.agent.unmask}
          </button>
        )}
      </div>
      {visit !== null && (
        <Modal
          open
          width={460}
          title={t.visited[visit]}
          okText={text.action.submit}
          cancelText={text.action.cancel}
          onOk={() => visited(visit)}
          onCancel={() => setVisit(null)}
        >
          <Words onChange={setNote} place />
        </Modal>
      )}
      {asking && person !== null && (
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
