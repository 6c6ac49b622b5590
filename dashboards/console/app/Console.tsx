/** The operations console of one signed-in account: figures, list, map and detail, all live. */
import { App as AntApp } from 'antd'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { Account } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { Announcer } from '../incidents/Announcer.tsx'
import { IncidentDetail } from '../incidents/IncidentDetail.tsx'
import { IncidentList } from '../incidents/IncidentList.tsx'
import { namesOf } from '../incidents/names.ts'
import { FeedContext, useFreshness } from '../live/context.tsx'
import { LiveFeed } from '../live/feed.ts'
import { NetworkMap } from '../map/NetworkMap.tsx'
import { Header } from './Header.tsx'
import { LinkBanner } from './LinkBanner.tsx'
import { useNetwork } from './network.ts'
import { useSelection } from './selection.ts'
import '../styles/console.css'
import '../styles/list.css'
import '../styles/detail.css'
import '../styles/map.css'
import '../styles/network-state.css'
import '../styles/service.css'

interface Props {
  readonly account: Account
  readonly onExpired: () => void
  readonly onSignOut: () => void
}

export function Console(props: Props) {
  const { onExpired } = props
  const [feed, setFeed] = useState<LiveFeed | null>(null)
  useEffect(() => {
    const created = new LiveFeed(onExpired)
    created.start()
    setFeed(created)
    return () => created.stop()
  }, [onExpired])
  if (feed === null) return null
  return (
    <FeedContext value={feed}>
      <AntApp component={false} message={{ top: 72 }}>
        <Desk {...props} />
      </AntApp>
    </FeedContext>
  )
}

function Desk({ account, onSignOut }: Props) {
  const { text } = useLanguage()
  const network = useNetwork()
  const names = useMemo(() => namesOf(network.value), [network.value])
  const [selected, select] = useSelection()
  const [centreRequest, setCentreRequest] = useState(0)
  const fresh = useFreshness().state === 'live'
  const list = useRef<HTMLDivElement>(null)

  return (
    <div className={`console${fresh ? '' : ' console-stale'}`}>
      <button type="button" className="skip" onClick={() => focusOn('incident-list')}>
        {text.skip.toList}
      </button>
      <button type="button" className="skip" onClick={() => focusOn('network-map')}>
        {text.skip.toMap}
      </button>
      <Header account={account} names={names} onSignOut={onSignOut} />
      <LinkBanner />
      <div className="desk">
        <IncidentList listRef={list} names={names} selected={selected} onSelect={select} />
        <NetworkMap
          network={network}
          names={names}
          selected={selected}
          centreRequest={centreRequest}
          onSelect={select}
        >
          {selected !== null && (
            <IncidentDetail
              key={selected}
              id={selected}
              account={account}
              names={names}
              onSelect={select}
              onCentre={() => setCentreRequest((count) => count + 1)}
              onClose={() => {
                select(null)
                list.current?.focus()
              }}
            />
          )}
        </NetworkMap>
      </div>
      <Announcer names={names} />
    </div>
  )
}

function focusOn(id: string) {
  document.getElementById(id)?.focus()
}
