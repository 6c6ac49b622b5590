/** What everyone may see: coarse areas, numbers in tens, when supply is expected. No sign-in. */
import { useEffect, useState } from 'react'
import { PageBoundary } from '../app/FailureBoundary.tsx'
import { LanguageSwitch } from '../app/LanguageSwitch.tsx'
import { Mark } from '../app/Mark.tsx'
import { Panel } from '../app/Panel.tsx'
import { applyPalette } from '../app/palette.ts'
import { LanguageProvider, useLanguage } from '../i18n/language.tsx'
import { AreaMap } from './AreaMap.tsx'
import { type OutageFeature, type OutageFeed, useOutageFeed } from './feed.ts'
import '../styles/public.css'

/** The same, for programs. */
const FEEDS = [
  ['GeoJSON', '/public/outages.geojson'],
  ['ODIN JSON', '/odin/outages.json'],
  ['ODIN XML', '/odin/outages.xml'],
] as const

export function PublicPage() {
  useEffect(() => {
    const dark = window.matchMedia('(prefers-color-scheme: dark)')
    const apply = () => applyPalette(dark.matches ? 'dark' : 'light')
    apply()
    dark.addEventListener('change', apply)
    return () => dark.removeEventListener('change', apply)
  }, [])
  return (
    <LanguageProvider>
      <PageBoundary panel={null}>
        <Page />
      </PageBoundary>
    </LanguageProvider>
  )
}

function Page() {
  const { text } = useLanguage()
  const t = text.publicPage
  const { feed, failed } = useOutageFeed()
  useEffect(() => {
    document.title = t.title
  }, [t])
  return (
    <div className="public">
      <header>
        <Mark />
        <h1>{t.title}</h1>
        <LanguageSwitch />
      </header>
      <main>
        {feed === null ? (
          <p className="public-quiet" role={failed ? 'alert' : 'status'}>
            {failed ? t.failed : t.loading}
          </p>
        ) : (
          <Outages feed={feed} failed={failed} />
        )}
      </main>
      <footer>
        <p>{t.safety}</p>
        <p>
          {t.hotline} · {t.feeds}
          {FEEDS.map(([name, address]) => (
            <a key={name} href={address}>
              {name}
            </a>
          ))}
        </p>
      </footer>
    </div>
  )
}

function Outages({ feed, failed }: { feed: OutageFeed; failed: boolean }) {
  const { text, format } = useLanguage()
  const t = text.publicPage
  const { features, territory, smallestGroup } = feed
  const total = features.reduce((sum, { properties }) => sum + properties.customersOut, 0)
  return (
    <>
      <section className="public-total">
        <p className={total > 0 ? 'out' : ''}>
          {total === 0 ? t.none : t.total(format.number(total))}
        </p>
        <Age asOf={feed.asOf} failed={failed} />
      </section>
      <Panel id={null} name={t.map}>
        <AreaMap territory={territory} features={features} />
      </Panel>
      <section aria-label={t.areas}>
        {features.length > 0 && (
          <ul className="public-areas">
            {features.map((one) => (
              <Area key={one.id} one={one} />
            ))}
          </ul>
        )}
        <p className="public-quiet">{t.small(smallestGroup)}</p>
      </section>
    </>
  )
}

function Area({ one }: { one: OutageFeature }) {
  const { text, format } = useLanguage()
  const t = text.publicPage
  const { name, customersOut, planned, since, expected } = one.properties
  return (
    <li className={planned ? 'planned' : 'fault'}>
      <h2>{name}</h2>
      <b>{t.about(format.number(customersOut))}</b>
      <p>{planned ? t.planned : t.fault}</p>
      <p>{t.since(format.about(since))}</p>
      <p>{expected === null ? t.noTime : t.expected(format.about(expected))}</p>
    </li>
  )
}

const TICK_MS = 10_000

function Age({ asOf, failed }: { asOf: string; failed: boolean }) {
  const { text, format } = useLanguage()
  const t = text.publicPage
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), TICK_MS)
    return () => window.clearInterval(timer)
  }, [])
  const age = format.age(Math.max(0, now - Date.parse(asOf)))
  return (
    <p className={`public-age${failed ? ' failed' : ''}`} role={failed ? 'alert' : 'status'}>
      {failed ? t.kept(age) : t.asOf(format.time(asOf), age)}
    </p>
  )
}
