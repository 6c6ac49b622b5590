/**
 * Before a further urge (催办) of the same customer for the same outage: how often they urged, how often is
 * usual, until when something is promised, and what to answer meanwhile. Nothing is barred.
 */
import type { ScriptLanguage, UrgingPayload } from '../api/customers.ts'
import { useLanguage } from '../i18n/language.tsx'
import { MongolianCard } from './MongolianCard.tsx'

interface Props {
  readonly urging: UrgingPayload
  readonly preferred: ScriptLanguage
}

export function UrgingHint({ urging, preferred }: Props) {
  const { language, text, format } = useLanguage()
  const t = text.agent.urging
  const { urges, most, promised, risk, advice, scripts } = urging
  if (urges === 0 && advice === 'may') return null
  const words = [
    t.urged(urges, most),
    advice === 'enough' && t.enough,
    advice === 'early' && promised !== null && t.early[promised.what](format.about(promised.at)),
    risk ? t.risk : t.unlessRisk,
  ]
  const own = language === 'en' ? 'en' : 'zh'
  const script = scripts.find((one) => one.language === own)
  const mongolian = preferred === 'mn' && scripts.find((one) => one.language === 'mn')
  return (
    <div className={`urging ${advice}`} role="note" aria-label={t.heading}>
      <p>
        <b>{t.heading}</b> {words.filter(Boolean).join(t.between)}
      </p>
      {script && (
        <p>
          <span className="quiet">{t.answer}</span> {script.text}
        </p>
      )}
      {mongolian && <MongolianCard script={mongolian} />}
    </div>
  )
}
