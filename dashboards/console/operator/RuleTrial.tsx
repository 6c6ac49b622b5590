/** Rules tried out before they hold: checked by the server, and a scenario judged under both. */
import { Button, Select } from 'antd'
import { useState } from 'react'
import { ApiError } from '../api/client.ts'
import {
  checkRules,
  type RuleTrialPayload,
  type TriedIncidentPayload,
  testRules,
} from '../api/operations.ts'
import { simulator } from '../api/simulator.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useLoaded } from '../incidents/useLoaded.ts'

interface Props {
  readonly name: string
  readonly draft: string
  /** Trials keep a core of the server busy: for who may apply rules. */
  readonly mayTest: boolean
  readonly onProblems: (problems: readonly string[]) => void
}

type Shown =
  | { readonly kind: 'usable'; readonly version: string }
  | { readonly kind: 'trial'; readonly trial: RuleTrialPayload }

export function RuleTrial({ name, draft, mayTest, onProblems }: Props) {
  const { text, language } = useLanguage()
  const t = text.operator
  const [busy, setBusy] = useState<'check' | 'test' | null>(null)
  const [shown, setShown] = useState<Shown | null>(null)
  const [scenario, setScenario] = useState('branch-fault')
  const [known] = useLoaded(simulator, 'scenarios')
  // One that goes on for ever is no trial.
  const scenarios = known.state === 'ready' ? known.value.scenarios.filter(({ loop }) => !loop) : []

  async function doing(what: 'check' | 'test', work: () => Promise<Shown | null>) {
    setBusy(what)
    setShown(null)
    onProblems([])
    try {
      setShown(await work())
    } catch (error) {
      const problems = error instanceof ApiError ? error.problems : []
      const code = error instanceof ApiError ? error.code : ''
      onProblems(problems.length > 0 ? problems : [t.trialProblems[code] ?? text.action.failed])
    } finally {
      setBusy(null)
    }
  }
  const check = () =>
    doing('check', async () => {
      const { version, problems } = await checkRules(name, draft)
      onProblems(problems)
      return version === null ? null : { kind: 'usable', version }
    })
  const test = () =>
    doing('test', async () => ({ kind: 'trial', trial: await testRules(name, draft, scenario) }))
  return (
    <>
      <div className="operator-bar">
        <Button loading={busy === 'check'} disabled={busy !== null} onClick={() => void check()}>
          {t.check}
        </Button>
        {mayTest && scenarios.length > 0 && (
          <>
            <Select
              value={scenario}
              aria-label={text.simulation.scenario}
              popupMatchSelectWidth={false}
              onChange={setScenario}
              options={scenarios.map((one) => ({
                value: one.name,
                label: one.title[language === 'en' ? 'en' : 'zh'],
              }))}
            />
            <Button loading={busy === 'test'} disabled={busy !== null} onClick={() => void test()}>
              {t.test}
            </Button>
          </>
        )}
        <span className="quiet" role="status">
          {busy === 'test' ? t.testing : shown?.kind === 'usable' ? t.usable(shown.version) : ''}
        </span>
      </div>
      {shown?.kind === 'trial' && <Compared trial={shown.trial} />}
    </>
  )
}

const told = ({ id: _, ...one }: TriedIncidentPayload) => JSON.stringify(one)

function Compared({ trial }: { trial: RuleTrialPayload }) {
  const { text } = useLanguage()
  const t = text.operator
  const same = JSON.stringify(trial.tried.map(told)) === JSON.stringify(trial.inForce.map(told))
  return (
    <section className="rule-trial" aria-label={t.test}>
      <p className={same ? 'right' : 'trouble'} role="status">
        {same ? t.sameVerdicts : t.otherVerdicts}
      </p>
      <div>
        <Judged heading={t.underInForce} incidents={trial.inForce} />
        <Judged heading={t.underDraft} incidents={trial.tried} />
      </div>
    </section>
  )
}

function Judged(props: { heading: string; incidents: readonly TriedIncidentPayload[] }) {
  const { text, format } = useLanguage()
  return (
    <div>
      <h3>{props.heading}</h3>
      {props.incidents.length === 0 && <p className="quiet">{text.operator.noIncidents}</p>}
      <ul>
        {props.incidents.map((one) => (
          <li key={one.id}>
            <strong>{one.device.name || one.device.id}</strong>
            <span>
              {[
                text.level[one.level],
                text.kind[one.kind],
                text.outageKind[one.outageKind],
                text.grade.full(text.grade.name[one.grade], text.grade.word[one.grade]),
                `${format.number(one.customers)} ${text.list.customers}`,
              ].join(' · ')}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
