/** Call-backs between calls: `B` takes the oldest, the words stand first, a mark settles it. */
import { App } from 'antd'
import { useLayoutEffect, useRef, useState } from 'react'
import {
  answerCallBack,
  type CallBackDetail,
  callBacks,
  DISSATISFIED_REASONS,
  nobodyAnswered,
  takeCallBack,
} from '../api/callbacks.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useLoaded } from '../incidents/useLoaded.ts'
import { useNowEvery } from '../live/context.tsx'
import { useKeys } from './useKeys.ts'
import { scriptOf } from './useSearch.ts'

const RENEW_MS = 30_000
/** Marks; 1 and 2 ask for a reason. */
const MARKS = [1, 2, 3, 4, 5] as const
const DISSATISFIED_UP_TO = 2

export function CallBacks() {
  const { language, text } = useLanguage()
  const { message } = App.useApp()
  const t = text.agent.callBacks
  const [loaded, renew] = useLoaded(callBacks, String(useNowEvery(RENEW_MS)))
  const [taken, setTaken] = useState<CallBackDetail | null>(null)
  const [mark, setMark] = useState<number | null>(null)
  const next = loaded.state === 'ready' ? loaded.value.callBacks[0] : undefined
  const region = useRef<HTMLElement>(null)
  const shown = useRef(taken)
  // What was pressed is gone: the keys go on with what stands in its place.
  useLayoutEffect(() => {
    if (shown.current !== taken) region.current?.focus()
    shown.current = taken
  }, [taken])

  async function attempt(what: () => Promise<unknown>) {
    try {
      await what()
    } catch {
      message.warning(text.agent.filing.failed)
    }
    renew()
  }
  const take = () =>
    void attempt(async () => {
      setMark(null)
      setTaken(await takeCallBack(next!.id))
    })
  const settle = (act: () => Promise<void>) =>
    void attempt(async () => {
      await act()
      setTaken(null)
      message.success(t.done)
    })
  const choose = (value: number) =>
    value > DISSATISFIED_UP_TO ? settle(() => answerCallBack(taken!.id, value)) : setMark(value)

  useKeys({
    b: taken === null && next !== undefined ? take : undefined,
    ...(taken === null
      ? {}
      : Object.fromEntries(MARKS.map((value) => [String(value), () => choose(value)]))),
  })
  if (loaded.state !== 'ready') return null
  if (taken === null) {
    const { waiting, overdue } = loaded.value
    return (
      <section ref={region} className="call-backs" tabIndex={-1} aria-label={t.heading}>
        {t.waiting(waiting, overdue)}
        {next !== undefined && (
          <button type="button" onClick={take}>
            <span className="key" aria-hidden="true">
              B
            </span>{' '}
            {t.take}
          </button>
        )}
      </section>
    )
  }
  const words = taken.scripts.find((one) => one.language === scriptOf(language)) ?? taken.scripts[0]
  return (
    <section ref={region} className="call-backs say" tabIndex={-1} aria-label={t.heading}>
      <p className="say-words">{words?.text ?? text.agent.noScript}</p>
      <p>
        {taken.customer?.name} {taken.customer?.phones.join(' · ')} · {text.agent.account}{' '}
        {taken.account}
        {taken.complained && ` · ${t.complained}`}
      </p>
      <fieldset aria-label={t.mark}>
        {MARKS.map((value) => (
          <button
            key={value}
            type="button"
            aria-pressed={mark === value}
            onClick={() => choose(value)}
          >
            <span className="key" aria-hidden="true">
              {value}
            </span>{' '}
            {t.marks[value - 1]}
          </button>
        ))}
        <button type="button" onClick={() => settle(() => nobodyAnswered(taken.id))}>
          {t.noAnswer}
        </button>
      </fieldset>
      {mark !== null && (
        <fieldset aria-label={t.why}>
          {DISSATISFIED_REASONS.map((reason) => (
            <button
              key={reason}
              type="button"
              onClick={() => settle(() => answerCallBack(taken.id, mark, reason))}
            >
              {t.reasons[reason]}
            </button>
          ))}
        </fieldset>
      )}
    </section>
  )
}
