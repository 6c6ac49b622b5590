/** The ladder (提级督办) of an incident: what ran late or is grave, and how high it was told. */
import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { ApiError, escalationReplies, escalations, newRequestId, replyTo } from '../api/client.ts'
import type {
  Account,
  EscalationPayload,
  EscalationReplyPayload,
  IncidentPayload,
} from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useNowEvery } from '../live/context.tsx'
import { Moment } from './Moment.tsx'
import { useLoaded } from './useLoaded.ts'

/** A step of the ladder may come without a new revision; nobody waits longer than this to see it. */
const RENEW_MS = 30_000

export function Escalations(props: { incident: IncidentPayload; account: Account }) {
  const { incident, account } = props
  const mayReply = account.rights.includes('escalations.reply')
  const { text } = useLanguage()
  const turn = useNowEvery(RENEW_MS)
  const [loaded, retry] = useLoaded(async (signal) => {
    const [steps, replies] = await Promise.all([
      escalations(incident.id, signal),
      escalationReplies(incident.id, signal),
    ])
    return steps.map((step) => ({ step, reply: replies.get(step.id) ?? null }))
  }, `${incident.id} ${incident.revision} ${turn}`)
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
          {loaded.value.toReversed().map(({ step, reply }) => (
            <Step key={step.id} step={step} reply={reply} mayReply={mayReply} onReplied={retry} />
          ))}
        </ol>
      )}
    </section>
  )
}

function Step(props: {
  step: EscalationPayload
  reply: EscalationReplyPayload | null
  mayReply: boolean
  onReplied: () => void
}) {
  const { step, reply, mayReply } = props
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
      {reply === null ? (
        step.sent &&
        step.replyBy !== null && (
          <>
            <p>{t.replyBy(format.about(step.replyBy))}</p>
            {mayReply && <Reply escalation={step.id} onReplied={props.onReplied} />}
          </>
        )
      ) : (
        <blockquote className={reply.inTime ? 'reply' : 'reply late'}>
          {reply.text ?? t.replyForgotten}
          <footer>
            {t.repliedBy(
              reply.by ?? text.header.unknown,
              reply.role === null ? '' : (text.roles[reply.role] ?? reply.role),
            )}{' '}
            · <Moment at={reply.at} />
            {!reply.inTime && ` · ${t.repliedLate}`}
          </footer>
        </blockquote>
      )}
    </li>
  )
}

/** Longest remark that the server keeps. */
const LONGEST = 200

function Reply({ escalation, onReplied }: { escalation: string; onReplied: () => void }) {
  const { text } = useLanguage()
  const t = text.escalation
  const [state, setState] = useState<'idle' | 'busy' | 'done' | 'taken' | 'failed'>('idle')
  const [words, setWords] = useState('')
  async function submit(event: FormEvent) {
    event.preventDefault()
    setState('busy')
    try {
      await replyTo(escalation, words.trim(), newRequestId())
      setState('done')
      onReplied()
    } catch (error) {
      setState(error instanceof ApiError && error.status === 409 ? 'taken' : 'failed')
    }
  }
  if (state === 'done' || state === 'taken')
    return <p role="status">{state === 'done' ? t.replied : t.repliedAlready}</p>
  return (
    <form className="escalation-reply" onSubmit={(event) => void submit(event)}>
      <input
        value={words}
        maxLength={LONGEST}
        aria-label={t.reply}
        placeholder={t.reply}
        onChange={(event) => setWords(event.target.value)}
      />
      <Button
        size="small"
        htmlType="submit"
        loading={state === 'busy'}
        disabled={words.trim() === ''}
      >
        {t.send}
      </Button>
      {state === 'failed' && <span role="alert">{text.action.failed}</span>}
    </form>
  )
}
