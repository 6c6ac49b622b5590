/** Complaints between calls: those that are due first, and how one was answered. */
import { App } from 'antd'
import { useState } from 'react'
import {
  answerComplaint,
  type ComplaintPayload,
  RESOLUTIONS,
  type Resolution,
  waitingComplaints,
} from '../api/complaints.ts'
import type { Account } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useLoaded } from '../incidents/useLoaded.ts'
import { useNowEvery } from '../live/context.tsx'

const RENEW_MS = 30_000

export function Complaints({ account }: { account: Account }) {
  const { text, format } = useLanguage()
  const { message } = App.useApp()
  const t = text.complaints
  const [loaded, renew] = useLoaded(waitingComplaints, String(useNowEvery(RENEW_MS)))
  const [answering, setAnswering] = useState<ComplaintPayload | null>(null)
  if (loaded.state !== 'ready' || loaded.value.waiting === 0) return null
  const { waiting, overdue, complaints } = loaded.value
  async function answer(resolution: Resolution) {
    try {
      await answerComplaint(answering!.id, resolution)
      message.success(t.done)
    } catch {
      message.warning(t.failed)
    }
    setAnswering(null)
    renew()
  }
  return (
    <section className="call-backs complaints" aria-label={t.heading}>
      <p>{t.waiting(waiting, overdue)}</p>
      <ul>
        {complaints.map((one) => (
          <li key={one.id} className={one.overdue ? 'late' : undefined}>
            {t.of(one.account)} · {t.reasons[one.reason]} · {t.due}{' '}
            <time dateTime={one.dueAt}>{format.about(one.dueAt)}</time>
            {one.level !== null && ` · ${t.level(one.level)}`}
            {account.rights.includes('complaints.answer') && answering?.id !== one.id && (
              <button type="button" onClick={() => setAnswering(one)}>
                {t.answer}
              </button>
            )}
            {answering?.id === one.id && (
              <fieldset aria-label={t.how}>
                {RESOLUTIONS.map((resolution) => (
                  <button key={resolution} type="button" onClick={() => void answer(resolution)}>
                    {t.resolutions[resolution]}
                  </button>
                ))}
              </fieldset>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
