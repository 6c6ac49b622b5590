/** Messages that were acknowledged and could not be used: why, from whom, as they came; taken again. */
import { App, Button, Checkbox } from 'antd'
import { useState } from 'react'
import { quarantine, type ReplayPayload, replayQuarantine } from '../api/operations.ts'
import type { Account } from '../api/payloads.ts'
import { LoadedOr } from '../app/LoadedOr.tsx'
import { TableHead } from '../app/TableHead.tsx'
import { useLanguage } from '../i18n/language.tsx'
import { Moment } from '../incidents/Moment.tsx'
import { useLoaded } from '../incidents/useLoaded.ts'
import { useNowEvery } from '../live/context.tsx'

const RENEW_MS = 10_000

/** Pages of one reason taken in one go; the button can be pressed again. */
const MAX_PAGES = 20

export function Quarantine({ account }: { account: Account }) {
  const { text, format } = useLanguage()
  const { message } = App.useApp()
  const t = text.operator
  const [reason, setReason] = useState<string | null>(null)
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set())
  const [outcome, setOutcome] = useState<ReplayPayload | null>(null)
  const [busy, setBusy] = useState(false)
  const turn = useNowEvery(RENEW_MS)
  const [loaded, retry] = useLoaded(
    (signal) => quarantine(reason, signal),
    `${reason} ${turn}`,
    `${reason}`,
  )
  const may = account.rights.includes('quarantine.replay')

  function choose(position: number, isChosen: boolean) {
    const next = new Set(chosen)
    if (isChosen) next.add(position)
    else next.delete(position)
    setChosen(next)
  }
  async function replay() {
    setBusy(true)
    try {
      setOutcome(
        chosen.size > 0
          ? await replayQuarantine({ positions: [...chosen] })
          : await replayAll(reason!),
      )
      setChosen(new Set())
      retry()
    } catch {
      message.warning(text.action.failed)
    } finally {
      setBusy(false)
    }
  }
  return (
    <LoadedOr loaded={loaded} retry={retry}>
      {({ counts, messages }) => (
        <>
          <ul className="reasons" aria-label={t.reason}>
            {Object.entries(counts)
              .sort(([, a], [, b]) => b - a)
              .map(([name, count]) => (
                <li key={name}>
                  <button
                    type="button"
                    aria-pressed={reason === name}
                    onClick={() => {
                      setReason(reason === name ? null : name)
                      setChosen(new Set())
                    }}
                  >
                    {t.reasons[name] ?? name} <b>{format.number(count)}</b>
                  </button>
                </li>
              ))}
          </ul>
          {may && messages.length > 0 && (
            <div className="operator-bar">
              <Button
                type="primary"
                loading={busy}
                disabled={chosen.size === 0 && reason === null}
                onClick={() => void replay()}
              >
                {chosen.size > 0
                  ? t.replayChosen(format.number(chosen.size))
                  : reason !== null
                    ? t.replayReason(t.reasons[reason] ?? reason)
                    : t.replay}
              </Button>
              <span className="quiet">{t.replayNote}</span>
            </div>
          )}
          {outcome !== null && <Outcome outcome={outcome} />}
          {messages.length === 0 ? (
            <p className="quiet">{t.noQuarantine}</p>
          ) : (
            <table className="plain">
              <TableHead
                columns={[text.detail.evidenceColumns.time, t.reason, t.from, t.message]}
                before={
                  may && (
                    <th scope="col">
                      <span className="visually-hidden">{t.replay}</span>
                    </th>
                  )
                }
              />
              <tbody>
                {messages.map((one) => (
                  <tr key={one.position}>
                    {may && (
                      <td>
                        {one.replayedAt === null && (
                          <Checkbox
                            aria-label={`${t.replay} ${one.position}`}
                            checked={chosen.has(one.position)}
                            onChange={(event) => choose(one.position, event.target.checked)}
                          />
                        )}
                      </td>
                    )}
                    <td>
                      <Moment at={one.receivedAt} />
                      {one.replayedAt !== null && (
                        <small className="right">
                          {t.replayedAt} <Moment at={one.replayedAt} />
                        </small>
                      )}
                    </td>
                    <td>
                      {t.reasons[one.reason] ?? one.reason}
                      <small>{one.detail}</small>
                    </td>
                    <td>
                      {one.terminal ?? text.header.unknown}
                      <small>{one.topic}</small>
                    </td>
                    <td>
                      <code>{one.raw}</code>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </>
      )}
    </LoadedOr>
  )
}

/** Every message of one reason, page by page. */
async function replayAll(reason: string): Promise<ReplayPayload> {
  let sum: ReplayPayload = { replayed: 0, already: 0, refused: [], cursor: null }
  for (let page = 0; page < MAX_PAGES; page++) {
    const cursor = sum.cursor === null ? {} : { cursor: sum.cursor }
    const found = await replayQuarantine({ reason, ...cursor })
    sum = {
      replayed: sum.replayed + found.replayed,
      already: sum.already + found.already,
      refused: [...sum.refused, ...found.refused],
      cursor: found.cursor,
    }
    if (found.cursor === null) break
  }
  return sum
}

function Outcome({ outcome }: { outcome: ReplayPayload }) {
  const { text, format } = useLanguage()
  const t = text.operator
  const byReason = new Map<string, number>()
  for (const { reason } of outcome.refused) byReason.set(reason, (byReason.get(reason) ?? 0) + 1)
  return (
    <div className="replay-outcome" role="status">
      <strong>{t.replayed(format.number(outcome.replayed))}</strong>
      {outcome.already > 0 && <span>{t.already(format.number(outcome.already))}</span>}
      {[...byReason].map(([reason, count]) => (
        <span key={reason} className="trouble">
          {t.stays(t.reasons[reason] ?? reason, format.number(count))}
        </span>
      ))}
    </div>
  )
}
