/** Notices of faults (故障感知信息), newest first; each leads to its incident at the desk. */
import { Segmented } from 'antd'
import { useState } from 'react'
import type { NoticeStatus } from '../../../src/engine/service/notice-state.ts'
import { type NoticePayload, notices } from '../api/notices.ts'
import { LoadedOr } from '../app/LoadedOr.tsx'
import { Panel } from '../app/Panel.tsx'
import { TableHead } from '../app/TableHead.tsx'
import { go } from '../app/view.ts'
import type { ViewProps } from '../app/view-props.ts'
import { useLanguage } from '../i18n/language.tsx'
import { deviceName } from '../incidents/headline.ts'
import { Moment } from '../incidents/Moment.tsx'
import type { Names } from '../incidents/names.ts'
import { useLoaded } from '../incidents/useLoaded.ts'
import { useNowEvery } from '../live/context.tsx'
import '../styles/operator.css'

const STATUSES = ['proposed', 'published', 'changed', 'restored', 'archived', 'withdrawn'] as const
const RENEW_MS = 10_000

export function Notices({ names }: ViewProps) {
  const { text } = useLanguage()
  const t = text.noticePage
  const [status, setStatus] = useState<NoticeStatus | 'all'>('all')
  const asked = status === 'all' ? null : status
  const [loaded, retry] = useLoaded(
    (signal) => notices(asked, signal),
    `${status} ${useNowEvery(RENEW_MS)}`,
    status,
  )
  return (
    <main className="notices" aria-label={text.notice.heading}>
      <div className="operator-bar">
        <Segmented
          value={status}
          onChange={setStatus}
          aria-label={t.filter}
          options={[
            { value: 'all' as const, label: text.list.states.all },
            ...STATUSES.map((value) => ({ value, label: text.notice.status[value] })),
          ]}
        />
      </div>
      <LoadedOr loaded={loaded} retry={retry}>
        {(value) => (
          <Panel id="noticeList" key={status} name={text.notice.heading}>
            <Table value={value} names={names} />
          </Panel>
        )}
      </LoadedOr>
    </main>
  )
}

function Table({ value, names }: { value: readonly NoticePayload[]; names: Names }) {
  const { text, format } = useLanguage()
  const t = text.noticePage
  if (value.length === 0) return <p className="quiet">{t.none}</p>
  return (
    <table className="plain">
      <TableHead columns={[t.no, t.state, t.grade, t.device, t.scope, t.important, t.published]} />
      <tbody>
        {value.map((one) => (
          <tr key={one.incident}>
            <th scope="row">
              <a
                href={`/#/incidents/${one.incident}`}
                onClick={(event) => {
                  event.preventDefault()
                  go('desk', `#/incidents/${encodeURIComponent(one.incident)}`)
                }}
              >
                {one.no ?? one.incident}
              </a>
              {/* What is over without having been published never gets a number. */}
              {one.no !== null ? (
                <small>{one.incident}</small>
              ) : (
                one.status === 'proposed' && <small>{text.notice.noNumber}</small>
              )}
            </th>
            <td>
              {text.notice.status[one.status]}
              <small>{text.notice.revision(one.revision)}</small>
            </td>
            <td>{text.grade.full(text.grade.name[one.grade], text.grade.word[one.grade])}</td>
            <td>
              {deviceName(one.device, text)}
              <small>
                {[names.unit(one.unit), one.feeder && names.feeder(one.feeder)]
                  .filter(Boolean)
                  .join(' · ')}
              </small>
            </td>
            <td>
              {t.range(
                format.number(one.publicTransformers),
                format.number(one.dedicatedTransformers),
                format.number(one.customers),
              )}
            </td>
            <td>{t.care(one.importantUsers.length, one.sensitiveCount)}</td>
            <td>
              {one.publishedAt === null ? (
                one.status === 'proposed' ? (
                  t.waiting
                ) : (
                  text.header.unknown
                )
              ) : (
                <Moment at={one.publishedAt} />
              )}
              {one.publishedBy !== null && <small>{t.by[one.publishedBy]}</small>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
