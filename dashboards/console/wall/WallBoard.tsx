/** The wall board: what a room must know at a glance. It asks for nothing and moves by itself. */
import { useEffect, useMemo } from 'react'
import { incidentsSince, reliability } from '../api/history.ts'
import type { IncidentPayload, NetworkPayload } from '../api/payloads.ts'
import { CityWarnings } from '../app/CityShares.tsx'
import { Outdated } from '../app/LoadedOr.tsx'
import { Panel } from '../app/Panel.tsx'
import { useTheme } from '../app/theme.tsx'
import type { ViewProps } from '../app/view-props.ts'
import { useLanguage } from '../i18n/language.tsx'
import { isFinding } from '../incidents/group.ts'
import { customersOut } from '../incidents/headline.ts'
import { useLoaded } from '../incidents/useLoaded.ts'
import { useFreshness, useIncidents, useNow, useNowEvery, useStats } from '../live/context.tsx'
import { NetworkMap } from '../map/NetworkMap.tsx'
import { Arrivals } from './Arrivals.tsx'
import { arrivals, dayUntil, outageCurve } from './curve.ts'
import { LastHour } from './LastHour.tsx'
import '../styles/map.css'
import '../styles/wall.css'

const MINUTES = 60
const MINUTE_MS = 60_000
const RENEW_MS = 20_000
const CURVE_MS = 5_000
/** Nobody stands at a wall to ask for another try. */
const RETRY_MS = 10_000
const GRADES = [1, 2, 3, 4] as const
const UNITS_SHOWN = 8
const NONE: readonly IncidentPayload[] = []

export function WallBoard({ account, network, names }: ViewProps) {
  const { text } = useLanguage()
  const { force } = useTheme()
  useEffect(() => {
    force('dark')
    return () => force(null)
  }, [force])
  const t = text.wall
  const { all, phase } = useIncidents()
  // Before the first answer nobody may read here that nothing is out.
  const isCurrent = phase === 'current'
  const open = useMemo(() => all.filter(isOut), [all])
  const turn = useNowEvery(RENEW_MS)
  const [past] = useLoaded(
    (signal) => incidentsSince(turn - MINUTES * MINUTE_MS, signal),
    String(turn),
  )
  // What is new since the last answer comes by the live channel: the end of the curve keeps up.
  const now = useNowEvery(CURVE_MS)
  const before = past.state === 'ready' ? past.value : NONE
  const isHourKnown = isCurrent && past.state !== 'loading'
  const known = useMemo(
    () => (isHourKnown ? newestOf([...before, ...all]) : NONE),
    [isHourKnown, before, all],
  )
  const mayRead = account.rights.includes('reports.read')
  return (
    <main className="wall" aria-label={t.region}>
      <section className="wall-figures">
        <Panel id="wallOut" retryAfterMs={RETRY_MS} name={text.header.customersOut}>
          <Out names={names} />
        </Panel>
        <Panel id="wallGrades" retryAfterMs={RETRY_MS} name={text.header.incidents}>
          <Grades open={isCurrent ? open : null} />
        </Panel>
        <div className="wall-pair">
          <Panel id="wallArrived" retryAfterMs={RETRY_MS} name={t.arrived}>
            <Arrived known={known} now={now} />
          </Panel>
          {mayRead && (
            <Panel id="wallSaidi" retryAfterMs={RETRY_MS} name={t.saidi}>
              <Saidi />
            </Panel>
          )}
        </div>
      </section>
      <Panel id="wallMap" retryAfterMs={RETRY_MS} name={text.map.region} className="wall-map">
        <div className="wall-map">
          <NetworkMap
            network={network}
            names={names}
            selected={null}
            centreRequest={0}
            onSelect={() => undefined}
          />
        </div>
      </Panel>
      <Panel id="wallHour" retryAfterMs={RETRY_MS} name={t.lastHour} className="wall-hour">
        <section className="wall-hour">
          <h2>{t.lastHour}</h2>
          {past.state === 'failed' && <p role="alert">{t.noHistory}</p>}
          {past.state === 'ready' && past.outdated && <Outdated at={past.at} />}
          {isHourKnown && <Hour known={known} now={now} />}
        </section>
      </Panel>
      {mayRead && (
        <Panel
          id="wallArrivals"
          retryAfterMs={RETRY_MS}
          name={t.arrivals.title}
          className="wall-arrivals"
        >
          <Arrivals />
        </Panel>
      )}
      <Panel id="wallUnits" retryAfterMs={RETRY_MS} name={t.byUnit} className="wall-units">
        <section className="wall-units">
          <h2>{t.byUnit}</h2>
          <Units open={isCurrent ? open : null} network={network.value} />
        </section>
      </Panel>
      <Age />
    </main>
  )
}

function Out({ names }: { names: ViewProps['names'] }) {
  const { text, format } = useLanguage()
  const stats = useStats()
  return (
    <div className={(stats?.customersOut ?? 0) > 0 ? 'wall-out alarming' : 'wall-out'}>
      <h2>{text.header.customersOut}</h2>
      <p>{stats == null ? text.header.unknown : format.number(stats.customersOut)}</p>
      <small>{stats && text.header.ofCustomers(format.number(stats.customers))}</small>
      <CityWarnings names={names} everyMs={RENEW_MS} />
    </div>
  )
}

/** `open`: null until it is known. */
function Grades({ open }: { open: readonly IncidentPayload[] | null }) {
  const { text } = useLanguage()
  return (
    <div>
      <h2>{text.header.incidents}</h2>
      <ul className="wall-grades">
        {GRADES.map((grade) => {
          const count = open?.filter((one) => one.grade === grade).length
          return (
            <li key={grade} className={`grade-${grade}${count === 0 ? ' none' : ''}`}>
              <i>{text.grade.name[grade]}</i>
              <b>{count ?? text.header.unknown}</b>
              <span className="visually-hidden">{text.grade.word[grade]}</span>
            </li>
          )
        })}
      </ul>
    </div>
  )
}

/** Incidents of the hour and those of now, and the moment they are drawn for. */
interface Known {
  readonly known: readonly IncidentPayload[]
  readonly now: number
}

function Arrived({ known, now }: Known) {
  const { text } = useLanguage()
  const arrived = arrivals(known, now)
  return (
    <div>
      <h2>{text.wall.arrived}</h2>
      <p>{arrived === null ? text.header.unknown : text.wall.inTime(arrived.inTime, arrived.of)}</p>
    </div>
  )
}

function Hour({ known, now }: Known) {
  return <LastHour points={useMemo(() => outageCurve(known, now, MINUTES), [known, now])} />
}

const isOut = (one: IncidentPayload) =>
  one.outcome === null &&
  one.outageKind !== 'restored' &&
  one.outageKind !== 'closed' &&
  !isFinding(one)

function newestOf(incidents: readonly IncidentPayload[]): readonly IncidentPayload[] {
  const newest = new Map<string, IncidentPayload>()
  for (const one of incidents) {
    const kept = newest.get(one.id)
    if (kept === undefined || one.revision > kept.revision) newest.set(one.id, one)
  }
  return [...newest.values()]
}

/** Either is null until it is known. */
function Units(props: { open: readonly IncidentPayload[] | null; network: NetworkPayload | null }) {
  const { open, network } = props
  const { text, format } = useLanguage()
  if (open === null || network === null)
    return (
      <p className="wall-quiet" role="status">
        {text.list.loading}
      </p>
    )
  const rows = network.units
    .map(({ id, name }) => {
      const own = open.filter((one) => one.unit === id)
      const out = own.reduce((sum, one) => sum + customersOut(one), 0)
      return {
        id,
        name,
        out,
        count: own.length,
        worst: Math.min(4, ...own.map((one) => one.grade)),
      }
    })
    .filter((row) => row.count > 0)
    .sort((a, b) => b.out - a.out)
  if (rows.length === 0) return <p className="wall-quiet">{text.list.empty}</p>
  const most = Math.max(1, rows[0]!.out)
  return (
    <>
      <ol>
        {rows.slice(0, UNITS_SHOWN).map((row) => (
          <li key={row.id} className={`grade-${row.worst}`}>
            <span>{row.name}</span>
            <b>{format.number(row.out)}</b>
            <small>{text.wall.incidents(row.count)}</small>
            <i aria-hidden="true" style={{ width: `${(row.out / most) * 100}%` }} />
          </li>
        ))}
      </ol>
      {rows.length > UNITS_SHOWN && (
        <p className="wall-quiet">{text.wall.moreUnits(rows.length - UNITS_SHOWN)}</p>
      )}
    </>
  )
}

function Saidi() {
  const { text, format } = useLanguage()
  const turn = useNowEvery(MINUTE_MS)
  const { from, to } = dayUntil(turn)
  const [today] = useLoaded((signal) => reliability(from, to, signal), String(turn))
  return (
    <div>
      <h2>{text.wall.saidi}</h2>
      <p>
        {today.state === 'ready'
          ? text.wall.minutes(today.value.customers.saidiMinutes.toFixed(2))
          : text.header.unknown}
      </p>
      {today.state === 'failed' && <small role="alert">{text.network.error}</small>}
      {today.state === 'ready' && today.outdated && (
        <small role="status">{text.ago(format.age(turn - today.at))}</small>
      )}
    </div>
  )
}

function Age() {
  const { text, format } = useLanguage()
  const { state, ageMs } = useFreshness()
  const now = useNow()
  return (
    <p className={`wall-age ${state}`} role="status">
      <b>{format.time(now)}</b>
      <span>
        {text.link[state]} ·{' '}
        {ageMs === null ? text.header.unknown : text.wall.age(format.age(ageMs))}
      </span>
    </p>
  )
}
