/** What was found at a customer whose life hangs on supply: one of the outcomes, and words. */
import { Modal, Radio } from 'antd'
import { useState } from 'react'
import { VISIT_OUTCOMES, type VisitOutcome } from '../../../src/facts/visits.ts'
import { useLanguage } from '../i18n/language.tsx'

/** Of what the server takes (`MAX_REMARK_CHARACTERS`). */
const MAX_CHARACTERS = 500

export function SettleVisit(props: {
  /** The place, by reference. */
  place: string
  onCancel: () => void
  onSettle: (outcome: VisitOutcome, note: string) => void
}) {
  const { text } = useLanguage()
  const t = text.visits
  const [outcome, setOutcome] = useState<VisitOutcome>('seen')
  const [note, setNote] = useState('')
  const lacksWords = outcome === 'other' && note.trim() === ''
  return (
    <Modal
      open
      width={460}
      title={t.settleOf(props.place)}
      okText={text.action.submit}
      cancelText={text.action.cancel}
      okButtonProps={{ disabled: lacksWords }}
      onOk={() => props.onSettle(outcome, note.trim())}
      onCancel={props.onCancel}
    >
      <div className="action-form">
        <Radio.Group
          className="visit-outcomes"
          value={outcome}
          onChange={(event) => setOutcome(event.target.value as VisitOutcome)}
          options={VISIT_OUTCOMES.map((value) => ({ value, label: t.outcomes[value] }))}
        />
        <label>
          {t.note}
          <textarea
            rows={3}
            maxLength={MAX_CHARACTERS}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </label>
        {lacksWords && <p role="alert">{t.noteNeeded}</p>}
      </div>
    </Modal>
  )
}
