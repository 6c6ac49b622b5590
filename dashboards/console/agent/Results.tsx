/** What was found, masked, walked with the arrow keys; and what is said when nothing was. */
import { Button } from 'antd'
import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef, useState } from 'react'
import type { CustomerPayload } from '../api/customers.ts'
import { useLanguage } from '../i18n/language.tsx'
import type { Names } from '../incidents/names.ts'
import type { Searching } from './useSearch.ts'

interface Props {
  readonly searching: Searching
  readonly names: Names
  /** What there is to do while nobody calls. */
  readonly children: ReactNode
}

export function Results({ searching, names, children }: Props) {
  const { text } = useLanguage()
  const t = text.agent
  const { search } = searching
  if (search.state === 'idle') {
    return (
      <div className="agent-nothing">
        <h2>{t.idle}</h2>
        <p>{t.idleHint}</p>
        {children}
      </div>
    )
  }
  if (search.state === 'searching') {
    return (
      <p className="agent-nothing" role="status">
        {t.searching}
      </p>
    )
  }
  if (search.state === 'failed') {
    return (
      <div className="agent-nothing" role="alert">
        <h2>{search.loading ? t.ledgerLoading : t.failed}</h2>
        <p>{t.failedHint}</p>
      </div>
    )
  }
  const { customers, refine } = search.answer
  if (customers.length === 0) {
    return (
      <div className="agent-nothing" role="status">
        <h2>{t.none}</h2>
        <p>{t.noneHint}</p>
        <Button onClick={searching.clear}>{t.again}</Button>
      </div>
    )
  }
  return (
    <div className="agent-results">
      <h2>
        {t.found(customers.length)}
        {refine && <small>{t.refine}</small>}
      </h2>
      <Listed customers={customers} names={names} onOpen={searching.open} />
    </div>
  )
}

function Listed(props: {
  customers: readonly CustomerPayload[]
  names: Names
  onOpen: (customer: CustomerPayload) => void
}) {
  const { customers, names, onOpen } = props
  const { text } = useLanguage()
  const list = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(0)
  // Before it is painted: who sees the list and presses a key means the list.
  // How many were found, and whether there are more, stays in view above.
  useLayoutEffect(() => list.current?.focus({ preventScroll: true }), [])
  function onKeyDown(event: KeyboardEvent) {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (move !== undefined) {
      event.preventDefault()
      const next = Math.min(customers.length - 1, Math.max(0, active + move))
      setActive(next)
      list.current?.children[next]?.scrollIntoView({ block: 'nearest' })
    } else if (event.key === 'Enter') {
      event.preventDefault()
      onOpen(customers[active]!)
    }
  }
  return (
    <div
      ref={list}
      role="listbox"
      tabIndex={0}
      aria-label={text.agent.results}
      aria-activedescendant={`found-${active}`}
      onKeyDown={onKeyDown}
    >
      {customers.map((customer, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the list keeps the focus and names the active row
        // biome-ignore lint/a11y/useKeyWithClickEvents: the list handles the keys for all rows
        <div
          key={customer.account}
          id={`found-${index}`}
          role="option"
          aria-selected={index === active}
          onClick={() => onOpen(customer)}
        >
          <strong>{customer.name}</strong>
          <span>{customer.address}</span>
          <span>{customer.phones.join(' · ')}</span>
          <small>
            {customer.account} · {names.unit(customer.unit)}
          </small>
        </div>
      ))}
    </div>
  )
}
