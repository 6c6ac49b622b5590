/** Call-reads (召测): how far they have got, and what would be asked next. */
import { nextReads } from '../api/diagram.ts'
import type { Account, IncidentPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useNowEvery } from '../live/context.tsx'
import { useLoaded } from './useLoaded.ts'

/** What would be asked changes with every report; nobody needs to see it sooner. */
const RENEW_MS = 15_000

/** More than these say nothing to a person. */
const SHOWN = 5

export function CallReads(props: { incident: IncidentPayload; account: Account }) {
  const { text, format } = useLanguage()
  const { verification, outageKind } = props.incident
  const { asked, answered } = verification
  const isOpen = outageKind === 'predicted' || outageKind === 'confirmed'
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
      {isOpen && props.account.rights.includes('incidents.evidence') && (
        <Next incident={props.incident} />
      )}
    </section>
  )
}

function Next({ incident: { id, revision } }: { incident: IncidentPayload }) {
  const { text } = useLanguage()
  const t = text.callReads
  const turn = useNowEvery(RENEW_MS)
  const [loaded] = useLoaded((signal) => nextReads(id, signal), `${id} ${revision} ${turn}`, id)
  // Beside the verdict it would only be noise that this is not there yet.
  if (loaded.state !== 'ready') return null
  const { state, round, reads } = loaded.value
  return (
    <div className="next-reads">
      <h4>{t.next}</h4>
      {state !== 'asks' || reads.length === 0 ? (
        <p className="quiet">{state === 'asks' ? t.nothing : t.states[state]}</p>
      ) : (
        <>
          <p className="quiet">{t.round(round, reads.length)}</p>
          <ul>
            {reads.slice(0, SHOWN).map(({ observer, class: kind, gainBits }) => (
              <li key={observer}>
                <span>
                  {text.observerClass[kind]} {observer}
                </span>
                <b>{gainBits === null ? t.secondSource : t.bits(gainBits.toFixed(2))}</b>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}
