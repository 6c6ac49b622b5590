/** Asks why before anything is shown in full; the reason is in the audit chain first. */
import { Modal, Radio, type RadioRef } from 'antd'
import { useRef, useState } from 'react'
import {
  REVEAL_REASONS,
  type RevealedCustomer,
  type RevealReason,
  unmask,
} from '../api/customers.ts'
import { useLanguage } from '../i18n/language.tsx'

interface Props {
  readonly account: string
  readonly onRevealed: (full: RevealedCustomer) => void
  readonly onClose: () => void
}

export function Unmask({ account, onRevealed, onClose }: Props) {
  const { text } = useLanguage()
  const t = text.agent
  const [reason, setReason] = useState<RevealReason>('identityCheck')
  const first = useRef<RadioRef>(null)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState(false)
  async function submit() {
    setBusy(true)
    setFailed(false)
    try {
      onRevealed(await unmask(account, reason))
    } catch {
      setBusy(false)
      setFailed(true)
    }
  }
  return (
    <Modal
      open
      width={420}
      title={t.unmaskTitle}
      okText={t.unmask}
      cancelText={text.action.cancel}
      confirmLoading={busy}
      onOk={() => void submit()}
      onCancel={onClose}
      afterOpenChange={(open) => open && first.current?.focus()}
    >
      <form
        className="action-form"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <p>{t.unmaskNote}</p>
        <Radio.Group
          className="unmask-reasons"
          value={reason}
          aria-label={t.unmaskReason}
          onChange={(event) => setReason(event.target.value as RevealReason)}
        >
          {REVEAL_REASONS.map((one, index) => (
            <Radio key={one} value={one} ref={index === 0 ? first : undefined}>
              {t.revealReasons[one]}
            </Radio>
          ))}
        </Radio.Group>
        {failed && (
          <p className="action-form-problem" role="alert">
            {t.unmaskFailed}
          </p>
        )}
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </form>
    </Modal>
  )
}
