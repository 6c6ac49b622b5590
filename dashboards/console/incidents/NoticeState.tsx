/** The notice (故障感知信息) of an incident: its number, how it stands, and publishing it. */
import { Button } from 'antd'
import type { ReactNode } from 'react'
import type { IncidentPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { isToPublish } from './permitted.ts'
import type { Acting } from './useActing.ts'

interface Props {
  readonly incident: IncidentPayload
  readonly acting: Acting
  /** All that it says. */
  readonly children: ReactNode
}

export function NoticeState({ incident, acting, children }: Props) {
  const { text } = useLanguage()
  const { notice, noticeNo } = incident
  if (notice === null) return null
  const waits = isToPublish(incident)
  return (
    <section className={`notice${waits ? ' waits' : ''}`}>
      <h3>
        {text.notice.heading}
        <small>{text.notice.status[notice.status]}</small>
      </h3>
      <div className="notice-line">
        {noticeNo === null ? (
          <span className="quiet">{waits ? text.notice.noNumber : text.notice.unpublished}</span>
        ) : (
          <code>{noticeNo}</code>
        )}
        {!waits && <span className="quiet">{text.notice.revision(notice.revision)}</span>}
        {waits && acting.allowed.includes('confirm') && acting.conflict === null && (
          <Button
            size="small"
            type="primary"
            ghost
            disabled={!acting.linked || acting.busy !== null}
            onClick={() => acting.begin('confirm')}
          >
            {text.notice.publish}
          </Button>
        )}
      </div>
      {waits && <p className="quiet">{text.notice.waiting}</p>}
      {children}
    </section>
  )
}
