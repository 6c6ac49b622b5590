/** How far call-reads (召测) have got: the state in words, answers of questions as a bar. */
import type { IncidentPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'

export function CallReads({ verification }: { verification: IncidentPayload['verification'] }) {
  const { text, format } = useLanguage()
  const { asked, answered } = verification
  return (
    <section className="call-reads">
      <h3>
        {text.callReads.heading}
        {asked > 0 && (
          <small>{text.callReads.answered(format.number(answered), format.number(asked))}</small>
        )}
      </h3>
      {asked > 0 && (
        <span className="restored-bar" aria-hidden="true">
          <i style={{ width: `${Math.min(1, answered / asked) * 100}%` }} />
        </span>
      )}
      <p className="quiet">{text.detail.verification(verification)}</p>
    </section>
  )
}
