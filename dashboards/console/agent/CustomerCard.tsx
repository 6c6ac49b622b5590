/** One customer: what to say first, then everything that stands behind it, then what may be filed. */
import { Skeleton } from 'antd'
import { useLayoutEffect, useRef, useState } from 'react'
import type { CardPayload, CustomerPayload, RevealedCustomer } from '../api/customers.ts'
import type { Account } from '../api/payloads.ts'
import { Panel } from '../app/Panel.tsx'
import { useFocusKept } from '../app/useFocusKept.ts'
import { useLanguage } from '../i18n/language.tsx'
import type { Names } from '../incidents/names.ts'
import { ServiceChip } from '../incidents/ServiceChip.tsx'
import { Behind } from './Behind.tsx'
import { Filing } from './Filing.tsx'
import { SayFirst } from './SayFirst.tsx'
import { Unmask } from './Unmask.tsx'
import { useCard } from './useCard.ts'
import { useKeys } from './useKeys.ts'

interface Props {
  readonly customer: CustomerPayload
  readonly account: Account
  readonly names: Names
}

export function CustomerCard({ customer, account, names }: Props) {
  const { text } = useLanguage()
  const t = text.agent
  const [verified, setVerified] = useState(false)
  const [asking, setAsking] = useState(false)
  const [revealed, setRevealed] = useState<RevealedCustomer | null>(null)
  const { card, failed, renew } = useCard(customer.account, verified)
  const region = useRef<HTMLElement>(null)
  useLayoutEffect(() => region.current?.focus({ preventScroll: true }), [])
  useFocusKept(region)
  const mayReveal = account.rights.includes('customers.reveal')
  useKeys({
    m: mayReveal ? () => setAsking(true) : undefined,
    v: () => setVerified(true),
  })
  return (
    <section ref={region} className="answer" tabIndex={-1} aria-label={t.card}>
      <header className="answer-who">
        <Who customer={customer} revealed={revealed} names={names} card={card} />
        <div className="answer-who-keys">
          <button type="button" aria-pressed={verified} onClick={() => setVerified(true)}>
            <span className="key" aria-hidden="true">
              V
            </span>{' '}
            {verified ? t.verified : t.verify}
          </button>
          {mayReveal && (
            <button type="button" onClick={() => setAsking(true)}>
              <span className="key" aria-hidden="true">
                M
              </span>{' '}
              {t.unmask}
            </button>
          )}
        </div>
      </header>
      {card === null ? (
        failed ? (
          <p className="agent-nothing" role="alert">
            {t.cardFailed}
          </p>
        ) : (
          <Skeleton active={false} paragraph={{ rows: 6 }} title />
        )
      ) : (
        <>
          <Panel id="sayFirst" name={t.sayFirst}>
            <SayFirst card={card} preferred={customer.language} />
          </Panel>
          <Panel id="filing" name={t.filing.heading}>
            <Filing customer={customer} card={card} account={account} onFiled={renew} />
          </Panel>
          <Behind card={card} names={names} failed={failed} />
        </>
      )}
      {asking && (
        <Unmask
          account={customer.account}
          onClose={() => setAsking(false)}
          onRevealed={(full) => {
            setRevealed(full)
            setAsking(false)
          }}
        />
      )}
    </section>
  )
}

function Who(props: {
  customer: CustomerPayload
  revealed: RevealedCustomer | null
  names: Names
  card: CardPayload | null
}) {
  const { customer, revealed, names, card } = props
  const { text } = useLanguage()
  const t = text.agent
  const shown = revealed ?? customer
  return (
    <div className="who">
      <h2>
        {shown.name}
        {revealed !== null && <span className="tag">{t.inFull}</span>}
        {customer.important !== null && (
          <span className="tag warn">{t.importance[customer.important] ?? customer.important}</span>
        )}
        {customer.sensitivities.map((one) => (
          <span key={one} className="tag warn">
            {t.sensitivity[one] ?? one}
          </span>
        ))}
        {card !== null && (
          <ServiceChip
            level={card.service.level}
            reasons={card.service.reasons.map(({ reason }) => reason)}
          />
        )}
        {customer.language !== 'zh' && (
          <span className="tag">{t.languages[customer.language]}</span>
        )}
      </h2>
      <p>{shown.address}</p>
      <p className="quiet">
        {[
          ...shown.phones,
          `${t.account} ${customer.account}`,
          customer.meter && `${t.meter} ${customer.meter}`,
          names.unit(customer.unit),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
    </div>
  )
}
