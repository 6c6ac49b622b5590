/**
 * Carrying out an action: which one runs, which one asks for more first, and what is said when it
 * went wrong. Shared by everything in the detail that can start one.
 */
import { App } from 'antd'
import { useState } from 'react'
import type { ActionName } from '../../../src/facts/facts.ts'
import { ApiError, act, newRequestId } from '../api/client.ts'
import type { Account, ActionRequest, IncidentPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useLink } from '../live/context.tsx'
import { needsForm } from './ActionForm.tsx'
import { isToPublish, permittedActions } from './permitted.ts'
import { asksReason } from './ReasonForm.tsx'

type Fields = Partial<ActionRequest>

/** An action that came too late: what its author saw, and what there is now. */
export interface Conflict {
  readonly action: ActionName
  readonly fields: Fields
  readonly seen: IncidentPayload
}

export interface Acting {
  readonly linked: boolean
  readonly busy: ActionName | null
  /** The action whose question is open. */
  readonly form: ActionName | null
  readonly conflict: Conflict | null
  readonly allowed: readonly ActionName[]
  /** What an action is called here: confirming a notice that waits is publishing it. */
  nameOf(action: ActionName): string
  /** Starts an action, or opens its question. */
  begin(action: ActionName): void
  run(action: ActionName, fields?: Fields): void
  closeForm(): void
  dismissConflict(): void
}

export function useActing(
  incident: IncidentPayload,
  account: Account,
  refresh: () => Promise<void>,
): Acting {
  const { text } = useLanguage()
  const { message } = App.useApp()
  const linked = useLink().state === 'live'
  const [busy, setBusy] = useState<ActionName | null>(null)
  const [form, setForm] = useState<ActionName | null>(null)
  const [conflict, setConflict] = useState<Conflict | null>(null)

  function nameOf(action: ActionName): string {
    return action === 'confirm' && isToPublish(incident)
      ? text.notice.publish
      : text.action.names[action]
  }

  async function run(action: ActionName, fields: Fields = {}) {
    const name = nameOf(action)
    setBusy(action)
    setForm(null)
    setConflict(null)
    try {
      const request = { ...fields, action, revision: incident.revision }
      const outcome = await act(incident.id, request, newRequestId())
      if (outcome.kind === 'received') message.info(text.action.accepted(name))
      else message.success(text.action.doneAt(name, outcome.revision))
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) {
        await refresh()
        setConflict({ action, fields, seen: incident })
      } else message.warning(wordsFor(error, name))
    } finally {
      setBusy(null)
    }
  }

  function wordsFor(error: unknown, name: string): string {
    if (!(error instanceof ApiError)) return text.action.failed
    if (error.code === 'action.time') return text.action.badTime
    if (error.status === 422) return text.action.notAllowed(name)
    if (error.status === 403) return text.action.forbidden
    return error.status === 0 ? text.signIn.unreachable : text.action.failed
  }

  return {
    linked,
    busy,
    form,
    conflict,
    allowed: permittedActions(account, incident),
    nameOf,
    // One at a time. A button is not disabled for it: that would take the focus from who pressed it.
    begin(action) {
      if (busy !== null) return
      if (needsForm(action) || asksReason(action)) setForm(action)
      else void run(action)
    },
    run: (action, fields) => void run(action, fields),
    closeForm: () => setForm(null),
    dismissConflict: () => setConflict(null),
  }
}
