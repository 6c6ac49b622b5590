/**
 * The diagram in words (设备清单): every device and tie in the order of the feeder, for who cannot see
 * the drawing or would rather read. Nothing is folded here.
 */
import { type ReactNode, useMemo } from 'react'
import { incident as loadIncident } from '../api/client.ts'
import type { DiagramDevice, DiagramPayload, DiagramTie } from '../api/diagram.ts'
import type { EvidencePayload, IncidentPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { deviceName } from '../incidents/headline.ts'
import { Moment } from '../incidents/Moment.tsx'
import type { Names } from '../incidents/names.ts'
import { tiesSuspected } from '../incidents/suspectedTies.ts'
import { useLoaded } from '../incidents/useLoaded.ts'
import { type Listed, listOf } from './listOf.ts'
import { transferOf } from './transfer.ts'

interface Props {
  readonly drawn: DiagramPayload
  readonly incidents: readonly IncidentPayload[]
  readonly names: Names
}

/** Outages of one feeder whose evidence is fetched; more at once are one storm with one cause. */
const MOST_WITH_EVIDENCE = 8
const COLUMNS = ['device', 'position', 'evidence', 'open', 'dead', 'customers'] as const

export function DeviceList({ drawn, incidents, names }: Props) {
  const { text } = useLanguage()
  const t = text.diagram.list
  const rows = useMemo(() => listOf(drawn.devices, drawn.ties), [drawn])
  const asked = incidents.slice(0, MOST_WITH_EVIDENCE)
  const [loaded] = useLoaded(
    (signal) => Promise.all(asked.map(({ id }) => loadIncident(id, signal))),
    asked.map(({ id, revision }) => `${id}.${revision}`).join(),
  )
  const evidence = loaded.state === 'ready' ? loaded.value.flatMap((one) => one.evidence ?? []) : []
  const judged = new Set<string>(incidents.map(({ device }) => device.id))
  const suspected = new Map<string, number>(
    incidents.flatMap(tiesSuspected).map(({ device, probability }) => [device.id, probability]),
  )
  if (rows.length === 0) return <p className="quiet">{text.diagram.none}</p>
  return (
    <table className="device-list">
      <caption className="visually-hidden">{t.caption(rows.length)}</caption>
      <thead>
        <tr>
          {COLUMNS.map((column) => (
            <th key={column} scope="col" className={`column-${column}`}>
              {t.columns[column]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) =>
          'tie' in row ? (
            <TieRow
              key={`tie ${row.tie.id} ${row.tie.parent}`}
              {...row}
              names={names}
              suspected={suspected.get(row.tie.id) ?? 0}
            />
          ) : (
            <DeviceRow
              key={row.device.id}
              {...row}
              names={names}
              judged={judged.has(row.device.id)}
              heard={evidence.filter(({ device }) => device === row.device.id)}
            />
          ),
        )}
      </tbody>
    </table>
  )
}

function DeviceRow(
  props: Extract<Listed, { device: DiagramDevice }> & {
    names: Names
    judged: boolean
    heard: readonly EvidencePayload[]
  },
) {
  const { device, depth, names, judged, heard } = props
  const { text, format } = useLanguage()
  const transfer = transferOf(device, names, text)
  const away = device.open !== device.normallyOpen
  const share = (value: number | null) =>
    value === null ? (
      <span className="quiet">{text.diagram.list.none}</span>
    ) : (
      format.probability(value)
    )
  return (
    <tr className={judged ? 'judged' : ''}>
      <Name depth={depth} name={deviceName(device, text)} type={text.deviceType[device.type]}>
        {judged && <span className="tag warn">{text.diagram.likely}</span>}
        {transfer !== '' && <span className="tag transfer">{transfer}</span>}
      </Name>
      <td className={away ? 'away' : ''}>
        {text.network.position[device.open ? 'open' : 'closed']}
        {away && (
          <small>
            {text.network.normally(text.network.position[device.normallyOpen ? 'open' : 'closed'])}
          </small>
        )}
      </td>
      <td>
        <Heard items={heard} />
      </td>
      <td className="share">{share(device.probability)}</td>
      <td className="share">{share(device.dead)}</td>
      <td className="share">{format.number(device.customers)}</td>
    </tr>
  )
}

function Heard({ items }: { items: readonly EvidencePayload[] }) {
  const { text } = useLanguage()
  const [newest] = items
  if (newest === undefined) return <span className="quiet">{text.diagram.list.none}</span>
  return (
    <>
      {text.observerClass[newest.observerClass] ?? newest.observerClass}{' '}
      {text.said[newest.said] ?? newest.said} <Moment at={newest.at} />
      {items.length > 1 && <small>{text.diagram.list.more(items.length - 1)}</small>}
    </>
  )
}

function TieRow(props: { tie: DiagramTie; depth: number; names: Names; suspected: number }) {
  const { tie, depth, names, suspected } = props
  const { text, format } = useLanguage()
  const t = text.diagram
  return (
    <tr className="tie-row">
      <Name depth={depth} name={tie.name || tie.id} type={t.tie} />
      <td>{text.network.position.open}</td>
      <td colSpan={4}>
        {tie.feeder === null ? t.tieNowhere : t.tieTo(names.feeder(tie.feeder))}
        {suspected > 0 && <b> {t.tieSuspected(format.probability(suspected))}</b>}
      </td>
    </tr>
  )
}

function Name(props: { depth: number; name: string; type: string; children?: ReactNode }) {
  const { text } = useLanguage()
  return (
    <th scope="row" style={{ paddingLeft: `${12 + props.depth * 16}px` }}>
      <span className="visually-hidden">{text.diagram.list.level(props.depth + 1)} </span>
      {props.name}
      {props.children}
      <small>{props.type}</small>
    </th>
  )
}
