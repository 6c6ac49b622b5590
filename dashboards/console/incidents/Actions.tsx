/** The next sensible step as one button, everything else this account may do in a menu beside it. */
import { DownOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import type { ActionName } from '../../../src/facts/facts.ts'
import type { Account, IncidentPayload } from '../api/payloads.ts'
import { MenuButton } from '../app/MenuButton.tsx'
import { useLanguage } from '../i18n/language.tsx'
import { ActionForm } from './ActionForm.tsx'
import { ConflictNotice } from './ConflictNotice.tsx'
import { asksReason, ReasonForm } from './ReasonForm.tsx'
import type { Acting } from './useActing.ts'

interface Props {
  readonly incident: IncidentPayload
  readonly account: Account
  readonly acting: Acting
}

export function Actions({ incident, account, acting }: Props) {
  const { text } = useLanguage()
  const { allowed, busy, linked } = acting
  const mayAnything = account.rights.some((right) => right.startsWith('actions.'))
  if (!mayAnything) return <footer className="actions quiet">{text.action.readOnly}</footer>
  if (acting.conflict !== null) {
    return <ConflictNotice incident={incident} conflict={acting.conflict} acting={acting} />
  }
  const [next, ...others] = allowed
  if (next === undefined) return null
  return (
    <section className="actions" aria-label={text.action.heading}>
      <Button
        type="primary"
        loading={busy === next}
        disabled={!linked}
        onClick={() => acting.begin(next)}
      >
        {acting.nameOf(next)}
      </Button>
      {others.length > 0 && (
        <MenuButton
          placement="topRight"
          disabled={!linked}
          items={others.map((action) => ({
            key: action,
            label: acting.nameOf(action),
            danger: action === 'falseAlarm',
          }))}
          onChoose={(action) => acting.begin(action as ActionName)}
        >
          <Button
            loading={busy !== null && busy !== next}
            icon={<DownOutlined />}
            iconPlacement="end"
          >
            {text.action.more}
          </Button>
        </MenuButton>
      )}
      {!linked && <span className="quiet">{text.action.linkLost}</span>}
      {acting.form !== null && asksReason(acting.form) && (
        <ReasonForm
          action={acting.form}
          incident={incident}
          onCancel={acting.closeForm}
          onSubmit={(fields) => acting.run(acting.form!, fields)}
        />
      )}
      {acting.form !== null && !asksReason(acting.form) && (
        <ActionForm
          action={acting.form}
          onCancel={acting.closeForm}
          onSubmit={(fields) => acting.run(acting.form!, fields)}
        />
      )}
    </section>
  )
}
