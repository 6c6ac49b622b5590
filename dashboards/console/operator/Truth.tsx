/** What really happened, each fault beside what the program said of it, and the score. */
import type { SimulatorPayload, TrueFaultPayload } from '../api/simulator.ts'
import { TableHead } from '../app/TableHead.tsx'
import { go } from '../app/view.ts'
import { useLanguage } from '../i18n/language.tsx'
import { Moment } from '../incidents/Moment.tsx'

type Result = NonNullable<SimulatorPayload['result']>

export function Truth({ result }: { result: Result }) {
  const { text } = useLanguage()
  const t = text.simulation
  return (
    <>
      <Score score={result.score} />
      {result.faults.length === 0 ? (
        <p className="quiet">{t.noFaults}</p>
      ) : (
        <table className="plain">
          <caption className="visually-hidden">{t.truth}</caption>
          <TableHead
            columns={[t.at, t.opened, t.customers, t.said, t.verdict, t.sensed, t.restored]}
          />
          <tbody>
            {result.faults.map((fault) => (
              <Fault key={fault.fault} fault={fault} />
            ))}
          </tbody>
        </table>
      )}
      {result.falseIncidents.length > 0 && (
        <section className="false-incidents">
          <h3>{t.falseIncidents}</h3>
          <ul>
            {result.falseIncidents.map(({ incident, device }) => (
              <li key={incident}>
                <IncidentLink id={incident} /> {device.name}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

function Fault({ fault }: { fault: TrueFaultPayload }) {
  const { text, format } = useLanguage()
  const t = text.simulation
  const { place, named, incident } = fault
  const right = place === 'same' || place === 'indistinguishable'
  return (
    <tr>
      <td>
        <Moment at={fault.at} />
      </td>
      <th scope="row">
        {fault.device.name}
        <small>{text.level[fault.level]}</small>
      </th>
      <td>{format.number(fault.customers)}</td>
      <td>
        {incident === null ? (
          t.nothingSaid
        ) : (
          <>
            <IncidentLink id={incident} />
            {!right && named !== null && <small>{named.name}</small>}
          </>
        )}
      </td>
      <td className={right ? 'right' : incident === null && !fault.seen ? '' : 'trouble'}>
        {place === null ? (fault.seen ? t.missed : t.notSeen) : t.places[place]}
        {fault.duplicates.length > 0 && <small>{t.twice(fault.duplicates.join(' '))}</small>}
      </td>
      <td>
        {fault.sensedAfterMs === null
          ? ''
          : t.seconds((Math.max(0, fault.sensedAfterMs) / 1000).toFixed(1))}
      </td>
      <td>
        {fault.restoredAt === null
          ? t.stillOut
          : fault.restoredAfterMs === null
            ? t.notYetSaid
            : t.seconds((Math.max(0, fault.restoredAfterMs) / 1000).toFixed(1))}
      </td>
    </tr>
  )
}

function IncidentLink({ id }: { id: string }) {
  return (
    <a
      href={`/#/incidents/${id}`}
      onClick={(event) => {
        event.preventDefault()
        go('desk', `#/incidents/${id}`)
      }}
    >
      {id}
    </a>
  )
}

function Score({ score }: { score: Result['score'] }) {
  const { text, format } = useLanguage()
  const t = text.simulation
  const number = (name: string) => format.number(score[name] ?? 0)
  const share = (name: string) => t.percent(format.number(Math.round(100 * (score[name] ?? 0))))
  const median = score.medianSensedMs
  const figures: readonly (readonly [string, string])[] = [
    [t.score.found, `${number('found')} / ${number('faults')}`],
    [t.score.right, number('right')],
    [t.score.precision, share('precision')],
    [t.score.recall, share('recallSeen')],
    [t.score.meters, `${share('meterPrecision')} / ${share('meterRecall')}`],
    [t.score.sensed, median == null ? '–' : t.seconds((median / 1000).toFixed(1))],
    [t.score.false, number('falseIncidents')],
    [t.score.momentary, `${number('momentaryQuiet')} / ${number('momentary')}`],
  ]
  return (
    <dl className="score">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
