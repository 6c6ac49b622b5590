/** The one question an action needs answered before it can be sent. */
import { Input, Modal, Radio, Select } from 'antd'
import { Fragment, type ReactNode, useRef, useState } from 'react'
import type { ActionName } from '../../../src/facts/facts.ts'
import { serverNow } from '../api/clock.ts'
import type { ActionRequest } from '../api/payloads.ts'
import { focusFirstField } from '../app/firstField.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useCrews } from '../live/context.tsx'
import { CauseField } from './CauseField.tsx'
import { FALSE_ALARM_REASONS } from './codes.ts'

interface Props {
  readonly action: ActionName
  readonly onCancel: () => void
  readonly onSubmit: (fields: Partial<ActionRequest>) => void
}

type FormAction = 'dispatch' | 'reassign' | 'etr' | 'cause' | 'falseAlarm' | 'result'

const FORM_ACTIONS: ReadonlySet<ActionName> = new Set<FormAction>([
  'dispatch',
  'reassign',
  'etr',
  'cause',
  'falseAlarm',
  'result',
])

export function needsForm(action: ActionName): action is FormAction {
  return FORM_ACTIONS.has(action)
}

/** What crews promise: half an hour for a fuse, a working day for a broken pole. */
const MINUTES = [30, 60, 90, 120, 180, 240, 360, 480] as const

/** Longest measure, and list of materials, that the server keeps. */
const LONGEST_MEASURE = 200

/** Ids as CONTRACT §3 writes them. */
const CREW_ID = /^[A-Za-z0-9._-]{1,64}$/

export function ActionForm({ action, onCancel, onSubmit }: Props) {
  const { text } = useLanguage()
  const [answer, setAnswer] = useState('')
  const [materials, setMaterials] = useState('')
  const [asked, setAsked] = useState(false)
  const crews = useCrews()
  const form = useRef<HTMLDivElement>(null)
  const t = text.action
  const isCrew = action === 'dispatch' || action === 'reassign'
  const isResult = action === 'result'
  // What was done may be said elsewhere: the result is returned all the same.
  const valid = isResult || (isCrew ? CREW_ID.test(answer.trim()) : answer !== '')

  function submit() {
    setAsked(true)
    if (!valid) return
    if (isResult) onSubmit(said({ measure: answer.trim(), materials: materials.trim() }))
    else if (isCrew) onSubmit({ crew: answer.trim() })
    else if (action === 'etr') {
      onSubmit({ etr: new Date(serverNow() + Number(answer) * 60_000).toISOString() })
    } else onSubmit(action === 'cause' ? { causeCode: answer } : { reasonCode: answer })
  }

  return (
    <Modal
      open
      width={420}
      title={t.names[action]}
      okText={t.submit}
      cancelText={t.cancel}
      onOk={submit}
      onCancel={onCancel}
      afterOpenChange={(open) => open && focusFirstField(form.current)}
    >
      <div ref={form} className="action-form">
        {field()}
        {asked && !valid && (
          <p className="action-form-problem" role="alert">
            {isCrew ? t.crewRequired : t.chooseOne}
          </p>
        )}
      </div>
    </Modal>
  )

  function field(): ReactNode {
    if (isCrew) {
      return (
        <>
          <label htmlFor="action-answer">{t.crew}</label>
          <Input
            id="action-answer"
            list="action-crews"
            value={answer}
            placeholder={t.crewPlaceholder}
            onChange={(event) => setAnswer(event.target.value)}
            onPressEnter={submit}
          />
          <datalist id="action-crews">
            {[...crews.values()]
              .filter(({ active }) => active)
              .map(({ id, name, orders }) => (
                <option key={id} value={id}>
                  {`${name} · ${orders.length > 0 ? text.crews.busy : text.crews.free}`}
                </option>
              ))}
          </datalist>
        </>
      )
    }
    if (isResult) {
      const words = [
        ['measure', answer, setAnswer],
        ['materials', materials, setMaterials],
      ] as const
      return words.map(([name, value, set]) => (
        <Fragment key={name}>
          <label htmlFor={`action-${name}`}>{text.noticeSheet[name]}</label>
          <Input.TextArea
            id={`action-${name}`}
            rows={2}
            maxLength={LONGEST_MEASURE}
            value={value}
            onChange={(event) => set(event.target.value)}
          />
        </Fragment>
      ))
    }
    if (action === 'etr') {
      return (
        <>
          <label htmlFor="action-answer">{t.etrIn}</label>
          <Radio.Group
            id="action-answer"
            className="action-form-minutes"
            value={answer}
            onChange={(event) => setAnswer(String(event.target.value))}
            optionType="button"
            options={MINUTES.map((value) => ({ value: String(value), label: t.minutes(value) }))}
          />
        </>
      )
    }
    if (action === 'cause') {
      return (
        <>
          <label htmlFor="action-answer">{t.causeCode}</label>
          <CauseField id="action-answer" value={answer} onChange={setAnswer} />
        </>
      )
    }
    const reasons = FALSE_ALARM_REASONS.map((value) => ({
      value: value as string,
      label: text.falseAlarmReason[value],
    }))
    return (
      <>
        <p>{t.confirmFalseAlarm}</p>
        <label htmlFor="action-answer">{t.reasonCode}</label>
        <Select<string>
          id="action-answer"
          className="action-form-select"
          value={answer || undefined}
          placeholder={t.chooseOne}
          onChange={setAnswer}
          options={reasons}
        />
      </>
    )
  }
}

/** What was left empty is not said. */
const said = (fields: Partial<ActionRequest>): Partial<ActionRequest> =>
  Object.fromEntries(Object.entries(fields).filter(([, words]) => words !== ''))
