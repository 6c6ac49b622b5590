/**
 * Shares of cities under Order 599 (国务院令第599号): customers and load without supply, what comes next.
 * Only ever a suspicion: the grading is settled by people.
 */
import { type CityPayload, status } from '../api/operations.ts'
import { useLanguage } from '../i18n/language.tsx'
import type { Names } from '../incidents/names.ts'
import { useLoaded } from '../incidents/useLoaded.ts'
import { useNowEvery } from '../live/context.tsx'
import { LoadedOr, RENEW_MS } from './LoadedOr.tsx'

interface Props {
  readonly names: Names
}

/** In the drawer: every city of the rules, the gravest first. */
export function CityShares({ names }: Props) {
  const { text } = useLanguage()
  const [loaded, retry] = useLoaded(status, String(useNowEvery(RENEW_MS)))
  const t = text.cities
  return (
    <section className="city-shares">
      <h3>
        {t.heading} <small>{t.order}</small>
      </h3>
      <LoadedOr loaded={loaded} retry={retry}>
        {({ cities }) =>
          cities.length === 0 ? (
            <p className="quiet">{t.none}</p>
          ) : (
            <ul>
              {cities.toSorted(gravest).map((city) => (
                <City key={city.city} city={city} names={names} />
              ))}
            </ul>
          )
        }
      </LoadedOr>
    </section>
  )
}

/** On the wall: those that are suspected to have reached a level, and nothing where none has. */
export function CityWarnings({ names, everyMs }: Props & { everyMs: number }) {
  const { text } = useLanguage()
  const [loaded] = useLoaded(status, String(useNowEvery(everyMs)))
  const t = text.cities
  if (loaded.state !== 'ready') return null
  const warned = loaded.value.cities.filter(({ level }) => level !== 'none').toSorted(gravest)
  if (warned.length === 0) return null
  return (
    <ul className="wall-cities" aria-live="polite">
      {warned.map((city) => (
        <li key={city.city}>
          <b>{nameOf(city, names)}</b> {t.suspected[city.level]}
        </li>
      ))}
    </ul>
  )
}

function City({ city, names }: Props & { city: CityPayload }) {
  const { text, format } = useLanguage()
  const t = text.cities
  const { level, share, customersOut, customers, loadShare, next } = city
  const bounds = next && [
    next.share !== null && t.customersFrom(format.percent(next.share)),
    next.loadShare !== null && t.loadFrom(format.percent(next.loadShare)),
  ]
  return (
    <li className={level === 'none' ? '' : 'suspected'}>
      <strong>{nameOf(city, names)}</strong>
      <b>{shareWord(share)}</b>
      <span>
        {t.customers(format.number(customersOut), format.number(customers))} ·{' '}
        {loadShare === null ? t.loadUnknown : t.load(shareWord(loadShare))}
      </span>
      {level !== 'none' && <em>{t.suspected[level]}</em>}
      {next !== null && bounds && (
        <span>{t.next(t.levels[next.level], bounds.filter(Boolean).join(t.or))}</span>
      )}
    </li>
  )

  /** Cut, not rounded: 14.96 % has not reached 15 %. */
  function shareWord(of: number): string {
    return of > 0 && of < 0.001
      ? `<${format.share(0.001)}`
      : format.share(Math.floor(of * 1000) / 1000)
  }
}

const LEVELS: readonly CityPayload['level'][] = [
  'none',
  'warning',
  'general',
  'larger',
  'major',
  'extraordinary',
]

const gravest = (a: CityPayload, b: CityPayload) =>
  LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level) ||
  Math.max(b.share, b.loadShare ?? 0) - Math.max(a.share, a.loadShare ?? 0)

/** Cities are units or a few of them; of many the rules' own name is shorter. */
const NAMED = 2

const nameOf = ({ city, units }: CityPayload, names: Names) =>
  units.length > NAMED ? city : units.map((unit) => names.unit(unit)).join(' · ')
