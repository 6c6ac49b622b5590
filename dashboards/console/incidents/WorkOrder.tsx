/** The work order on paper: on screen it is not there, printed it is all there is. */
import { createPortal } from 'react-dom'
import type { NoticePayload } from '../api/notices.ts'
import type { IncidentPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useNow } from '../live/context.tsx'
import { NoticeSheet } from '../notices/NoticeSheet.tsx'
import { customersOut, deviceName, headlineOf } from './headline.ts'
import type { Names } from './names.ts'
import '../styles/work-order.css'

interface Props {
  readonly incident: IncidentPayload
  readonly names: Names
  /** Goes with the order on a page of its own; null where there is none, or it is not known. */
  readonly notice: NoticePayload | null
}

export function WorkOrder({ incident, names, notice }: Props) {
  const { text, format } = useLanguage()
  const t = text.workOrder
  const now = useNow()
  const period = incident.estimatedPeriod
  const rows: readonly (readonly [string, string])[] = [
    [text.notice.heading, incident.noticeNo ?? text.notice.noNumber],
    [text.list.title, `${incident.id} · ${text.notice.revision(incident.revision)}`],
    [text.detail.unit, names.unit(incident.unit)],
    [text.detail.feeder, incident.feeder === null ? '' : names.feeder(incident.feeder)],
    [
      text.detail.where,
      `${deviceName(incident.device, text)}（${text.deviceType[incident.device.type]} ${incident.device.id}）`,
    ],
    [text.detail.probability, format.probability(incident.probability)],
    [
      text.detail.rivals,
      incident.rivals
        .map((one) => `${deviceName(one.device, text)} ${format.probability(one.probability)}`)
        .join('；'),
    ],
    [text.detail.startedAt, format.time(incident.startedAt)],
    [text.detail.now, text.map.customersShort(format.number(customersOut(incident)))],
    [text.detail.transformers, format.number(incident.transformersAffected)],
    [
      `${text.detail.important} / ${text.detail.sensitive}`,
      `${incident.important} / ${incident.sensitiveCount}`,
    ],
    [text.detail.crew, incident.crew ?? ''],
    [text.detail.etr, period === null ? text.detail.etrNone : format.time(period.end)],
    [text.detail.cause, ''],
    [t.arrived, ''],
    [t.site, ''],
    [t.materials, ''],
    [t.restored, ''],
    [t.signed, ''],
  ]
  return createPortal(
    <section className="work-order" aria-hidden="true">
      <h1>
        {t.title}
        <small>
          {text.grade.full(text.grade.name[incident.grade], text.grade.word[incident.grade])}
        </small>
      </h1>
      <p>{headlineOf(incident, names, text, format)}</p>
      <table>
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name} className={value === '' ? 'blank' : ''}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>{t.printed(format.time(now))}</p>
      {notice !== null && (
        <div className="work-order-notice">
          <h2>{text.notice.heading}</h2>
          <NoticeSheet notice={notice} names={names} />
        </div>
      )}
    </section>,
    document.body,
  )
}
