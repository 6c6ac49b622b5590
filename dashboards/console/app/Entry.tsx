/** Entering a plan or a switching by hand: what the server refuses is said, and the form stays. */
import { App, Button, Modal } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { PLAN_KINDS } from '../../../src/facts/plans.ts'
import { ApiError, newRequestId, postJson } from '../api/client.ts'
import { useLanguage } from '../i18n/language.tsx'
import { focusFirstField } from './firstField.ts'

type Asked = 'plan' | 'switching'

interface Props {
  readonly may: readonly Asked[]
  readonly onSaved: () => void
}

export function Entry({ may, onSaved }: Props) {
  const { text } = useLanguage()
  const [open, setOpen] = useState<Asked | null>(null)
  if (may.length === 0) return null
  return (
    <p className="entry-buttons">
      {may.map((one) => (
        <Button key={one} onClick={() => setOpen(one)}>
          {text.entry[one]}
        </Button>
      ))}
      {open !== null && (
        <EntryForm
          asked={open}
          onClose={() => setOpen(null)}
          onSaved={() => {
            setOpen(null)
            onSaved()
          }}
        />
      )}
    </p>
  )
}

/** Planned work at short notice (临时停电), among the kinds of plans. */
const TEMPORARY = 'temporary'

/** What somebody writes one after the other. */
const idsOf = (written: string) => written.split(/[,，、\s]+/).filter(Boolean)

/** A moment as a form has it, in this room's time; empty where none is given. */
const instantOf = (local: string) => (local === '' ? undefined : new Date(local).toISOString())

function EntryForm(props: { asked: Asked; onClose: () => void; onSaved: () => void }) {
  const { asked, onClose, onSaved } = props
  const { text } = useLanguage()
  const { message } = App.useApp()
  const t = text.entry
  const form = useId()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [requestId] = useState(newRequestId)

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    const field = (name: string) => String(fields.get(name) ?? '').trim()
    setBusy(true)
    setProblem(null)
    try {
      if (asked === 'plan') {
        const [devices, usagePoints] = [idsOf(field('devices')), idsOf(field('usagePoints'))]
        const [from, to] = [instantOf(field('from')), instantOf(field('to'))]
        await postJson('/api/v1/plans', {
          ...{ id: field('id'), devices, usagePoints, from, to },
          ...(field('kind') === TEMPORARY
            ? { kind: 'planned', temporary: true }
            : { kind: field('kind') }),
        })
        message.success(t.saved(field('id')))
      } else {
        const body = {
          device: field('device'),
          position: field('position'),
          reclosing: field('reclosing') || undefined,
          at: instantOf(field('at')),
        }
        await postJson('/api/v1/switching', body, { 'idempotency-key': requestId })
        message.success(t.saved(field('device')))
      }
      onSaved()
    } catch (error) {
      setBusy(false)
      const code = error instanceof ApiError ? error.code : ''
      setProblem(
        t.problems[code] ?? (code === 'request.invalid' ? t.incomplete : text.action.failed),
      )
    }
  }
  return (
    <Modal
      open
      width={460}
      title={t[asked]}
      okText={t.save}
      cancelText={text.action.cancel}
      confirmLoading={busy}
      okButtonProps={{ htmlType: 'submit', form }}
      onCancel={onClose}
      afterOpenChange={(open) => open && focusFirstField(document.getElementById(form))}
    >
      <form id={form} className="entry-form" onSubmit={(event) => void submit(event)}>
        {asked === 'plan' ? (
          <>
            <Field name="id" label={t.id} required pattern="[A-Za-z0-9._\-]{1,64}" />
            <label>
              {t.kind}
              <select name="kind">
                {PLAN_KINDS.map((kind) => (
                  <option key={kind} value={kind}>
                    {text.network.planKind[kind]}
                  </option>
                ))}
                <option value={TEMPORARY}>{text.flag.temporary}</option>
              </select>
            </label>
            <Field name="devices" label={t.devices} />
            <Field name="usagePoints" label={t.usagePoints} />
            <Field name="from" label={t.from} type="datetime-local" required />
            <Field name="to" label={t.to} type="datetime-local" required />
          </>
        ) : (
          <>
            <Field name="device" label={t.device} required />
            <label>
              {t.position}
              <select name="position">
                <option value="open">{text.network.position.open}</option>
                <option value="closed">{text.network.position.closed}</option>
              </select>
            </label>
            <label>
              {t.reclosing}
              <select name="reclosing">
                <option value="">{t.reclosingAsBefore}</option>
                <option value="on">{t.reclosingOn}</option>
                <option value="off">{t.reclosingOff}</option>
              </select>
            </label>
            <Field name="at" label={t.at} type="datetime-local" />
          </>
        )}
        {problem !== null && (
          <p className="action-form-problem" role="alert">
            {problem}
          </p>
        )}
      </form>
    </Modal>
  )
}

function Field(props: {
  name: string
  label: string
  type?: string
  required?: boolean
  pattern?: string
}) {
  const { label, type = 'text', ...rest } = props
  return (
    <label>
      {label}
      <input type={type} autoComplete="off" {...rest} />
    </label>
  )
}
