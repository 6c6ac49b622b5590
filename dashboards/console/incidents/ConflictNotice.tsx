/** Somebody else was first: what changed meanwhile, and whether to go on all the same. */
import { Button } from 'antd'
import { type KeyboardEvent, useLayoutEffect, useRef } from 'react'
import type { IncidentPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { whatChanged } from './changed.ts'
import type { Acting, Conflict } from './useActing.ts'

interface Props {
  readonly incident: IncidentPayload
  readonly conflict: Conflict
  readonly acting: Acting
}

export function ConflictNotice({ incident, conflict, acting }: Props) {
  const { text, format } = useLanguage()
  const notice = useRef<HTMLDivElement>(null)
  // Not the button: a second Enter must not repeat what nobody has looked at again.
  useLayoutEffect(() => notice.current?.focus(), [])
  const { action, fields, seen } = conflict
  const name = acting.nameOf(action)
  const differences = whatChanged(seen, incident, text, format)
  const possible = acting.allowed.includes(action)
  function dismiss() {
    notice.current?.closest<HTMLElement>('.detail')?.focus()
    acting.dismissConflict()
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    dismiss()
  }
  return (
    <div
      ref={notice}
      className="conflict"
      role="alertdialog"
      aria-labelledby="conflict-title"
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      <h3 id="conflict-title">{text.conflict.heading(name)}</h3>
      <p>{text.action.stale}</p>
      {differences.length === 0 ? (
        <p className="quiet">{text.conflict.nothing}</p>
      ) : (
        <dl>
          {differences.map((one) => (
            <div key={one.name}>
              <dt>{one.name}</dt>
              <dd>{text.conflict.changed(one.before, one.after)}</dd>
            </div>
          ))}
        </dl>
      )}
      {!possible && <p>{text.conflict.noLonger(name)}</p>}
      <div className="conflict-choice">
        {possible && (
          <Button
            type="primary"
            disabled={!acting.linked}
            onClick={() => acting.run(action, fields)}
          >
            {text.conflict.retry(name)}
          </Button>
        )}
        <Button onClick={dismiss}>{text.conflict.dismiss}</Button>
      </div>
    </div>
  )
}
