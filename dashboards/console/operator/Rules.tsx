/** The rule files in force; edited, compared, checked by the server and put in force as one step. */
import { App, Button, Modal, Select } from 'antd'
import { useMemo, useState } from 'react'
import { ApiError } from '../api/client.ts'
import { applyRules, type RulesPayload, rules } from '../api/operations.ts'
import type { Account } from '../api/payloads.ts'
import { LoadedOr } from '../app/LoadedOr.tsx'
import { useLanguage } from '../i18n/language.tsx'
import { Moment } from '../incidents/Moment.tsx'
import { useLoaded } from '../incidents/useLoaded.ts'
import { changedLines } from './diff.ts'
import { RuleTrial } from './RuleTrial.tsx'

export function Rules({ account }: { account: Account }) {
  const [loaded, retry] = useLoaded(rules, 'rules')
  return (
    <LoadedOr loaded={loaded} retry={retry}>
      {(value) => (
        <Files
          key={value.files.map(({ text }) => text.length).join()}
          rules={value}
          may={account.rights.includes('rules.apply')}
          onApplied={retry}
        />
      )}
    </LoadedOr>
  )
}

function Files(props: { rules: RulesPayload; may: boolean; onApplied: () => void }) {
  const { files, version, since, by } = props.rules
  const { text } = useLanguage()
  const { message } = App.useApp()
  const t = text.operator
  const [name, setName] = useState(files[0]?.name ?? '')
  const inForce = files.find((one) => one.name === name)?.text ?? ''
  const [draft, setDraft] = useState(inForce)
  const [problems, setProblems] = useState<readonly string[]>([])
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)
  const changes = useMemo(() => changedLines(inForce, draft), [inForce, draft])

  function choose(next: string) {
    setName(next)
    setDraft(files.find((one) => one.name === next)?.text ?? '')
    setProblems([])
  }
  async function apply() {
    setBusy(true)
    try {
      await applyRules(name, draft)
      setProblems([])
      message.success(t.applied)
      props.onApplied()
    } catch (error) {
      const found = error instanceof ApiError ? error.problems : []
      setProblems(found.length > 0 ? found : [text.action.failed])
    } finally {
      setBusy(false)
      setAsking(false)
    }
  }
  return (
    <div className="rules">
      <div className="operator-bar">
        <Select
          value={name}
          aria-label={t.ruleFile}
          popupMatchSelectWidth={false}
          onChange={choose}
          options={files.map((one) => ({ value: one.name, label: one.name }))}
        />
        <span className="quiet">
          {t.rulesVersion(version)}
          {since !== null && (
            <>
              {' · '}
              {t.since} <Moment at={since} />
            </>
          )}
          {by !== null && ` · ${by}`}
        </span>
        {props.may && (
          <Button type="primary" disabled={changes.length === 0} onClick={() => setAsking(true)}>
            {t.apply(changes.length)}
          </Button>
        )}
      </div>
      <RuleTrial name={name} draft={draft} mayTest={props.may} onProblems={setProblems} />
      {problems.length > 0 && (
        <ul className="rule-problems" role="alert">
          {problems.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
      <textarea
        value={draft}
        spellCheck={false}
        readOnly={!props.may}
        aria-label={name}
        onChange={(event) => setDraft(event.target.value)}
      />
      <Modal
        open={asking}
        width={760}
        title={t.applyTitle(name)}
        okText={t.applyNow}
        cancelText={text.action.cancel}
        confirmLoading={busy}
        onOk={() => void apply()}
        onCancel={() => setAsking(false)}
        destroyOnHidden
      >
        <p>{t.applyNote}</p>
        <pre className="diff">
          {changes.map((one) => (
            <span key={`${one.sign}${one.line}`} className={one.sign === '+' ? 'added' : 'removed'}>
              {`${one.sign} ${String(one.line).padStart(4)}  ${one.text}\n`}
            </span>
          ))}
        </pre>
      </Modal>
    </div>
  )
}
