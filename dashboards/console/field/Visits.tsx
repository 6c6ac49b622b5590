/**
 * Customers whose life hangs on supply, to be seen within minutes (走访): the most urgent first, masked
 * until tapped. References of them are not kept on the phone; what was found is, until it is sent.
 */
import { App } from 'antd'
import { useRef, useState } from 'react'
import { Unmask } from '../agent/Unmask.tsx'
import { serverNow } from '../api/clock.ts'
import type { RevealedCustomer } from '../api/customers.ts'
import type { Account } from '../api/payloads.ts'
import {
  takeVisit,
  type VisitDetail,
  type VisitList,
  type VisitPayload,
  visit,
  waitingVisits,
} from '../api/visits.ts'
import { useLanguage } from '../i18n/language.tsx'
import { SettleVisit } from '../incidents/SettleVisit.tsx'
import { type Loaded, useLoaded } from '../incidents/useLoaded.ts'
import { VisitLine } from '../incidents/VisitLine.tsx'
import { useNowEvery } from '../live/context.tsx'
import type { FieldQueue } from './useQueue.ts'

const RENEW_MS = 15_000

export function Visits({ account, queue }: { account: Account; queue: FieldQueue }) {
  const { text } = useLanguage()
  const t = text.visits
  const now = useNowEvery(RENEW_MS)
  const [loaded, renew, isEntered] = useWaiting(queue, now)
  if (loaded.state === 'loading') return null
  if (loaded.state === 'failed') return <p className="field-quiet">{t.failed}</p>
  const { waiting, overdue, visits } = loaded.value
  if (waiting === 0) return null
  return (
    <section className="field-care field-visits" aria-label={t.heading}>
      <h2>{t.heading}</h2>
      <p className="field-quiet">{t.waiting(waiting, overdue)}</p>
      <ul>
        {visits
          .filter(({ id }) => !isEntered(id))
          .map((one) => (
            <li key={one.id}>
              <Due {...{ one, now, account, queue, renew }} />
            </li>
          ))}
      </ul>
    </section>
  )
}

/**
 * The visits that wait, and which of them were entered here already: what was sent does not stand there
 * as if nobody had been there, until a list that was asked for afterwards says how it stands.
 */
function useWaiting(
  queue: FieldQueue,
  now: number,
): readonly [Loaded<VisitList>, renew: () => void, isEntered: (id: string) => boolean] {
  const queued = queue.entries.flatMap(({ what }) => (what.kind === 'settle' ? [what.visit] : []))
  const inQueue = useRef(queued)
  inQueue.current = queued
  const entered = useRef(new Set<string>())
  for (const id of queued) entered.current.add(id)
  const [loaded, renew] = useLoaded(
    async (signal) => {
      const sent = [...entered.current].filter((id) => !inQueue.current.includes(id))
      const list = await waitingVisits(signal)
      for (const id of sent) entered.current.delete(id)
      return list
    },
    `${now} ${queued.join(' ')}`,
  )
  return [loaded, renew, (id) => entered.current.has(id)]
}

function Due(props: {
  one: VisitPayload
  now: number
  account: Account
  queue: FieldQueue
  renew: () => void
}) {
  const { one, now, account, queue, renew } = props
  const { text } = useLanguage()
  const { message } = App.useApp()
  const t = text.visits
  const [detail, setDetail] = useState<VisitDetail | null>(null)
  const [full, setFull] = useState<RevealedCustomer | null>(null)
  const [asking, setAsking] = useState(false)
  const [settling, setSettling] = useState(false)
  const [failed, setFailed] = useState(false)
  const customer = detail?.customer ?? null
  const shown = full ?? customer
  async function tapped() {
    try {
      const found = await visit(one.id)
      setDetail(found)
      setFailed(found.customer === null)
    } catch {
      setFailed(true)
    }
  }
  async function take() {
    try {
      await takeVisit(one.id)
    } catch {
      message.warning(t.notYours)
    }
    renew()
  }
  return (
    <div className="field-person">
      <span className="tag warn">{t.reasons[one.reason ?? 'lifeSupport']}</span>
      <VisitLine visit={one} now={now} />
      {shown === null ? (
        <button type="button" className="field-masked" onClick={() => void tapped()}>
          {failed ? text.field.notFound : `${one.usagePoint} · ${text.field.tap}`}
        </button>
      ) : (
        <>
          <strong>{shown.name}</strong>
          <p>{shown.address}</p>
          <p>{shown.phones.join(' · ')}</p>
        </>
      )}
      <div className="field-actions">
        <button type="button" onClick={() => setSettling(true)}>
          {t.settle}
        </button>
        {one.takenBy !== account.name && (
          <button type="button" onClick={() => void take()}>
            {t.take}
          </button>
        )}
        {customer !== null && full === null && account.rights.includes('customers.reveal') && (
          <button type="button" onClick={() => setAsking(true)}>
            {text.agent.unmask}
          </button>
        )}
      </div>
      {settling && (
        <SettleVisit
          place={one.usagePoint}
          onCancel={() => setSettling(false)}
          onSettle={(outcome, note) => {
            const { id, incident, usagePoint } = one
            const at = new Date(serverNow()).toISOString()
            queue.add({ kind: 'settle', visit: id, incident, usagePoint, outcome, note, at })
            setSettling(false)
          }}
        />
      )}
      {asking && customer !== null && (
        <Unmask
          account={customer.account}
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
