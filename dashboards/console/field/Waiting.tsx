/** What is kept on the phone: not sent yet, or not taken by the server, with what to do about it. */
import { useEffect, useState } from 'react'
import { useLanguage } from '../i18n/language.tsx'
import { Moment } from '../incidents/Moment.tsx'
import type { Entry } from './queue.ts'
import type { FieldQueue } from './useQueue.ts'

export function Waiting({ queue, offline }: { queue: FieldQueue; offline: boolean }) {
  const { text } = useLanguage()
  const t = text.field
  return (
    <>
      {queue.others > 0 && <p className="field-quiet">{t.others(queue.others)}</p>}
      {queue.known && queue.entries.length === 0 && <p className="field-quiet">{t.allSent}</p>}
      <ol className="field-waiting">
        {queue.entries.map((entry) => (
          <li key={entry.requestId} className={entry.problem ?? ''}>
            <Kept entry={entry} />
            {entry.problem === null ? (
              <em>{queue.sending ? t.sending : offline ? t.waits : t.next}</em>
            ) : (
              <>
                <p role="alert">{t.problem[entry.problem]}</p>
                <div className="field-actions">
                  {entry.problem === 'stale' && (
                    <button type="button" onClick={() => queue.again(entry)}>
                      {t.again}
                    </button>
                  )}
                  <button type="button" onClick={() => queue.drop(entry)}>
                    {t.drop}
                  </button>
                </div>
              </>
            )}
          </li>
        ))}
      </ol>
    </>
  )
}

function Kept({ entry: { what } }: { entry: Entry }) {
  const { text, format } = useLanguage()
  const t = text.field
  const title = {
    action: () => (what.kind === 'action' ? text.action.names[what.request.action] : ''),
    visit: () => (what.kind === 'visit' ? t.visit(what.says) : ''),
    settle: () =>
      what.kind === 'settle' ? text.visits.kept(text.visits.outcomes[what.outcome]) : '',
    photo: () =>
      what.kind === 'photo' ? t.photo.kept(format.number(kilobytes(what.picture))) : '',
  }[what.kind]()
  return (
    <>
      <strong>{title}</strong>
      <span>{'usagePoint' in what ? what.usagePoint : what.incident}</span>
      <Moment at={what.kind === 'action' ? what.request.occurredAt : what.at} />
      {what.kind === 'photo' && <Picture blob={what.picture} />}
    </>
  )
}

const kilobytes = ({ size }: Blob) => Math.max(1, Math.round(size / 1024))

function Picture({ blob }: { blob: Blob }) {
  const { text } = useLanguage()
  const [address, setAddress] = useState<string | null>(null)
  useEffect(() => {
    const made = URL.createObjectURL(blob)
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [blob])
  return address && <img src={address} alt={text.field.photo.alt} />
}
