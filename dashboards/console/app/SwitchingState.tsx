/** Where the network differs from its normal state: switches, loops, islands, what is planned. */
import type { ReactNode } from 'react'
import { switching } from '../api/client.ts'
import type { SwitchingPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { deviceName } from '../incidents/headline.ts'
import { Moment } from '../incidents/Moment.tsx'
import type { Names } from '../incidents/names.ts'
import { useLoaded } from '../incidents/useLoaded.ts'
import { useNow } from '../live/context.tsx'
import { LoadedOr, RENEW_MS } from './LoadedOr.tsx'

/** What is younger is shown as now: the clock of the screen ticks in seconds. */
const NOW_MS = 2_000

export function SwitchingState({ names }: { names: Names }) {
  const { text, format } = useLanguage()
  const now = useNow()
  const [loaded, retry] = useLoaded(switching, String(Math.floor(now / RENEW_MS)))
  const t = text.network
  const ageMs = loaded.state === 'ready' ? now - Date.parse(loaded.value.asOf) : 0
  return (
    <section>
      <h3>
        {t.switching}
        {loaded.state === 'ready' && (
          <small>{ageMs < NOW_MS ? text.header.now : t.asOf(format.age(ageMs))}</small>
        )}
      </h3>
      <LoadedOr loaded={loaded} retry={retry}>
        {(value) => <Differences value={value} names={names} />}
      </LoadedOr>
    </section>
  )
}

function Differences({ value, names }: { value: SwitchingPayload; names: Names }) {
  const { text, format } = useLanguage()
  const { operated, planned, loops, islands } = value
  const t = text.network
  if (operated.length + planned.length + loops.length + islands.length === 0)
    return <p className="quiet">{t.normal}</p>
  return (
    <>
      <Part title={t.operated} count={operated.length}>
        {operated.map((one) => (
          <li key={one.device.id}>
            <strong>{deviceName(one.device, text)}</strong>
            <b className={`position ${one.position}`}>{t.position[one.position]}</b>
            <span>
              {[
                t.normally(t.position[one.normally]),
                one.feeder === null ? null : names.feeder(one.feeder),
                t.source[one.source],
                one.by,
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
            <Moment at={one.since} />
          </li>
        ))}
      </Part>
      <Part title={t.islands} count={islands.length}>
        {islands.map(({ device, customers, transformers }) => (
          <li key={device.id}>
            <strong>{deviceName(device, text)}</strong>
            <span>{t.scope(format.number(transformers), format.number(customers))}</span>
          </li>
        ))}
      </Part>
      <Part title={t.loops} count={loops.length}>
        {loops.map((device) => (
          <li key={device.id}>
            <strong>{deviceName(device, text)}</strong>
          </li>
        ))}
      </Part>
      <Part title={t.planned} count={planned.length}>
        {planned.map((one) => (
          <li key={one.requestId}>
            <strong>{one.device}</strong>
            <b className={`position ${one.position}`}>{t.position[one.position]}</b>
            <span>{one.by}</span>
            <Moment at={one.at} />
          </li>
        ))}
      </Part>
    </>
  )
}

function Part(props: { title: string; count: number; children: ReactNode }) {
  const { format } = useLanguage()
  if (props.count === 0) return null
  return (
    <>
      <h4>
        {props.title} {format.number(props.count)}
      </h4>
      <ul>{props.children}</ul>
    </>
  )
}
