/** Messages that were acknowledged and could not be used: why, from whom, and as they came. */
import { useState } from 'react'
import { quarantine } from '../api/operations.ts'
import { LoadedOr } from '../app/LoadedOr.tsx'
import { useLanguage } from '../i18n/language.tsx'
import { Moment } from '../incidents/Moment.tsx'
import { useLoaded } from '../incidents/useLoaded.ts'
import { useNowEvery } from '../live/context.tsx'

const RENEW_MS = 10_000

export function Quarantine() {
  const { text, format } = useLanguage()
  const t = text.operator
  const [reason, setReason] = useState<string | null>(null)
  const turn = useNowEvery(RENEW_MS)
  const [loaded, retry] = useLoaded((signal) => quarantine(reason, signal), `${reason} ${turn}`)
  return (
    <LoadedOr loaded={loaded} retry={retry}>
      {({ counts, messages }) => (
        <>
          <ul className="reasons">
            {Object.entries(counts)
              .sort(([, a], [, b]) => b - a)
              .map(([name, count]) => (
                <li key={name}>
                  <button
                    type="button"
                    aria-pressed={reason === name}
                    onClick={() => setReason(reason === name ? null : name)}
                  >
                    {t.reasons[name] ?? name} <b>{format.number(count)}</b>
                  </button>
                </li>
              ))}
          </ul>
          {messages.length === 0 ? (
            <p className="quiet">{t.noQuarantine}</p>
          ) : (
            <table className="plain">
              <thead>
                <tr>
                  <th scope="col">{text.detail.evidenceColumns.time}</th>
                  <th scope="col">{t.reason}</th>
                  <th scope="col">{t.from}</th>
                  <th scope="col">{t.message}</th>
                </tr>
              </thead>
              <tbody>
                {messages.map((one) => (
                  <tr key={`${one.position} ${one.raw}`}>
                    <td>
                      <Moment at={one.receivedAt} />
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
