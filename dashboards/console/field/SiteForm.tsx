/** The report on site (现场情况): what is found, in a few taps; words and position where asked for. */
import { Modal } from 'antd'
import { useId, useState } from 'react'
import {
  DAMAGE_LEVELS,
  type DamageLevel,
  SITE_SITUATIONS,
  type SiteSituation,
} from '../../../src/facts/repair.ts'
import type { ActionRequest } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { Words } from './Words.tsx'

interface Props {
  readonly onCancel: () => void
  readonly onSubmit: (fields: Partial<ActionRequest>) => void
}

const CHECKS = ['scopeConfirmed', 'needsOutage', 'safetyRisk'] as const
type Checks = Partial<Record<(typeof CHECKS)[number], true>>

export function SiteForm({ onCancel, onSubmit }: Props) {
  const { text } = useLanguage()
  const t = text.field.site
  const [situation, setSituation] = useState<SiteSituation | null>(null)
  const [damage, setDamage] = useState<DamageLevel | null>(null)
  const [checks, setChecks] = useState<Checks>({})
  const [words, setWords] = useState('')
  const [asked, setAsked] = useState(false)
  const name = useId()

  function submit() {
    setAsked(true)
    if (situation === null) return
    const site = { situation, ...(damage === null ? {} : { damage }), ...checks }
    onSubmit({ site, ...(words === '' ? {} : { remark: words }) })
  }
  function check(one: (typeof CHECKS)[number], on: boolean) {
    const { [one]: _, ...rest } = checks
    setChecks(on ? { ...rest, [one]: true } : rest)
  }
  return (
    <Modal
      open
      width={460}
      title={text.action.names.onSite}
      okText={text.action.submit}
      cancelText={text.action.cancel}
      onOk={submit}
      onCancel={onCancel}
    >
      <div className="field-form">
        <fieldset>
          <legend>{t.situation}</legend>
          {SITE_SITUATIONS.map((one) => (
            <label key={one} className="field-choice">
              <input
                type="radio"
                name={`${name}-situation`}
                checked={situation === one}
                onChange={() => setSituation(one)}
              />
              {t.situations[one]}
            </label>
          ))}
        </fieldset>
        {asked && situation === null && (
          <p className="action-form-problem" role="alert">
            {text.action.chooseOne}
          </p>
        )}
        <fieldset>
          <legend>{t.damage}</legend>
          {DAMAGE_LEVELS.map((one) => (
            <label key={one} className="field-choice">
              <input
                type="radio"
                name={`${name}-damage`}
                checked={damage === one}
                onChange={() => setDamage(one)}
              />
              {t.damages[one]}
            </label>
          ))}
        </fieldset>
        {CHECKS.map((one) => (
          <label key={one} className="field-choice">
            <input
              type="checkbox"
              checked={checks[one] ?? false}
              onChange={(event) => check(one, event.target.checked)}
            />
            {t.checks[one]}
          </label>
        ))}
        <Words onChange={setWords} place />
      </div>
    </Modal>
  )
}
