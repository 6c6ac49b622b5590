/** The strip at the top: the figures of the whole network, how fresh they are, and whose desk it is. */
import { DownOutlined, MoonOutlined, SunOutlined } from '@ant-design/icons'
import type { ReactNode } from 'react'
import type { Account } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import type { Names } from '../incidents/names.ts'
import { isListed } from '../incidents/order.ts'
import { useFreshness, useIncidents, useStats } from '../live/context.tsx'
import { LanguageSwitch } from './LanguageSwitch.tsx'
import { Mark } from './Mark.tsx'
import { MenuButton } from './MenuButton.tsx'
import { NetworkState } from './NetworkState.tsx'
import { Sparkline } from './Sparkline.tsx'
import { useTheme } from './theme.tsx'

interface Props {
  readonly account: Account
  readonly names: Names
  readonly onSignOut: () => void
}

const GRADES = [1, 2, 3, 4] as const

export function Header({ account, names, onSignOut }: Props) {
  const { text } = useLanguage()
  return (
    <header className="header">
      <div className="brand">
        <Mark />
        <div>
          <strong>{text.product.title}</strong>
          <span>{text.product.name}</span>
        </div>
      </div>
      <Figures />
      <div className="header-side">
        <StormMode />
        <Freshness />
        <NetworkState account={account} names={names} />
        <LanguageSwitch />
        <ThemeSwitch />
        <AccountMenu account={account} names={names} onSignOut={onSignOut} />
      </div>
    </header>
  )
}

function Figures() {
  const { text, format } = useLanguage()
  const stats = useStats()
  const { all, phase } = useIncidents()
  const number = (value: number | undefined) =>
    value === undefined ? text.header.unknown : format.number(value)
  // The list is what one sees, so its count and the header's may never differ.
  const open = all.filter((one) => isListed(one) && one.outageKind !== 'restored')
  return (
    <dl className="figures">
      <Figure
        label={text.header.customersOut}
        value={number(stats?.customersOut)}
        note={stats ? text.header.ofCustomers(number(stats.customers)) : ''}
        alarming={(stats?.customersOut ?? 0) > 0}
      />
      <Figure label={text.header.transformersOut} value={number(stats?.transformersOut)} />
      <Figure
        label={text.header.incidents}
        value={number(phase === 'current' ? open.length : undefined)}
      >
        <span className="grade-counts" hidden={phase !== 'current'}>
          {GRADES.map((grade) => {
            const count = open.filter((incident) => incident.grade === grade).length
            return (
              <span
                key={grade}
                className={`grade-count grade-${grade}${count === 0 ? ' none' : ''}`}
                title={text.grade.full(text.grade.name[grade], text.grade.word[grade])}
              >
                <i aria-hidden="true">{text.grade.name[grade]}</i>
                <span aria-hidden="true">{count}</span>
                <span className="visually-hidden">
                  {text.grade.count(text.grade.name[grade], count)}
                </span>
              </span>
            )
          })}
        </span>
      </Figure>
      <Figure
        label={text.header.reports}
        value={number(stats?.reportsPerMinute)}
        note={text.header.perMinute}
      >
        <Sparkline value={stats?.reportsPerMinute} asOf={stats?.asOf} />
      </Figure>
    </dl>
  )
}

function Figure(props: {
  label: string
  value: string
  note?: string
  alarming?: boolean
  children?: ReactNode
}) {
  return (
    <div className={`figure${props.alarming ? ' alarming' : ''}`}>
      <dt>{props.label}</dt>
      <dd>
        <span className="figure-value">{props.value}</span>
        {props.note && <span className="figure-note">{props.note}</span>}
        {props.children}
      </dd>
    </div>
  )
}

function StormMode() {
  const { text, format } = useLanguage()
  const storm = useStats()?.storm
  if (!storm?.on) return null
  const since = storm.since === null ? '' : format.time(storm.since)
  return (
    <span className="storm-mode" role="status" title={text.header.storm.since(since)}>
      {text.header.storm.on} · {text.header.storm[storm.by]}
    </span>
  )
}

function Freshness() {
  const { text, format } = useLanguage()
  const { state, ageMs } = useFreshness()
  const age =
    ageMs === null ? text.header.unknown : ageMs < 5_000 ? text.header.now : format.duration(ageMs)
  return (
    <div className={`freshness ${state}`}>
      <span className="freshness-state">
        <i aria-hidden="true" />
        {text.link[state]}
      </span>
      <span className="freshness-age">
        <span className="visually-hidden">{text.header.dataAge}</span>
        {age}
      </span>
    </div>
  )
}

function ThemeSwitch() {
  const { text } = useLanguage()
  const { name, toggle } = useTheme()
  return (
    <button
      type="button"
      className="icon-button"
      onClick={toggle}
      aria-label={text.header.theme.toggle}
      title={text.header.theme.toggle}
    >
      {name === 'light' ? <MoonOutlined /> : <SunOutlined />}
    </button>
  )
}

function AccountMenu({ account, names, onSignOut }: Props) {
  const { text } = useLanguage()
  const role = text.roles[account.role] ?? account.role
  const scope =
    account.allUnits || account.units.length === 0
      ? text.header.wholeGrid
      : account.units.map((unit) => names.unit(unit)).join(' · ')
  return (
    <MenuButton
      placement="bottomRight"
      items={[
        { key: 'who', label: `${account.name} · ${scope}`, disabled: true },
        { type: 'divider' },
        { key: 'out', label: text.header.signOut },
      ]}
      onChoose={onSignOut}
    >
      <button type="button" className="account" title={`${role} · ${scope}`}>
        <span className="visually-hidden">{text.header.account}</span>
        <span className="account-role">{role}</span>
        <span className="account-scope">{scope}</span>
        <DownOutlined />
      </button>
    </MenuButton>
  )
}
