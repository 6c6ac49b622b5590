/** Playing a scenario against the running program, and the truth beside what the program said. */
import { App, Button, Input, InputNumber, Select } from 'antd'
import { type FormEvent, useState } from 'react'
import { ApiError } from '../api/client.ts'
import type { Account } from '../api/payloads.ts'
import {
  runSimulation,
  type SimulatorPayload,
  simulator,
  stopSimulation,
} from '../api/simulator.ts'
import { LoadedOr } from '../app/LoadedOr.tsx'
import { useLanguage } from '../i18n/language.tsx'
import { Moment } from '../incidents/Moment.tsx'
import { useLoaded } from '../incidents/useLoaded.ts'
import { useNowEvery } from '../live/context.tsx'
import { Truth } from './Truth.tsx'

const RENEW_MS = 3_000

export function Simulation({ account }: { account: Account }) {
  const { text } = useLanguage()
  const { message } = App.useApp()
  const [loaded, retry] = useLoaded(simulator, String(useNowEvery(RENEW_MS)))
  const may = account.rights.includes('simulator.run')
  const attempt = (work: Promise<void>) =>
    work.then(retry, (error) => {
      const code = error instanceof ApiError ? error.code : ''
      message.warning(text.simulation.problems[code] ?? text.action.failed)
      retry()
    })
  return (
    <LoadedOr loaded={loaded} retry={retry}>
      {(value) => (
        <div className="simulation">
          <section className={value.run?.state === 'running' ? 'running' : ''}>
            <Run run={value.run} scenarios={value.scenarios} />
            {may && <Control value={value} attempt={attempt} />}
            {value.bar !== null && <p className="quiet">{text.simulation.bars[value.bar]}</p>}
          </section>
          {value.result === null ? (
            <p className="quiet">{text.simulation.noTruth}</p>
          ) : (
            <Truth result={value.result} />
          )}
        </div>
      )}
    </LoadedOr>
  )
}

function useTitle() {
  const { language } = useLanguage()
  return (scenarios: SimulatorPayload['scenarios'], name: string) =>
    scenarios.find((one) => one.name === name)?.title[language === 'en' ? 'en' : 'zh'] ?? name
}

function Run({ run, scenarios }: Pick<SimulatorPayload, 'run' | 'scenarios'>) {
  const { text, format } = useLanguage()
  const t = text.simulation
  const title = useTitle()
  if (run === null) return <h2>{t.none}</h2>
  return (
    <>
      <h2>
        {t.states[run.state]} · {title(scenarios, run.scenario)}
      </h2>
      <p className="quiet">
        {t.how(run.seed, run.speed)}
        {run.terminals !== null && ` · ${t.terminals(format.number(run.terminals))}`}
        {' · '}
        {t.since} <Moment at={run.startedAt} />
        {run.endedAt !== null && (
          <>
            {' · '}
            {t.until} <Moment at={run.endedAt} />
          </>
        )}
      </p>
      {run.problem !== null && (
        <p role="alert" className="trouble">
          <code>{run.problem}</code>
        </p>
      )}
    </>
  )
}

function Control(props: {
  value: SimulatorPayload
  attempt: (work: Promise<void>) => Promise<void>
}) {
  const { scenarios, run, bar, network } = props.value
  const { text, format } = useLanguage()
  const t = text.simulation
  const title = useTitle()
  const [scenario, setScenario] = useState('branch-fault')
  const [seed, setSeed] = useState('1')
  const [speed, setSpeed] = useState(1)
  const [busy, setBusy] = useState(false)
  const isOn = run !== null && (run.state === 'running' || run.state === 'stopping')
  const chosen = scenarios.find(({ name }) => name === scenario)
  function doing(work: Promise<void>) {
    setBusy(true)
    void props.attempt(work).finally(() => setBusy(false))
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    doing(isOn ? stopSimulation() : runSimulation(scenario, seed, speed))
  }
  return (
    <form className="simulation-form" onSubmit={submit}>
      <p className="quiet">
        {t.network(network.name, format.number(network.customers), format.number(network.feeders))}
      </p>
      <div className="operator-bar">
        <Select
          value={isOn ? run.scenario : scenario}
          aria-label={t.scenario}
          popupMatchSelectWidth={false}
          disabled={isOn}
          onChange={setScenario}
          options={scenarios.map(({ name }) => ({ value: name, label: title(scenarios, name) }))}
        />
        <label htmlFor="simulation-seed">{t.seed}</label>
        <Input
          id="simulation-seed"
          value={isOn ? String(run.seed) : seed}
          maxLength={32}
          disabled={isOn}
          onChange={(event) => setSeed(event.target.value)}
        />
        <label htmlFor="simulation-speed">{t.speed}</label>
        <InputNumber
          id="simulation-speed"
          value={isOn ? run.speed : speed}
          min={1}
          max={10}
          disabled={isOn}
          onChange={(value) => setSpeed(value ?? 1)}
        />
        <Button
          htmlType="submit"
          type="primary"
          danger={isOn}
          loading={busy}
          disabled={bar !== null || (!isOn && !/^[\w.-]{1,32}$/.test(seed))}
        >
          {isOn ? t.stop : t.run}
        </Button>
        {chosen && !isOn && (
          <span className="quiet">
            {chosen.loop ? t.endless : t.takes(Math.ceil(chosen.durationSeconds / 60 / speed))}
          </span>
        )}
      </div>
      {isOn && <p className="quiet">{t.stopNote}</p>}
    </form>
  )
}
