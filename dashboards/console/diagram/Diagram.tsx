/** The single-line diagram (单线图): positions, probabilities, what is dark, and the evidence beside it. */
import { Segmented, Select } from 'antd'
import { useEffect, useMemo, useRef, useState } from 'react'
import {
  type DiagramDevice,
  type DiagramPayload,
  type DiagramTie,
  diagram,
} from '../api/diagram.ts'
import type { IncidentPayload } from '../api/payloads.ts'
import { LoadedOr } from '../app/LoadedOr.tsx'
import { Panel } from '../app/Panel.tsx'
import { readPreference, writePreference } from '../app/preferences.ts'
import type { ViewProps } from '../app/view-props.ts'
import { useLanguage } from '../i18n/language.tsx'
import { Evidence } from '../incidents/Evidence.tsx'
import { customersOut, deviceName, headlineOf } from '../incidents/headline.ts'
import type { Names } from '../incidents/names.ts'
import { isListed } from '../incidents/order.ts'
import { tiesSuspected } from '../incidents/suspectedTies.ts'
import { useIncident } from '../incidents/useIncident.ts'
import { useLoaded } from '../incidents/useLoaded.ts'
import { Verdict } from '../incidents/Verdict.tsx'
import { useIncidents, useNowEvery } from '../live/context.tsx'
import { DeviceList } from './DeviceList.tsx'
import { layoutOf, type Placed } from './layout.ts'
import { Transfers } from './Transfers.tsx'
import { isTie, transferOf } from './transfer.ts'
import '../styles/detail.css'
import '../styles/service.css'
import '../styles/diagram.css'

const RENEW_MS = 10_000
const COLUMN = 168
const ROW = 46
const PAD = 34

const SHOWN_AS = ['drawing', 'list'] as const
type ShownAs = (typeof SHOWN_AS)[number]

export function Diagram({ network, names }: ViewProps) {
  const { text, format } = useLanguage()
  const t = text.diagram
  const { all, phase } = useIncidents()
  const listed = useMemo(() => all.filter(isListed), [all])
  const [chosen, choose] = useState<string | null>(() => feederIn(location.hash))
  useEffect(() => {
    const take = () => choose((kept) => feederIn(location.hash) ?? kept)
    window.addEventListener('hashchange', take)
    return () => window.removeEventListener('hashchange', take)
  }, [])
  const outOf = useMemo(() => {
    const out = new Map<string, number>()
    for (const one of listed)
      if (one.feeder !== null) out.set(one.feeder, (out.get(one.feeder) ?? 0) + customersOut(one))
    return out
  }, [listed])
  const feeders = (network.value?.feeders ?? [])
    .toSorted((a, b) => (outOf.get(b.id) ?? 0) - (outOf.get(a.id) ?? 0))
    .map(({ id, name }) => ({
      value: id,
      label: outOf.has(id) ? `${name} · ${t.out(format.number(outOf.get(id)!))}` : name,
    }))
  const feeder = chosen ?? feeders[0]?.value ?? null
  const [shownAs, showAs] = useState<ShownAs>(() =>
    readPreference('diagram') === 'list' ? 'list' : 'drawing',
  )
  const here = listed.filter((one) => one.feeder === feeder)
  return (
    <main className="diagram" aria-label={t.region}>
      <div className="diagram-bar">
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          value={feeder}
          aria-label={t.feeder}
          popupMatchSelectWidth={false}
          onChange={(id) => {
            choose(id)
            history.replaceState(null, '', `#${id}`)
          }}
          options={feeders}
        />
        <Segmented<ShownAs>
          value={shownAs}
          aria-label={t.views.label}
          onChange={(next) => {
            writePreference('diagram', next)
            showAs(next)
          }}
          options={SHOWN_AS.map((value) => ({ value, label: t.views[value] }))}
        />
        <span className="diagram-key" hidden={shownAs === 'list'}>
          <i className="closed" /> {text.network.position.closed}
          <i className="open" /> {text.network.position.open}
          <i className="dark" /> {t.dark}
          <i className="likely" /> {t.likely}
          <i className="tie" /> {t.tie}
          <i className="refed" /> {t.refed.key}
        </span>
      </div>
      {feeder !== null && (
        <Feeder
          feeder={feeder}
          incidents={here}
          known={phase === 'current'}
          names={names}
          shownAs={shownAs}
        />
      )}
    </main>
  )
}

const feederIn = (hash: string) => {
  const id = decodeURIComponent(hash.slice(1))
  return /^[A-Za-z0-9._-]{1,64}$/.test(id) ? id : null
}

interface FeederProps {
  readonly feeder: string
  readonly incidents: readonly IncidentPayload[]
  /** False until it is known which there are. */
  readonly known: boolean
  readonly names: Names
  readonly shownAs: ShownAs
}

function Feeder({ feeder, incidents, known, names, shownAs }: FeederProps) {
  const { text } = useLanguage()
  const revisions = incidents.map(({ id, revision }) => `${id}.${revision}`).join()
  const [loaded, retry] = useLoaded(
    (signal) => diagram(feeder, signal),
    `${feeder} ${revisions} ${useNowEvery(RENEW_MS)}`,
    feeder,
  )
  return (
    <div className="diagram-desk">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled with the arrow keys */}
      <section className="diagram-scroll" tabIndex={0} aria-label={text.diagram.region}>
        <LoadedOr loaded={loaded} retry={retry}>
          {(value) => (
            <Panel id="diagram" key={`${feeder} ${shownAs}`} name={text.diagram.region}>
              <Transfers drawn={value} names={names} />
              {shownAs === 'list' ? (
                <DeviceList drawn={value} incidents={incidents} names={names} />
              ) : (
                <Drawing drawn={value} incidents={incidents} names={names} />
              )}
            </Panel>
          )}
        </LoadedOr>
      </section>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled with the arrow keys */}
      <aside className="diagram-why" tabIndex={0} aria-label={text.diagram.why}>
        <h2>{text.diagram.why}</h2>
        {incidents.length === 0 ? (
          <p className="quiet">{known ? text.diagram.calm : text.list.loading}</p>
        ) : (
          incidents.map((one) => (
            <Panel id="diagramWhy" key={one.id} name={text.diagram.why} className="detail-part">
              <Why id={one.id} names={names} />
            </Panel>
          ))
        )}
      </aside>
    </div>
  )
}

function Why({ id, names }: { id: string; names: Names }) {
  const { text, format } = useLanguage()
  const { incident } = useIncident(id)
  if (incident === null) return null
  return (
    <article className="detail-part">
      <h3>{headlineOf(incident, names, text, format)}</h3>
      <Verdict incident={incident} />
      <p className="quiet">{text.detail.verification(incident.verification)}</p>
      <Evidence incident={incident} />
    </article>
  )
}

function Drawing(props: {
  drawn: DiagramPayload
  incidents: readonly IncidentPayload[]
  names: Names
}) {
  const { drawn, incidents, names } = props
  const { text } = useLanguage()
  const placed = useMemo(() => layoutOf(drawn.devices, drawn.ties), [drawn])
  const suspected = new Map(
    incidents.flatMap(tiesSuspected).map(({ device, probability }) => [device.id, probability]),
  )
  const judged = new Set(incidents.map(({ device }) => device.id))
  const drawing = useRef<SVGSVGElement>(null)
  const found = incidents.map(({ device }) => device.id).join()
  // What was judged comes into view when it is judged, not at each renewal.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const at = drawing.current?.querySelector('.device.judged')
    at?.scrollIntoView({ block: 'center', inline: 'center' })
  }, [found])
  if (placed.length === 0) return <p className="quiet">{text.diagram.none}</p>
  const width = PAD * 2 + (Math.max(...placed.map(columnsOf)) + 1) * COLUMN
  const height = PAD * 2 + (Math.max(...placed.map(rowsOf)) + 1) * ROW
  return (
    <svg ref={drawing} width={width} height={height} role="img" aria-label={text.diagram.seeList}>
      {placed.map((one) => (
        <Line key={one.device.id} one={one} />
      ))}
      {placed.map((one) => (
        <Device key={one.device.id} one={one} names={names} judged={judged.has(one.device.id)} />
      ))}
      {placed.flatMap((one) =>
        one.ties.map(({ tie, row }) => (
          <Tie
            key={`${one.device.id} ${tie.id}`}
            tie={tie}
            at={[x(one), y(one), PAD + row * ROW]}
            beyond={tie.feeder === null ? null : names.feeder(tie.feeder)}
            suspected={suspected.get(tie.id as DiagramDevice['id']) ?? 0}
          />
        )),
      )}
    </svg>
  )
}

const columnsOf = (one: Placed) => one.column + (one.ties.length > 0 ? 2 : 0)
const rowsOf = (one: Placed) => one.ties.at(-1)?.row ?? one.row
const x = (one: Placed) => PAD + one.column * COLUMN
const y = (one: Placed) => PAD + one.row * ROW
/** Dark enough to be drawn dark. */
const DARK = 0.5

function Line({ one }: { one: Placed }) {
  const { parent } = one
  const refed = one.device.fedFrom !== null
  if (parent === null)
    return refed ? <path className="wire refed" d={`M${x(one) - 30} ${y(one)}h21`} /> : null
  const dark = (parent.device.dead ?? 0) >= DARK || parent.device.open
  return (
    <path
      className={dark ? 'wire dark' : refed ? 'wire refed' : 'wire'}
      d={`M${x(parent) + 9} ${y(parent)}H${x(parent) + COLUMN - 40}V${y(one)}H${x(one) - 9}`}
    />
  )
}

function Device({ one, names, judged }: { one: Placed; names: Names; judged: boolean }) {
  const { text, format } = useLanguage()
  const { device, folded } = one
  const likely = device.probability ?? 0
  const away = device.open !== device.normallyOpen
  const classes = [
    'device',
    device.open ? 'open' : 'closed',
    (device.dead ?? 0) >= DARK ? 'dark' : '',
    judged ? 'judged' : '',
    device.fedFrom === null ? '' : 'refed',
  ]
  const transfer = transferOf(device, names, text)
  const name = deviceName(device, text)
  const said = [
    text.deviceType[device.type],
    text.network.position[device.open ? 'open' : 'closed'],
    device.probability === null ? '' : text.diagram.probability(format.probability(likely)),
    text.map.customersShort(format.number(device.customers)),
    transfer,
  ]
  return (
    <g className={classes.join(' ')} transform={`translate(${x(one)} ${y(one)})`}>
      <title>{`${name} · ${said.filter(Boolean).join(' · ')}`}</title>
      {device.type === 'transformer' ? (
        <>
          <circle cx="-3.5" r="6.5" />
          <circle cx="4" r="6.5" />
        </>
      ) : (
        <>
          <rect x="-8" y="-8" width="16" height="16" />
          {device.open && <path d="M-5-5 5 5" />}
        </>
      )}
      <text x="-8" y={judged ? -19 : -13} className={away ? 'away' : ''}>
        {name.length > 12 ? `${name.slice(0, 11)}…` : name}
      </text>
      {likely >= 0.01 && (
        <text x="13" y="21" className="probability">
          {format.probability(likely)}
        </text>
      )}
      {(folded.count > 0 || isTie(device)) && (
        <text
          x={likely >= 0.01 ? 58 : 13}
          y="21"
          className={folded.dead >= DARK ? 'folded dark' : 'folded'}
        >
          {isTie(device) && <tspan className="transfer">{transfer} </tspan>}
          {folded.count > 0 && text.diagram.folded(folded.count, format.number(folded.customers))}
        </text>
      )}
    </g>
  )
}

/** An open tie; dashed and with its probability where it may have closed without a word. */
function Tie(props: {
  tie: DiagramTie
  /** Across and down of the device it hangs from, and the row of its own. */
  at: readonly [left: number, top: number, down: number]
  beyond: string | null
  suspected: number
}) {
  const { tie, beyond, suspected } = props
  const [left, top, down] = props.at
  const { text, format } = useLanguage()
  const t = text.diagram
  const where = beyond === null ? t.tieNowhere : t.tieTo(beyond)
  const said = suspected > 0 ? t.tieSuspected(format.probability(suspected)) : ''
  return (
    <g className={suspected > 0 ? 'tie suspected' : 'tie'}>
      <title>{[tie.name || tie.id, t.tie, where, said].filter(Boolean).join(' · ')}</title>
      <path
        className="wire"
        d={`M${left + 9} ${top}H${left + COLUMN - 40}V${down}H${left + COLUMN - 10}`}
      />
      <path className="wire beyond" d={`M${left + COLUMN + 10} ${down}h22`} />
      <g transform={`translate(${left + COLUMN} ${down})`}>
        <path className="blades" d="M-10-7v14M10-7v14" />
        <text x="-8" y="-13">
          {tie.name || tie.id}
        </text>
        <text x="38" y="5" className="folded">
          {where}
          {said && (
            <tspan className="probability" dx="8">
              {said}
            </tspan>
          )}
        </text>
      </g>
    </g>
  )
}
