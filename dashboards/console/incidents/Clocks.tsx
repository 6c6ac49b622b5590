/** The clocks of the repair as bars: what is left or late in words, promise and law as marks. */
import { CheckOutlined, ClockCircleOutlined, ExclamationCircleFilled } from '@ant-design/icons'
import type { IncidentPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useNow } from '../live/context.tsx'
import { type ClockReading, isLate, readClock, shownClocks } from './clocks.ts'

export function Clocks({ incident }: { incident: IncidentPayload }) {
  const { text } = useLanguage()
  const now = useNow()
  const { urges } = incident
  const clocks = shownClocks(incident)
  if (clocks.length === 0 && urges === 0 && incident.notice?.status !== 'proposed') return null
  return (
    <section className="clocks">
      <h3>
        {text.clock.heading}
        {urges > 0 && <small className="clocks-urges">{text.clock.urges(urges)}</small>}
      </h3>
      {clocks.length === 0 ? (
        <p className="quiet">{text.clock.none}</p>
      ) : (
        <ul>
          {clocks.map((clock) => (
            <ClockBar key={clock.name} reading={readClock(clock, now)} />
          ))}
        </ul>
      )}
    </section>
  )
}

const SIGN = {
  running: <ClockCircleOutlined />,
  late: <ExclamationCircleFilled />,
  beyondLaw: <ExclamationCircleFilled />,
  done: <CheckOutlined />,
  doneLate: <CheckOutlined />,
}

function ClockBar({ reading }: { reading: ClockReading }) {
  const { text, format } = useLanguage()
  const { state, leftMs, share, promiseAt, clock } = reading
  const t = text.clock
  const amount = format.duration(Math.abs(leftMs))
  const words = {
    running: t.left(amount),
    late: t.late(amount),
    beyondLaw: t.beyondLaw(amount),
    done: t.done,
    doneLate: t.doneLate(amount),
  }[state]
  if (clock.doneAt !== null) {
    return (
      <li className={`clock ${state}`}>
        <span className="clock-name">{t.names[reading.name]}</span>
        <span className="clock-state">
          <i aria-hidden="true">{SIGN[state]}</i>
          {words} · {format.about(clock.doneAt)}
        </span>
      </li>
    )
  }
  return (
    <li className={`clock ${state}`}>
      <span className="clock-name">{t.names[reading.name]}</span>
      <span className="clock-state">
        <i aria-hidden="true">{SIGN[state]}</i>
        {words}
      </span>
      <span className={`clock-bar${isLate(reading) ? ' pattern-late' : ''}`} aria-hidden="true">
        <i style={{ width: `${share * 100}%` }} />
        {clock.legalDueAt !== null && <b style={{ left: `${promiseAt * 100}%` }} />}
      </span>
      <span className="clock-limits">
        {t.due(format.about(clock.dueAt))}
        {clock.legalDueAt !== null && ` · ${t.legal(format.about(clock.legalDueAt))}`}
      </span>
    </li>
  )
}

/** The clock to watch, small, for a row of the list. */
export function RunningClock({ reading }: { reading: ClockReading }) {
  const { text, format } = useLanguage()
  const late = isLate(reading)
  return (
    <span className={`running-clock${late ? ' late' : ''}`}>
      <i aria-hidden="true">{SIGN[reading.state]}</i>
      {text.clock.names[reading.name]}{' '}
      <b>
        {(late ? text.clock.short.late : text.clock.short.left)(format.countdown(reading.leftMs))}
      </b>
    </span>
  )
}
