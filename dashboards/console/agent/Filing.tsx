/** What a call may lead to, one key each: a report, an urge; more where the account may do more. */
import { App, Segmented } from 'antd'
import { useState } from 'react'
import { ApiError, act, incident as loadIncident, newRequestId } from '../api/client.ts'
import {
  type CardPayload,
  type CustomerPayload,
  report,
  SAYINGS,
  type Saying,
  subscribe,
  subscribed,
} from '../api/customers.ts'
import type { Account } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useLoaded } from '../incidents/useLoaded.ts'
import { useLink } from '../live/context.tsx'
import { UrgingHint } from './UrgingHint.tsx'
import { useKeys } from './useKeys.ts'

interface Props {
  readonly customer: CustomerPayload
  readonly card: CardPayload
  readonly account: Account
  readonly onFiled: () => void
}

export function Filing({ customer, card, account, onFiled }: Props) {
  const { text } = useLanguage()
  const { message } = App.useApp()
  const t = text.agent.filing
  const linked = useLink().state === 'live'
  const [says, setSays] = useState<Saying>('dark')
  const [busy, setBusy] = useState(false)
  const { incident } = card
  const mayReport = account.rights.includes('reports.write') && customer.usagePoint !== ''
  const mayUrge = account.rights.includes('actions.urge') && incident !== null && isOpen()

  const maySubscribe = account.rights.includes('subscriptions.write')
  const [channels, askChannels] = useLoaded(
    () => (maySubscribe ? subscribed(customer.account) : Promise.resolve([])),
    customer.account,
  )
  const isTold = channels.state === 'ready' && channels.value.includes('sms')

  function isOpen() {
    return incident!.outageKind !== 'restored' && incident!.outageKind !== 'closed'
  }

  // A button that was pressed keeps the focus while it works: it is told as disabled, and does nothing.
  async function file(what: () => Promise<string>) {
    if (busy || !linked) return
    setBusy(true)
    try {
      message.success(await what())
      onFiled()
    } catch (error) {
      message.warning(error instanceof ApiError && error.status === 403 ? t.forbidden : t.failed)
    } finally {
      setBusy(false)
    }
  }
  const register = () =>
    file(async () => {
      const { account: of, usagePoint } = customer
      const answer = await report(
        { channel: 'phone', usagePoint, says, account: of },
        newRequestId(),
      )
      if (answer.contact === 'urge') return t.registeredAgain
      return answer.incident === null ? t.registered : t.registeredTo(answer.incident)
    })
  const urge = () =>
    file(async () => {
      await urgeNow(incident!.id, incident!.revision, customer.account)
      return t.urged
    })

  const tell = () =>
    file(async () => {
      await subscribe(customer.account, newRequestId())
      askChannels()
      return t.subscribed
    })

  useKeys({
    s: maySubscribe && !isTold ? () => void tell() : undefined,
    r: mayReport ? () => void register() : undefined,
    u: mayUrge ? () => void urge() : undefined,
    ...Object.fromEntries(SAYINGS.map((one, n) => [String(n + 1), () => setSays(one)])),
  })
  if (!mayReport && !mayUrge && !maySubscribe) return null
  return (
    <section className="filing" aria-label={t.heading}>
      {mayReport && (
        <>
          <Segmented<Saying>
            value={says}
            onChange={setSays}
            aria-label={t.says}
            options={SAYINGS.map((value, n) => ({
              value,
              label: (
                <>
                  <span className="key" aria-hidden="true">
                    {n + 1}
                  </span>{' '}
                  {t.sayings[value]}
                </>
              ),
            }))}
          />
          <button
            type="button"
            className="primary"
            disabled={!linked}
            aria-disabled={busy}
            onClick={() => void register()}
          >
            <span className="key" aria-hidden="true">
              R
            </span>{' '}
            {t.register}
          </button>
        </>
      )}
      {mayUrge && (
        <button type="button" disabled={!linked} aria-disabled={busy} onClick={() => void urge()}>
          <span className="key" aria-hidden="true">
            U
          </span>{' '}
          {t.urge}
        </button>
      )}
      {maySubscribe && (
        <button
          type="button"
          disabled={!linked}
          aria-disabled={busy || isTold}
          title={t.consent}
          onClick={isTold ? undefined : () => void tell()}
        >
          <span className="key" aria-hidden="true">
            S
          </span>{' '}
          {isTold ? t.isSubscribed : t.subscribe}
        </button>
      )}
      {!linked && <span className="quiet">{text.action.linkLost}</span>}
      {(mayReport || mayUrge) && card.urging !== null && (
        <UrgingHint urging={card.urging} preferred={customer.language} />
      )}
    </section>
  )
}

/** An urge holds whatever the newest revision says: a conflict is answered with that. */
async function urgeNow(id: string, revision: number, account: string): Promise<void> {
  const requestId = newRequestId()
  try {
    await act(id, { action: 'urge', revision, account }, requestId)
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error
    const newest = await loadIncident(id)
    await act(id, { action: 'urge', revision: newest.revision, account }, newRequestId())
  }
}
