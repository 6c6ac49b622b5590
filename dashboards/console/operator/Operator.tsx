/** The operator's view: does every part run, what could not be used, which terminals are trusted. */
import { Segmented } from 'antd'
import { useState } from 'react'
import { Panel } from '../app/Panel.tsx'
import type { ViewProps } from '../app/view-props.ts'
import { useLanguage } from '../i18n/language.tsx'
import { Parts } from './Parts.tsx'
import { Quarantine } from './Quarantine.tsx'
import { Receivers } from './Receivers.tsx'
import { Rules } from './Rules.tsx'
import { Simulation } from './Simulation.tsx'
import { Terminals } from './Terminals.tsx'
import '../styles/operator.css'

const TABS = ['parts', 'quarantine', 'terminals', 'rules', 'simulation', 'receivers'] as const
type Tab = (typeof TABS)[number]

const RIGHT: Readonly<Record<Tab, string>> = {
  parts: 'status.read',
  quarantine: 'quarantine.read',
  terminals: 'terminals.read',
  rules: 'rules.read',
  simulation: 'simulator.read',
  receivers: 'webhooks.read',
}

export function Operator({ account, names }: ViewProps) {
  const { text } = useLanguage()
  const [tab, setTab] = useState<Tab>('parts')
  const tabs = TABS.filter((one) => account.rights.includes(RIGHT[one]))
  return (
    <main className="operator" aria-label={text.operator.region}>
      <Segmented<Tab>
        value={tab}
        onChange={setTab}
        aria-label={text.operator.region}
        options={tabs.map((value) => ({ value, label: text.operator.tabs[value] }))}
      />
      <Panel id="operatorTab" key={tab} name={text.operator.tabs[tab]}>
        {tab === 'parts' && <Parts account={account} />}
        {tab === 'quarantine' && <Quarantine account={account} />}
        {tab === 'terminals' && <Terminals account={account} names={names} />}
        {tab === 'rules' && <Rules account={account} />}
        {tab === 'simulation' && <Simulation account={account} />}
        {tab === 'receivers' && <Receivers account={account} />}
      </Panel>
    </main>
  )
}
