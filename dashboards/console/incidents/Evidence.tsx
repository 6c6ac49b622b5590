/** What was heard, newest first, as the engine keeps it with the incident. */
import type { IncidentPayload } from '../api/payloads.ts'
import { TableHead } from '../app/TableHead.tsx'
import { useLanguage } from '../i18n/language.tsx'
import { Moment } from './Moment.tsx'

/** Reports that speak for supply; all others speak against it. */
const SPEAKS_FOR_SUPPLY =
  /^(on|powerOn|areaOn|switchClosed|recloseSucceeded|phaseRestored|reading:energised)$/

export function Evidence({ incident }: { incident: IncidentPayload }) {
  const { text } = useLanguage()
  const items = incident.evidence ?? []
  if (items.length === 0) return <p className="quiet">{text.detail.evidenceNone}</p>
  const columns = text.detail.evidenceColumns
  return (
    <table className="evidence">
      <TableHead columns={[columns.time, columns.source, columns.said]} />
      <tbody>
        {items.map((item) => (
          <tr key={`${item.position} ${item.observer} ${item.said}`}>
            <td>
              <Moment at={item.at} />
            </td>
            <td>
              {text.observerClass[item.observerClass] ?? item.observerClass}
              <small>{item.observer}</small>
            </td>
            <td>
              <span className={SPEAKS_FOR_SUPPLY.test(item.said) ? 'said on' : 'said off'}>
                {text.said[item.said] ?? item.said}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
