/** Somebody else was first: what changed meanwhile, and whether to go on all the same. */
import { Button } from 'antd'
import { useEffect, useRef } from 'react'
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
  const first = useRef<HTMLButtonElement>(null)
  useEffect(() => first.current?.focus(), [])
  const { action, fields, seen } = conflict
  const name = acting.nameOf(action)
  const differences = whatChanged(seen, incident, text, format)
  const possible = acting.allowed.includes(action)
  return (
    <section className="conflict" role="alertdialog" aria-labelledby="conflict-title">
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
            ref={first}
            type="primary"
            disabled={!acting.linked}
            onClick={() => acting.run(action, fields)}
          >
            {text.conflict.retry(name)}
          </Button>
        )}
        <Button ref={possible ? undefined : first} onClick={acting.dismissConflict}>
          {text.conflict.dismiss}
        </Button>
      </div>
    </section>
  )
}
