/** Where one signed-in account works: the live feed, and the view that the address names. */
import { App as AntApp } from 'antd'
import {
  type ComponentType,
  lazy,
  type ReactNode,
  Suspense,
  useEffect,
  useMemo,
  useState,
} from 'react'
import type { Account } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { namesOf } from '../incidents/names.ts'
import { FeedContext, useFreshness } from '../live/context.tsx'
import { LiveFeed } from '../live/feed.ts'
import { PageBoundary } from './FailureBoundary.tsx'
import { Header } from './Header.tsx'
import { LinkBanner } from './LinkBanner.tsx'
import { useNetwork } from './network.ts'
import { Panel } from './Panel.tsx'
import { PAGES } from './pages.ts'
import { Rail } from './Rail.tsx'
import { useView, VIEWS, type View, viewsFor } from './view.ts'
import type { ViewProps } from './view-props.ts'
import '../styles/console.css'
import '../styles/network-state.css'

const SHOWN = Object.fromEntries(VIEWS.map((view) => [view, lazy(PAGES[view])])) as unknown as {
  readonly [view in View]: ReturnType<typeof lazy<ComponentType<ViewProps>>>
}

interface Props {
  readonly account: Account
  readonly onExpired: () => void
  readonly onSignOut: () => void
}

export function Workplace({ account, onExpired, onSignOut }: Props) {
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
        <Room account={account} onSignOut={onSignOut} />
      </AntApp>
    </FeedContext>
  )
}

function Room({ account, onSignOut }: Omit<Props, 'onExpired'>) {
  const { text } = useLanguage()
  const network = useNetwork()
  const names = useMemo(() => namesOf(network.value), [network.value])
  const views = viewsFor(account)
  const asked = useView()
  const view = views.find((one) => one === asked) ?? views[0]
  const header = (
    <Panel id="header" name={text.header.title} className="header">
      <Header account={account} names={names} onSignOut={onSignOut} />
    </Panel>
  )
  if (view === undefined) return header
  const Page = SHOWN[view]
  const shared = { account, network, names }
  return (
    <Frame header={header} rail={views.length > 1 ? <Rail views={views} current={view} /> : null}>
      <PageBoundary key={view} panel={view}>
        <Suspense fallback={<div className="waiting" aria-busy="true" />}>
          <Page {...shared} />
        </Suspense>
      </PageBoundary>
    </Frame>
  )
}

function Frame(props: { header: ReactNode; rail: ReactNode; children: ReactNode }) {
  const fresh = useFreshness().state === 'live'
  return (
    <div
      className={`console${fresh ? '' : ' console-stale'}${props.rail === null ? '' : ' with-rail'}`}
    >
      {props.header}
      <LinkBanner />
      {props.rail}
      {props.children}
    </div>
  )
}
