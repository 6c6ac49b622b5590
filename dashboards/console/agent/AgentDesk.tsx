/** The agent's desk (坐席): one field, the answer first, one key for each thing a caller may want. */
import { SearchOutlined } from '@ant-design/icons'
import { Input, type InputRef } from 'antd'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { Panel } from '../app/Panel.tsx'
import type { ViewProps } from '../app/view-props.ts'
import { useLanguage } from '../i18n/language.tsx'
import { CallBacks } from './CallBacks.tsx'
import { Complaints } from './Complaints.tsx'
import { CustomerCard } from './CustomerCard.tsx'
import { forgetIncoming, incoming, onIncoming } from './incoming.ts'
import { KeyboardMap } from './KeyboardMap.tsx'
import { Results } from './Results.tsx'
import { useKeys } from './useKeys.ts'
import { useSearch } from './useSearch.ts'
import '../styles/list.css'
import '../styles/detail.css'
import '../styles/service.css'
import '../styles/agent.css'

export function AgentDesk({ account, names }: ViewProps) {
  const { text } = useLanguage()
  const t = text.agent
  const field = useRef<InputRef>(null)
  const [typed, setTyped] = useState('')
  const [calling, setCalling] = useState(false)
  const [mapOpen, setMapOpen] = useState(false)
  const searching = useSearch()
  const call = useSyncExternalStore(onIncoming, incoming)

  // biome-ignore lint/correctness/useExhaustiveDependencies: each call is taken once
  useEffect(() => {
    if (call === null || call.text === '') return
    setTyped(call.text)
    setCalling(true)
    searching.ask(call.text)
    forgetIncoming()
  }, [call])

  function next() {
    searching.clear()
    setTyped('')
    setCalling(false)
    field.current?.focus()
  }
  function back() {
    if (mapOpen) setMapOpen(false)
    else if (searching.opened !== null && severalFound()) searching.close()
    else next()
  }
  const severalFound = () =>
    searching.search.state === 'found' && searching.search.answer.customers.length > 1

  useKeys({
    '/': () => field.current?.focus({ cursor: 'all' }),
    '?': () => setMapOpen((open) => !open),
    Escape: back,
    n: next,
  })

  return (
    <main className="agent" aria-label={t.region}>
      <search className="agent-ask">
        <Input
          ref={field}
          size="large"
          autoFocus
          allowClear
          prefix={<SearchOutlined />}
          suffix={
            <span className="key" aria-hidden="true">
              /
            </span>
          }
          value={typed}
          autoComplete="off"
          spellCheck={false}
          aria-label={t.ask}
          placeholder={t.ask}
          onChange={(event) => setTyped(event.target.value)}
          onPressEnter={() => {
            setCalling(false)
            searching.ask(typed)
          }}
        />
        {calling && (
          <span className="agent-calling" role="status">
            {t.calling}
          </span>
        )}
        <button type="button" className="agent-keys" onClick={() => setMapOpen(true)}>
          <span className="key" aria-hidden="true">
            ?
          </span>{' '}
          {t.keys.title}
        </button>
      </search>
      {searching.opened === null ? (
        <Results searching={searching} names={names}>
          {account.rights.includes('callbacks.write') && (
            <Panel id="callBacks" name={text.agent.callBacks.heading}>
              <CallBacks />
            </Panel>
          )}
          {account.rights.includes('complaints.read') && (
            <Panel id="complaints" name={text.complaints.heading}>
              <Complaints account={account} />
            </Panel>
          )}
        </Results>
      ) : (
        <Panel id="customerCard" key={searching.opened.account} name={t.card} className="answer">
          <CustomerCard customer={searching.opened} account={account} names={names} />
        </Panel>
      )}
      <KeyboardMap open={mapOpen} onClose={() => setMapOpen(false)} />
    </main>
  )
}
