/** What is kept on the phone: not sent yet, or not taken by the server, with what to do about it. */
import { useLanguage } from '../i18n/language.tsx'
import { Moment } from '../incidents/Moment.tsx'
import type { Entry } from './queue.ts'
import type { FieldQueue } from './useQueue.ts'

export function Waiting({ queue }: { queue: FieldQueue }) {
  const { text } = useLanguage()
  const t = text.field
  if (queue.entries.length === 0) return <p className="field-quiet">{t.allSent}</p>
  return (
    <ol className="field-waiting">
      {queue.entries.map((entry) => (
        <li key={entry.requestId} className={entry.problem ?? ''}>
          <Kept entry={entry} />
          {entry.problem !== null && <p role="alert">{t.problem[entry.problem]}</p>}
          {entry.problem !== null && (
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
          )}
        </li>
      ))}
    </ol>
  )
}

function Kept({ entry: { what } }: { entry: Entry }) {
  const { text } = useLanguage()
  const t = text.field
  const at = what.kind === 'action' ? what.request.occurredAt : what.at
  return (
    <>
      <strong>
        {what.kind === 'action' ? text.action.names[what.request.action] : t.visit(what.says)}
      </strong>
      <span>{what.kind === 'action' ? what.incident : what.usagePoint}</span>
      <Moment at={at} />
    </>
  )
}
