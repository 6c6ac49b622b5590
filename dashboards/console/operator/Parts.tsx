/** Rates, lags and refusals of each part, from the metrics; storm mode beside them. */
import { App, Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { type GridWaiting, metrics, orderStorm, status } from '../api/operations.ts'
import type { Account } from '../api/payloads.ts'
import { LoadedOr } from '../app/LoadedOr.tsx'
import { TableHead } from '../app/TableHead.tsx'
import { useLanguage } from '../i18n/language.tsx'
import { Moment } from '../incidents/Moment.tsx'
import { useLoaded } from '../incidents/useLoaded.ts'
import { useNowEvery, useStats } from '../live/context.tsx'

const RENEW_MS = 5_000

/** Counters shown as a rate a second, by part. */
const RATES = {
  sensing: ['lastgasp_messages_accepted_total'],
  journal: ['lastgasp_facts_committed_total'],
  records: ['lastgasp_change_batches_committed_total'],
  live: ['lastgasp_live_frames_total'],
  http: ['lastgasp_http_requests_total'],
  notify: ['lastgasp_notify_delivered_total'],
  series: ['lastgasp_series_points_total'],
} as const
type Part = keyof typeof RATES
const PARTS = Object.keys(RATES) as Part[]

/** What waits in each part: 0 is calm. */
const LAGS: Partial<Record<Part, string>> = {
  journal: 'lastgasp_journal_pending_facts',
  records: 'lastgasp_records_pending_batches',
  series: 'lastgasp_series_lag_facts',
}

/** What went wrong or was refused, counted since the start. */
const TROUBLES: Readonly<Record<Part, readonly string[]>> = {
  sensing: [
    'lastgasp_listener_errors_total',
    'lastgasp_broker_failures_total',
    'lastgasp_connections_refused_total',
  ],
  journal: ['lastgasp_facts_refused_total', 'lastgasp_snapshots_failed_total'],
  records: ['lastgasp_mirror_failures_total'],
  live: ['lastgasp_live_refused_total'],
  http: ['lastgasp_http_refused_total', 'lastgasp_console_panel_failures_total'],
  notify: ['lastgasp_notify_failures_total', 'lastgasp_notify_expired_total'],
  series: ['lastgasp_series_failures_total', 'lastgasp_series_points_refused_total'],
}

type Sums = ReadonlyMap<string, number>
const sum = (sums: Sums, names: readonly string[]) =>
  names.reduce((total, name) => total + (sums.get(name) ?? 0), 0)

export function Parts({ account }: { account: Account }) {
  const { text, format } = useLanguage()
  const t = text.operator
  const turn = useNowEvery(RENEW_MS)
  const [now, retry] = useLoaded(
    async (signal) => ({
      at: performance.now(),
      status: await status(signal),
      sums: await metrics(signal),
    }),
    String(turn),
  )
  const before = useRef<{ at: number; sums: Sums }>(null)
  const [rates, setRates] = useState<ReadonlyMap<Part, number>>(new Map())
  useEffect(() => {
    if (now.state !== 'ready' || now.value.at === before.current?.at) return
    const { at, sums } = now.value
    const last = before.current
    if (last !== null) {
      const seconds = (at - last.at) / 1000
      setRates(
        new Map(
          PARTS.map((part) => [
            part,
            Math.max(0, (sum(sums, RATES[part]) - sum(last.sums, RATES[part])) / seconds),
          ]),
        ),
      )
    }
    before.current = { at, sums }
  }, [now])
  const waitingGrid = ({ digest, moving, openIncidents }: GridWaiting) =>
    t.gridMoves(digest.slice(0, 12), moving, openIncidents)
  return (
    <LoadedOr loaded={now} retry={retry}>
      {({ status: state, sums }) => (
        <div className="parts">
          <section className={state.ready ? 'ready' : 'not-ready'}>
            <h2>{state.ready ? t.ready : t.notReady}</h2>
            <dl className="pairs">
              <Pair name={t.version} value={state.version} />
              <Pair
                name={t.grid}
                value={`${state.grid.name} · ${state.grid.digest.slice(0, 12)}`}
              />
              {state.gridWaiting && (
                <Pair name={t.gridWaiting} value={waitingGrid(state.gridWaiting)} />
              )}
              <Pair
                name={t.rules}
                value={`${state.rules.version} · ${state.rules.digest.slice(0, 12)}`}
              />
              <Pair
                name={t.terminalsOnline}
                value={format.number(sums.get('lastgasp_mqtt_connections') ?? 0)}
              />
              <Pair name={t.consoles} value={format.number(state.sockets)} />
              <Pair
                name={t.quarantined}
                value={format.number(sums.get('lastgasp_quarantined_total') ?? 0)}
              />
            </dl>
          </section>
          <Storm account={account} />
          <table className="plain">
            <TableHead columns={[t.part, t.rate, t.waiting, t.troubles]} />
            <tbody>
              {PARTS.map((part) => {
                const lag = LAGS[part]
                const waiting = lag === undefined ? undefined : sums.get(lag)
                const troubles = sum(sums, TROUBLES[part])
                return (
                  <tr key={part}>
                    <th scope="row">{t.parts[part]}</th>
                    <td>
                      {rates.has(part)
                        ? format.number(Math.round(rates.get(part)! * 10) / 10)
                        : '…'}
                    </td>
                    <td>{waiting === undefined ? text.header.unknown : format.number(waiting)}</td>
                    <td className={troubles > 0 ? 'trouble' : ''}>{format.number(troubles)}</td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      )}
    </LoadedOr>
  )
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function Storm({ account }: { account: Account }) {
  const { text } = useLanguage()
  const { message } = App.useApp()
  const t = text.operator
  const storm = useStats()?.storm
  const may = account.rights.includes('storm.order')
  const order = (mode: 'on' | 'off' | 'rule') =>
    orderStorm(mode).then(
      () => message.success(t.stormOrdered),
      () => message.warning(text.action.failed),
    )
  return (
    <section className={storm?.on ? 'storm' : ''}>
      <h2>{text.header.storm.on}</h2>
      <p>
        {storm === undefined
          ? text.header.unknown
          : storm.on
            ? `${t.stormOn} · ${text.header.storm[storm.by]}`
            : t.stormOff}
        {storm?.on && storm.since !== null && (
          <>
            {' · '}
            <Moment at={storm.since} />
          </>
        )}
      </p>
      {may && (
        <p className="buttons">
          {(['on', 'off', 'rule'] as const).map((mode) => (
            <Button key={mode} size="small" onClick={() => void order(mode)}>
              {t.stormOrder[mode]}
            </Button>
          ))}
        </p>
      )}
    </section>
  )
}
