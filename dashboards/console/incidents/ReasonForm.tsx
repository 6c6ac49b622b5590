/** Suspending, giving back and grading an order: what a person judges, and why. */
import { Input, Modal, Radio, Select } from 'antd'
import { useRef, useState } from 'react'
import type { ActionName } from '../../../src/facts/facts.ts'
import type { ActionRequest, IncidentPayload } from '../api/payloads.ts'
import { focusFirstField } from '../app/firstField.ts'
import { useLanguage } from '../i18n/language.tsx'
import { REASONS, type ReasonedAction } from './codes.ts'

/** Longest remark that the server keeps. */
const LONGEST = 500

const GRADES = [1, 2, 3, 4] as const

export function asksReason(action: ActionName): action is ReasonedAction {
  return action in REASONS
}

export function ReasonForm(props: {
  action: ReasonedAction
  incident: IncidentPayload
  onCancel: () => void
  onSubmit: (fields: Partial<ActionRequest>) => void
}) {
  const { action, incident } = props
  const { text } = useLanguage()
  const t = text.reasonForm
  const [reason, setReason] = useState('')
  const [grade, setGrade] = useState<IncidentPayload['grade'] | null>(null)
  const [words, setWords] = useState('')
  const [asked, setAsked] = useState(false)
  const form = useRef<HTMLDivElement>(null)
  const isGrade = action === 'grade'
  // It rises by itself; who lets it fall says why.
  const needsReason = !isGrade || (grade !== null && grade > incident.grade)
  const valid = (!isGrade || grade !== null) && (!needsReason || reason !== '')

  function submit() {
    setAsked(true)
    if (!valid) return
    const remark = words.trim()
    props.onSubmit({
      ...(grade === null ? {} : { grade }),
      ...(reason === '' ? {} : { reasonCode: reason }),
      ...(remark === '' ? {} : { remark }),
    })
  }
  return (
    <Modal
      open
      width={440}
      title={text.action.names[action]}
      okText={text.action.submit}
      cancelText={text.action.cancel}
      onOk={submit}
      onCancel={props.onCancel}
      afterOpenChange={(open) => open && focusFirstField(form.current)}
    >
      <div ref={form} className="action-form">
        <p>{t.notes[action]}</p>
        {isGrade && (
          <>
            <span id="reason-grade">{t.grade}</span>
            <Radio.Group
              aria-labelledby="reason-grade"
              optionType="button"
              value={grade}
              onChange={(event) => setGrade(event.target.value)}
              options={GRADES.map((value) => ({
                value,
                label: text.grade.name[value],
                title: text.grade.word[value],
                disabled: value === incident.grade,
              }))}
            />
          </>
        )}
        <label htmlFor="reason-code">{needsReason ? t.reason : t.reasonOptional}</label>
        <Select<string>
          id="reason-code"
          className="action-form-select"
          value={reason || undefined}
          placeholder={text.action.chooseOne}
          onChange={setReason}
          options={REASONS[action].map((value) => ({ value, label: t.reasons[value] }))}
        />
        <label htmlFor="reason-words">{t.words}</label>
        <Input.TextArea
          id="reason-words"
          rows={2}
          maxLength={LONGEST}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        {asked && !valid && (
          <p className="action-form-problem" role="alert">
            {isGrade && grade === null ? t.gradeRequired : t.reasonRequired}
          </p>
        )}
      </div>
    </Modal>
  )
}
