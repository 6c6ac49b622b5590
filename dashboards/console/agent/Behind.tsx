/** What stands behind the sentence: supply, incident, progress, time, plans, arrears, the past. */
import type { ReactNode } from 'react'
import type { CardPayload } from '../api/customers.ts'
import { Panel } from '../app/Panel.tsx'
import { useLanguage } from '../i18n/language.tsx'
import { causeWord, useCauses } from '../incidents/causes.ts'
import { deviceName, headlineOf } from '../incidents/headline.ts'
import { Moment } from '../incidents/Moment.tsx'
import { GradeBadge, StateChip } from '../incidents/marks.tsx'
import type { Names } from '../incidents/names.ts'

interface Props {
  readonly card: CardPayload
  readonly names: Names
  /** The last renewal did not come. */
  readonly failed: boolean
}

export function Behind({ card, names, failed }: Props) {
  const { text } = useLanguage()
  const t = text.agent
  return (
    <div className={`behind${card.stale ? ' stale' : ''}`}>
      {failed && (
        <p className="behind-failed" role="alert">
          {t.renewFailed}
        </p>
      )}
      <div>
        <Panel id="supply" name={t.supply}>
          <Supply card={card} />
        </Panel>
        <Panel id="announced" name={t.announced}>
          <Announced card={card} />
        </Panel>
      </div>
      <div>
        <Panel id="restoration" name={t.restoration}>
          <Restoration card={card} />
        </Panel>
        <Panel id="pastOutages" name={t.past}>
          <Past card={card} />
        </Panel>
      </div>
      <div>
        <Panel id="customerIncident" name={t.incident}>
          <Outage card={card} names={names} />
        </Panel>
        <Panel id="contacts" name={t.contacts}>
          <Contacts card={card} />
        </Panel>
        <Panel id="messages" name={t.messages}>
          <Messages card={card} />
        </Panel>
      </div>
    </div>
  )
}

function Block(props: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3>{props.title}</h3>
      {props.children}
    </section>
  )
}

function Supply({ card }: { card: CardPayload }) {
  const { text, format } = useLanguage()
  const t = text.agent
  const { state, probabilityDead, meterSaid, meterHeardAt, path } = card.supply
  return (
    <Block title={t.supply}>
      <p className={`supply-state ${state}`}>
        <i aria-hidden="true" />
        <b>{t.supplyState[state]}</b>
        {probabilityDead !== null && (
          <span>{t.probabilityDead(format.probability(probabilityDead))}</span>
        )}
      </p>
      <p>
        {t.meterSaid[meterSaid]} {meterHeardAt !== null && <Moment at={meterHeardAt} />}
      </p>
      {path.length > 0 && (
        <details>
          <summary>{t.path(path.length)}</summary>
          <ol className="supply-path">
            {path.map((device) => (
              <li key={device.id}>
                {deviceName(device, text)}
                <small>{text.deviceType[device.type]}</small>
              </li>
            ))}
          </ol>
        </details>
      )}
    </Block>
  )
}

function Restoration({ card }: { card: CardPayload }) {
  const { text, format } = useLanguage()
  const t = text.agent
  const { restoration, incident, progress } = card
  return (
    <Block title={t.restoration}>
      {card.stale ? (
        <p className="quiet">{t.staleTime}</p>
      ) : restoration === null ? (
        <p className="quiet">{incident === null ? t.noOutage : text.detail.etrNone}</p>
      ) : (
        <p className={`expected${restoration.passed ? ' passed' : ''}`}>
          <b>{format.about(restoration.at)}</b>
          <span>
            {t.etrSource[restoration.source]}
            <small>{text.ago(format.age(restoration.ageSeconds * 1000))}</small>
          </span>
          {restoration.passed && <em>{t.passed}</em>}
        </p>
      )}
      {progress !== null && (
        <ol className="five-steps" aria-label={t.progress}>
          {progress.of.map((step, index) => {
            const reached = progress.of.indexOf(progress.step)
            return (
              <li
                key={step}
                className={index < reached ? 'done' : index === reached ? 'now' : ''}
                aria-current={index === reached ? 'step' : undefined}
              >
                {t.steps[step] ?? step}
              </li>
            )
          })}
        </ol>
      )}
    </Block>
  )
}

function Outage({ card, names }: { card: CardPayload; names: Names }) {
  const { text, format } = useLanguage()
  // Words of causes come with the tree.
  useCauses()
  const t = text.agent
  const { incident } = card
  return (
    <Block title={t.incident}>
      {incident === null ? (
        <p className="quiet">{t.noIncident}</p>
      ) : (
        <>
          <p className="detail-tags">
            <GradeBadge incident={incident} />
            <StateChip incident={incident} />
            <span className="tag">{text.level[incident.level]}</span>
            <span className="quiet">{incident.id}</span>
          </p>
          <p>{headlineOf(incident, names, text, format)}</p>
          <dl className="pairs">
            <Pair name={t.stage} value={text.stage[incident.stage]} />
            <Pair name={text.detail.crew} value={incident.crew ?? text.detail.crewNone} />
            <Pair
              name={text.detail.cause}
              value={
                incident.cause === null
                  ? text.detail.causeNone
                  : causeWord(incident.cause, text.locale)
              }
            />
            <Pair name={text.detail.startedAt} value={<Moment at={incident.startedAt} />} />
            {card.changedAt && <Pair name={t.changedAt} value={<Moment at={card.changedAt} />} />}
          </dl>
        </>
      )}
    </Block>
  )
}

function Pair({ name, value }: { name: string; value: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function Announced({ card }: { card: CardPayload }) {
  const { text, format } = useLanguage()
  const t = text.agent
  return (
    <Block title={t.announced}>
      {card.plans.length === 0 ? (
        <p className="quiet">{t.noPlans}</p>
      ) : (
        <ul>
          {card.plans.map((plan) => (
            <li key={plan.id}>
              <strong>{(text.network.planKind as Record<string, string>)[plan.kind]}</strong>{' '}
              {text.network.window(format.time(plan.from), format.time(plan.to))}
            </li>
          ))}
        </ul>
      )}
      <p className={card.arrears === 'suspended' ? 'arrears' : 'quiet'}>
        {t.arrears[card.arrears]}
      </p>
    </Block>
  )
}

function Past({ card }: { card: CardPayload }) {
  const { text, format } = useLanguage()
  const t = text.agent
  const { days, count, listed } = card.outages
  return (
    <Block title={t.outages(days, count)}>
      {listed.length === 0 ? (
        <p className="quiet">{t.noOutages}</p>
      ) : (
        <ul>
          {listed.map(({ incident, from, to }) => (
            <li key={`${incident} ${from}`}>
              <Moment at={from} />
              <span>
                {to === null ? t.still : format.duration(Date.parse(to) - Date.parse(from))}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Block>
  )
}

function Contacts({ card }: { card: CardPayload }) {
  const { text } = useLanguage()
  const t = text.agent
  const { recent, onIncident, urges } = card.contacts
  return (
    <Block title={t.contacts}>
      {onIncident > 0 && <p>{t.aboutThis(onIncident, urges)}</p>}
      {recent.length === 0 ? (
        <p className="quiet">{t.noContacts}</p>
      ) : (
        <ul>
          {recent.map((one) => (
            <li key={`${one.at} ${one.kind}`}>
              <Moment at={one.at} />
              <span>
                {t.contactKind[one.kind] ?? one.kind} · {t.channel[one.channel] ?? one.channel}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Block>
  )
}

/** What the customer was told, and what the gateway says became of it. */
function Messages({ card }: { card: CardPayload }) {
  const { text } = useLanguage()
  const t = text.agent
  return (
    <Block title={t.messages}>
      {card.messages.length === 0 ? (
        <p className="quiet">{t.noMessages}</p>
      ) : (
        <ul>
          {card.messages.map((one) => (
            <li key={`${one.at} ${one.incident} ${one.template} ${one.channel}`}>
              <Moment at={one.at} />
              <span>
                {t.messageOf[one.template] ?? one.template} ·{' '}
                {t.channel[one.channel] ?? one.channel}
                {' · '}
                <span className={one.state === 'failed' ? 'trouble' : ''}>
                  {t.messageState[one.state]}
                  {one.receiptAt !== null && (
                    <>
                      {' '}
                      <Moment at={one.receiptAt} />
                    </>
                  )}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Block>
  )
}
