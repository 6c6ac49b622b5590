/** One outage on the phone: what it is, which clock runs, and one large button for each thing to tell. */
import { type ReactNode, useState } from 'react'
import type { ActionName } from '../../../src/facts/facts.ts'
import { serverNow } from '../api/clock.ts'
import type { Account, ActionRequest, IncidentPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { ActionForm, needsForm } from '../incidents/ActionForm.tsx'
import { RunningClock } from '../incidents/Clocks.tsx'
import { nextClock, readClock } from '../incidents/clocks.ts'
import { customersShown, deviceName } from '../incidents/headline.ts'
import { Moment } from '../incidents/Moment.tsx'
import { GradeBadge, StateChip } from '../incidents/marks.tsx'
import type { Names } from '../incidents/names.ts'
import { permittedActions } from '../incidents/permitted.ts'
import { useNow } from '../live/context.tsx'
import { NoticeWhole } from '../notices/NoticeWhole.tsx'
import { useKeptNotice } from './kept-notice.ts'
import { Photo } from './Photo.tsx'
import { SiteForm } from './SiteForm.tsx'
import type { FieldQueue } from './useQueue.ts'

/** What somebody in the field tells; the rest is for a desk. */
const IN_THE_FIELD: ReadonlySet<ActionName> = new Set([
  'onSite',
  'cause',
  'etr',
  'partial',
  'restore',
  'falseAlarm',
  'urge',
])

const asksSomething = (action: ActionName) => action === 'onSite' || needsForm(action)

interface Props {
  readonly incident: IncidentPayload
  readonly account: Account
  readonly names: Names
  readonly queue: FieldQueue
}

export function FieldIncident({ incident, account, names, queue }: Props) {
  const { text, format } = useLanguage()
  const t = text.field
  const [open, setOpen] = useState(false)
  const [form, setForm] = useState<ActionName | null>(null)
  const now = useNow()
  const clock = nextClock(incident)
  const { count, what, backToo } = customersShown(incident)
  const own = queue.entries.filter(({ what }) => what.incident === incident.id).length
  const actions = permittedActions(account, incident).filter((one) => IN_THE_FIELD.has(one))

  function enter(action: ActionName, fields: Partial<ActionRequest> = {}) {
    const occurredAt = new Date(serverNow()).toISOString()
    const request = { ...fields, action, revision: incident.revision, occurredAt }
    queue.add({ kind: 'action', incident: incident.id, request })
    setForm(null)
  }
  return (
    <article className="field-incident">
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <GradeBadge incident={incident} />
        <span className="field-place">
          <strong>{deviceName(incident.device, text)}</strong>
          <span>
            {incident.feeder !== null && names.feeder(incident.feeder)} ·{' '}
            {text.level[incident.level]}
          </span>
        </span>
        <span className="field-count">
          <b>{format.number(count)}</b>
          {what === 'out' ? text.list.customers : text.list.customersBack}
          {backToo > 0 && <small>{t.backToo(format.number(backToo))}</small>}
        </span>
        <span className="field-state">
          <StateChip incident={incident} />
          {clock !== null && <RunningClock reading={readClock(clock, now)} />}
          {own > 0 && <span className="tag warn">{t.unsent(own)}</span>}
        </span>
      </button>
      {open && (
        <div className="field-more">
          <dl className="pairs">
            <Pair name={text.detail.startedAt} value={<Moment at={incident.startedAt} />} />
            <Pair name={t.notice} value={incident.noticeNo ?? t.noNotice} />
            <Pair name={text.detail.crew} value={incident.crew ?? text.detail.crewNone} />
            <Pair name={text.detail.etr} value={expected()} />
            <Pair name={text.detail.important} value={format.number(incident.important)} />
            <Pair name={text.detail.sensitive} value={format.number(incident.sensitiveCount)} />
          </dl>
          {incident.notice !== null && account.rights.includes('notices.read') && (
            <FieldNotice incident={incident} account={account} names={names} />
          )}
          <div className="field-actions">
            {actions.map((action) => (
              <button
                key={action}
                type="button"
                onClick={() => (asksSomething(action) ? setForm(action) : enter(action))}
              >
                {text.action.names[action]}
              </button>
            ))}
            {account.rights.includes('attachments.write') && (
              <Photo
                onTaken={(picture) => {
                  const at = new Date(serverNow()).toISOString()
                  queue.add({ kind: 'photo', incident: incident.id, picture, at })
                }}
              />
            )}
          </div>
        </div>
      )}
      {form === 'onSite' && (
        <SiteForm onCancel={() => setForm(null)} onSubmit={(fields) => enter('onSite', fields)} />
      )}
      {form !== null && form !== 'onSite' && (
        <ActionForm
          action={form}
          onCancel={() => setForm(null)}
          onSubmit={(fields) => enter(form, fields)}
        />
      )}
    </article>
  )

  function expected(): string {
    const period = incident.estimatedPeriod
    if (period === null || incident.etrSource === 'none') return text.detail.etrNone
    return `${format.about(period.end)} · ${text.detail.etrSource[incident.etrSource]}`
  }
}

/** Asked for once the outage is opened; without a connection as it was seen last, with its age. */
function FieldNotice({ incident, account, names }: Omit<Props, 'queue'>) {
  const [notice, retry] = useKeptNotice(incident, account)
  return <NoticeWhole loaded={notice} retry={retry} names={names} />
}

function Pair({ name, value }: { name: string; value: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}
