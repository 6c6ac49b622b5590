/** Everything known of one incident: what, where, how sure, why, how far, and what may be done. */
import { AimOutlined, AuditOutlined, CloseOutlined, PrinterOutlined } from '@ant-design/icons'
import { Skeleton } from 'antd'
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react'
import type { Account, IncidentPayload } from '../api/payloads.ts'
import { Panel } from '../app/Panel.tsx'
import { useFocusKept } from '../app/useFocusKept.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useNow } from '../live/context.tsx'
import { NoticeWhole } from '../notices/NoticeWhole.tsx'
import { useNotice } from '../notices/useNotice.ts'
import { Actions } from './Actions.tsx'
import { CallReads } from './CallReads.tsx'
import { Clocks } from './Clocks.tsx'
import { Escalations } from './Escalations.tsx'
import { Evidence } from './Evidence.tsx'
import { Facts } from './Facts.tsx'
import { Flags } from './Flags.tsx'
import { FromTheField } from './FromTheField.tsx'
import { customersOut, headlineOf } from './headline.ts'
import { GradeBadge, StateChip } from './marks.tsx'
import { NoticeState } from './NoticeState.tsx'
import type { Names } from './names.ts'
import { ServiceChip } from './ServiceChip.tsx'
import { STEPS, stepOf } from './stages.ts'
import { Timeline } from './Timeline.tsx'
import { useActing } from './useActing.ts'
import { useIncident } from './useIncident.ts'
import { Verdict } from './Verdict.tsx'
import { VisitsDue } from './VisitsDue.tsx'
import { WorkOrder } from './WorkOrder.tsx'

interface Props {
  readonly id: string
  readonly account: Account
  readonly names: Names
  readonly onSelect: (id: string) => void
  readonly onCentre: () => void
  readonly onClose: () => void
}

export function IncidentDetail(props: Props) {
  const { id } = props
  const { text } = useLanguage()
  const { incident, missing, refresh } = useIncident(id)
  const panel = useRef<HTMLElement>(null)
  // Before it is painted: a key that is pressed on what is seen must not go to the list behind it.
  useLayoutEffect(() => panel.current?.focus({ preventScroll: true }), [])
  useFocusKept(panel)
  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== 'Escape') return
    // A question or an open menu takes the key for itself.
    const at = event.target as Element
    if (panel.current?.contains(at) && at.closest('.ant-dropdown-open') === null) props.onClose()
  }
  return (
    <aside
      ref={panel}
      className="detail"
      aria-label={text.detail.region}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      <div className="detail-bar">
        <span className="detail-id">{id}</span>
        <button
          type="button"
          className="icon-button"
          onClick={props.onCentre}
          aria-label={text.detail.showOnMap}
          title={text.detail.showOnMap}
        >
          <AimOutlined />
        </button>
        {props.account.rights.includes('reports.read') && (
          <a
            className="icon-button"
            href={`/quality/${encodeURIComponent(id)}`}
            target="_blank"
            rel="noreferrer"
            aria-label={text.quality.open}
            title={text.quality.open}
          >
            <AuditOutlined />
          </a>
        )}
        <button
          type="button"
          className="icon-button"
          onClick={() => window.print()}
          aria-label={text.workOrder.print}
          title={text.workOrder.print}
        >
          <PrinterOutlined />
        </button>
        <button
          type="button"
          className="icon-button"
          onClick={props.onClose}
          aria-label={text.detail.close}
          title={text.detail.close}
        >
          <CloseOutlined />
        </button>
      </div>
      {incident === null ? (
        <div className="detail-scroll" role="status">
          {missing ? (
            <p className="detail-gone">{text.detail.gone}</p>
          ) : (
            <Skeleton active={false} paragraph={{ rows: 8 }} title />
          )}
        </div>
      ) : (
        <Opened incident={incident} refresh={refresh} {...props} />
      )}
    </aside>
  )
}

function Opened(props: Props & { incident: IncidentPayload; refresh: () => Promise<void> }) {
  const { incident, account, names } = props
  const { text } = useLanguage()
  const mayReadNotices = account.rights.includes('notices.read')
  const acting = useActing(incident, account, props.refresh)
  const [notice, retryNotice] = useNotice(incident, account)
  return (
    <>
      <div className="detail-scroll">
        <Head incident={incident} names={names} onSelect={props.onSelect} />
        <Flags incident={incident} />
        <Figures incident={incident} />
        <Panel id="clocks" name={text.clock.heading}>
          <Clocks incident={incident} />
        </Panel>
        <Panel id="notice" name={text.notice.heading}>
          <NoticeState incident={incident} acting={acting}>
            {mayReadNotices && (
              <Panel id="noticeWhole" name={text.noticeSheet.open}>
                <NoticeWhole loaded={notice} retry={retryNotice} names={names} />
              </Panel>
            )}
          </NoticeState>
        </Panel>
        <Progress incident={incident} />
        {mayReadNotices && (
          <Panel id="escalations" name={text.escalation.heading}>
            <Escalations incident={incident} account={account} />
          </Panel>
        )}
        <Panel id="where" name={text.detail.where}>
          <Verdict incident={incident} />
        </Panel>
        <Panel id="callReads" name={text.callReads.heading}>
          <CallReads incident={incident} account={account} />
        </Panel>
        {account.rights.includes('visits.read') && hasVisits(incident) && (
          <Panel id="visits" name={text.visits.heading}>
            <VisitsDue incident={incident} account={account} />
          </Panel>
        )}
        {mayReadNotices && (
          <Panel id="fromTheField" name={text.fromTheField.heading}>
            <FromTheField incident={incident} />
          </Panel>
        )}
        <Panel id="evidence" name={text.detail.reasons}>
          <History incident={incident} />
        </Panel>
        <Panel id="facts" name={text.detail.facts}>
          <Facts incident={incident} names={names} />
        </Panel>
      </div>
      <Actions incident={incident} account={account} acting={acting} />
      <Panel id="workOrder" name={text.workOrder.print}>
        <WorkOrder
          incident={incident}
          names={names}
          notice={notice.state === 'ready' ? notice.value : null}
        />
      </Panel>
    </>
  )
}

function Head(props: { incident: IncidentPayload; names: Names; onSelect: (id: string) => void }) {
  const { incident, names, onSelect } = props
  const { text, format } = useLanguage()
  return (
    <div className="detail-head">
      <div className="detail-tags">
        <GradeBadge incident={incident} />
        <StateChip incident={incident} />
        <span className="tag">{text.level[incident.level]}</span>
        <span className="tag">{text.kind[incident.kind]}</span>
        <ServiceChip level={incident.serviceLevel} reasons={incident.serviceReasons} />
      </div>
      <h2>{headlineOf(incident, names, text, format)}</h2>
      {incident.mergedInto !== null && (
        <p className="detail-family">
          {text.detail.mergedInto(incident.mergedInto)}
          <button type="button" onClick={() => onSelect(incident.mergedInto!)}>
            {text.detail.openMerged}
          </button>
        </p>
      )}
      {incident.parent !== null && (
        <p className="detail-family">{text.detail.parent(incident.parent)}</p>
      )}
    </div>
  )
}

function Figures({ incident }: { incident: IncidentPayload }) {
  const { text, format } = useLanguage()
  const now = useNow()
  const out = customersOut(incident)
  const done = incident.customersRestored
  const all = out + done
  const end = incident.restoredAt === null ? now : Date.parse(incident.restoredAt)
  const share = all === 0 ? 0 : done / all
  return (
    <section className="detail-figures">
      <dl>
        <div>
          <dt>{text.detail.now}</dt>
          <dd>
            {format.number(out)}
            <small>{text.list.customers}</small>
          </dd>
        </div>
        <div>
          <dt>{text.detail.transformers}</dt>
          <dd>{format.number(incident.transformersAffected)}</dd>
        </div>
        <div>
          <dt>{incident.restoredAt === null ? text.detail.duration : text.detail.lasted}</dt>
          <dd className="ticking">{format.duration(end - Date.parse(incident.startedAt))}</dd>
        </div>
      </dl>
      <div className="restored-share">
        <span>{text.detail.restoredShare}</span>
        <span className="restored-bar" aria-hidden="true">
          <i style={{ width: `${share * 100}%` }} />
        </span>
        <b>{text.detail.restoredOf(format.number(done), format.number(all))}</b>
      </div>
    </section>
  )
}

function Progress({ incident }: { incident: IncidentPayload }) {
  const { text } = useLanguage()
  const reached = stepOf(incident.stage)
  return (
    <section className="progress">
      <h3>
        {text.detail.progress}
        <small>{text.stage[incident.stage]}</small>
      </h3>
      <ol aria-label={text.steps.label}>
        {STEPS.map((step, index) => (
          <li
            key={step}
            className={index < reached ? 'done' : index === reached ? 'now' : ''}
            aria-current={index === reached ? 'step' : undefined}
          >
            {text.steps[step]}
          </li>
        ))}
      </ol>
    </section>
  )
}

function History({ incident }: { incident: IncidentPayload }) {
  const { text } = useLanguage()
  const [tab, setTab] = useState<'evidence' | 'timeline'>('evidence')
  return (
    <section className="history">
      <div role="tablist" aria-label={text.detail.reasons} className="tabs">
        {(['evidence', 'timeline'] as const).map((one) => (
          <button
            key={one}
            type="button"
            role="tab"
            id={`tab-${one}`}
            aria-selected={tab === one}
            aria-controls={`panel-${one}`}
            onClick={() => setTab(one)}
          >
            {text.detail[one]}
          </button>
        ))}
        <span className="tabs-note">{text.detail.sources(incident.sources)}</span>
      </div>
      <div role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`}>
        {tab === 'evidence' ? <Evidence incident={incident} /> : <Timeline incident={incident} />}
      </div>
    </section>
  )
}

/** Somebody is to be looked after until its end, or was when it was larger. */
const hasVisits = ({ clocks }: IncidentPayload) =>
  clocks.some(({ name }) => name === 'visit' || name === 'contact')
