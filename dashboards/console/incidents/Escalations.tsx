/** The ladder (提级督办) of an incident: what ran late or is grave, and how high it was told. */
import { Button } from 'antd'
import { escalations } from '../api/client.ts'
import type { EscalationPayload, IncidentPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useNowEvery } from '../live/context.tsx'
import { Moment } from './Moment.tsx'
import { useLoaded } from './useLoaded.ts'

/** A step of the ladder may come without a new revision; nobody waits longer than this to see it. */
const RENEW_MS = 30_000

export function Escalations({ incident }: { incident: IncidentPayload }) {
  const { text } = useLanguage()
  const turn = useNowEvery(RENEW_MS)
  const [loaded, retry] = useLoaded(
    (signal) => escalations(incident.id, signal),
    `${incident.id} ${incident.revision} ${turn}`,
  )
  const t = text.escalation
  // An incident without clock or notice has no ladder: the heading would only be noise.
  if (incident.notice === null) return null
  return (
    <section className="escalations">
      <h3>{t.heading}</h3>
      {loaded.state === 'loading' && (
        <p className="quiet" role="status">
          {t.loading}
        </p>
      )}
      {loaded.state === 'failed' && (
        <p className="quiet" role="alert">
          {t.error}{' '}
          <Button size="small" onClick={retry}>
            {text.list.retry}
          </Button>
        </p>
      )}
      {loaded.state === 'ready' && loaded.value.length === 0 && <p className="quiet">{t.none}</p>}
      {loaded.state === 'ready' && loaded.value.length > 0 && (
        <ol>
          {loaded.value.toReversed().map((one) => (
            <Step key={one.id} step={one} />
          ))}
        </ol>
      )}
    </section>
  )
}

function Step({ step }: { step: EscalationPayload }) {
  const { text, format } = useLanguage()
  const t = text.escalation
  const highest = t.levels.length - 1
  return (
    <li className={`level-${Math.min(step.level, highest)}`}>
      <div>
        <strong>{(step.level === 0 ? t.reminders : t.stages)[step.stage]}</strong>
        <span>{t.levels[Math.min(step.level, highest)]}</span>
      </div>
      <Moment at={step.at} />
      {!step.sent && <p>{t.replaced}</p>}
      {step.sent && step.replyBy !== null && <p>{t.replyBy(format.clock(step.replyBy))}</p>}
    </li>
  )
}
