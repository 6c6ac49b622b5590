/** What this account may do to an incident, and the words for how it went. */
import { EllipsisOutlined } from '@ant-design/icons'
import { App, Button, Dropdown } from 'antd'
import { useState } from 'react'
import type { ActionName } from '../../../src/facts/facts.ts'
import { ApiError, act, newRequestId } from '../api/client.ts'
import type { Account, ActionRequest, IncidentPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useLink } from '../live/context.tsx'
import { ActionForm, needsForm } from './ActionForm.tsx'
import { permittedActions } from './permitted.ts'

interface Props {
  readonly incident: IncidentPayload
  readonly account: Account
  readonly onStale: () => void
}

/** As many as fit side by side; the rest are in the menu. */
const SHOWN = 2

export function Actions({ incident, account, onStale }: Props) {
  const { text } = useLanguage()
  const { message } = App.useApp()
  const linked = useLink().state === 'live'
  const [busy, setBusy] = useState<ActionName | null>(null)
  const [form, setForm] = useState<ActionName | null>(null)
  const allowed = permittedActions(account, incident)
  const mayAnything = account.rights.some((right) => right.startsWith('actions.'))
  if (!mayAnything) return <footer className="actions quiet">{text.action.readOnly}</footer>
  if (allowed.length === 0) return null

  async function run(action: ActionName, fields: Partial<ActionRequest> = {}) {
    const name = text.action.names[action]
    setBusy(action)
    setForm(null)
    try {
      const request = { ...fields, action, revision: incident.revision }
      const outcome = await act(incident.id, request, newRequestId())
      if (outcome.kind === 'received') message.info(text.action.accepted(name))
      else message.success(text.action.doneAt(name, outcome.revision))
    } catch (error) {
      message.warning(wordsFor(error, name))
      if (error instanceof ApiError && error.status === 409) onStale()
    } finally {
      setBusy(null)
    }
  }

  function wordsFor(error: unknown, name: string): string {
    if (!(error instanceof ApiError)) return text.action.failed
    if (error.status === 409) return text.action.stale
    if (error.status === 422) return text.action.notAllowed(name)
    if (error.status === 403) return text.action.forbidden
    return error.status === 0 ? text.signIn.unreachable : text.action.failed
  }

  const begin = (action: ActionName) => (needsForm(action) ? setForm(action) : void run(action))
  return (
    <section className="actions" aria-label={text.action.heading}>
      {allowed.slice(0, SHOWN).map((action, index) => (
        <Button
          key={action}
          type={index === 0 ? 'primary' : 'default'}
          loading={busy === action}
          disabled={!linked || (busy !== null && busy !== action)}
          onClick={() => begin(action)}
        >
          {text.action.names[action]}
        </Button>
      ))}
      {allowed.length > SHOWN && (
        <Dropdown
          trigger={['click']}
          placement="topRight"
          disabled={!linked || busy !== null}
          menu={{
            items: allowed
              .slice(SHOWN)
              .map((action) => ({ key: action, label: text.action.names[action] })),
            onClick: ({ key }) => begin(key as ActionName),
          }}
        >
          <Button icon={<EllipsisOutlined />} aria-label={text.action.more} />
        </Dropdown>
      )}
      {!linked && <span className="quiet">{text.action.linkLost}</span>}
      {form !== null && (
        <ActionForm
          action={form}
          onCancel={() => setForm(null)}
          onSubmit={(fields) => void run(form, fields)}
        />
      )}
    </section>
  )
}
