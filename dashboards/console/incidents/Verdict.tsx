/** The device judged to be open, how sure that is, and what else it could be. */
import type { IncidentPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { deviceName } from './headline.ts'
import { tiesSuspected } from './suspectedTies.ts'

export function Verdict({ incident }: { incident: IncidentPayload }) {
  const { text } = useLanguage()
  const rivals = [...incident.rivals].sort((a, b) => b.probability - a.probability)
  return (
    <section className="verdict">
      <h3>{text.detail.where}</h3>
      <Candidate
        name={deviceName(incident.device, text)}
        type={text.deviceType[incident.device.type]}
        id={incident.device.id}
        probability={incident.probability}
        chosen
      />
      <h4>{text.detail.rivals}</h4>
      {rivals.length === 0 ? (
        <p className="quiet">{text.detail.noRivals}</p>
      ) : (
        <ul>
          {rivals.map((rival) => (
            <li key={rival.device.id}>
              <Candidate
                name={deviceName(rival.device, text)}
                type={text.deviceType[rival.device.type]}
                id={rival.device.id}
                probability={rival.probability}
                note={rival.indistinguishable ? text.detail.indistinguishable : undefined}
              />
            </li>
          ))}
        </ul>
      )}
      {incident.suspectedTie && (
        <>
          <h4>{text.detail.suspectedTie}</h4>
          <ul className="suspected-ties">
            {tiesSuspected(incident).map((tie, index) => (
              <li key={tie.device.id}>
                <Candidate
                  name={deviceName(tie.device, text)}
                  type={text.deviceType[tie.device.type]}
                  id={tie.device.id}
                  probability={tie.probability}
                  note={index === 0 ? text.detail.suspectedTieNote : undefined}
                />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

function Candidate(props: {
  name: string
  type: string
  id: string
  probability: number
  chosen?: boolean
  note?: string
}) {
  const { format } = useLanguage()
  return (
    <div className={`candidate${props.chosen ? ' chosen' : ''}`}>
      <div className="candidate-name">
        <strong title={props.name}>{props.name}</strong>
        <span title={`${props.type} · ${props.id}`}>
          {props.type} · {props.id}
        </span>
      </div>
      <b>{format.probability(props.probability)}</b>
      <span className="candidate-bar" aria-hidden="true">
        <i style={{ width: `${Math.max(1, props.probability * 100)}%` }} />
      </span>
      {props.note && <p className="candidate-note">{props.note}</p>}
    </div>
  )
}
