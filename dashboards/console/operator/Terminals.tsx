/** Terminals of one class, a page at a time: link, last sign, what closed incidents taught of them. */
import { App, Button, Select } from 'antd'
import { useState } from 'react'
import { resetTerminal, terminals } from '../api/operations.ts'
import type { Account } from '../api/payloads.ts'
import { LoadedOr } from '../app/LoadedOr.tsx'
import { TableHead } from '../app/TableHead.tsx'
import { useLanguage } from '../i18n/language.tsx'
import { Moment } from '../incidents/Moment.tsx'
import type { Names } from '../incidents/names.ts'
import { useLoaded } from '../incidents/useLoaded.ts'
import { Chatter } from './Chatter.tsx'

const CLASSES = ['concentrator', 'ttu', 'ftu', 'dtu', 'scada', 'meter'] as const

export function Terminals({ account, names }: { account: Account; names: Names }) {
  const { text, format } = useLanguage()
  const { message } = App.useApp()
  const t = text.operator
  const [kind, setKind] = useState<string>('concentrator')
  const [pages, setPages] = useState<readonly (string | null)[]>([null])
  const cursor = pages.at(-1) ?? null
  const [loaded, retry] = useLoaded(
    (signal) => terminals(kind, cursor, signal),
    `${kind} ${cursor}`,
    `${kind} ${cursor}`,
  )
  const mayReset = account.rights.includes('terminals.reset')
  const reset = (id: string) =>
    resetTerminal(id).then(
      () => {
        message.success(t.resetDone(id))
        retry()
      },
      () => message.warning(text.action.failed),
    )
  return (
    <>
      <div className="operator-bar">
        <Select
          value={kind}
          aria-label={t.class}
          popupMatchSelectWidth={false}
          onChange={(value) => {
            setKind(value)
            setPages([null])
          }}
          options={CLASSES.map((value) => ({ value, label: text.observerClass[value] }))}
        />
        <Button disabled={pages.length === 1} onClick={() => setPages((all) => all.slice(0, -1))}>
          {t.previous}
        </Button>
        <Button
          disabled={loaded.state !== 'ready' || loaded.value.cursor === null}
          onClick={() =>
            loaded.state === 'ready' && setPages((all) => [...all, loaded.value.cursor])
          }
        >
          {t.next}
        </Button>
        {loaded.state === 'ready' && (
          <span className="quiet">
            {t.online(
              format.number(loaded.value.terminals.filter((one) => one.link === 'online').length),
              format.number(loaded.value.terminals.length),
            )}
          </span>
        )}
      </div>
      <Chatter kind={kind} names={names} />
      <h2 className="operator-heading">{text.chatter.all}</h2>
      <LoadedOr loaded={loaded} retry={retry}>
        {(value) => (
          <table className="plain">
            <TableHead
              columns={[
                t.terminal,
                text.detail.feeder,
                t.link,
                t.lastHeard,
                t.delivery,
                t.outages,
                t.clock,
                '',
              ]}
            />
            <tbody>
              {value.terminals.map((one) => (
                <tr key={one.id}>
                  <th scope="row">{one.id}</th>
                  <td>{one.feeder === null ? text.header.unknown : names.feeder(one.feeder)}</td>
                  <td className={one.link === 'offline' ? 'trouble' : ''}>
                    {one.link === null ? text.header.unknown : t.links[one.link]}
                  </td>
                  <td>{one.lastHeardAt ? <Moment at={one.lastHeardAt} /> : text.header.unknown}</td>
                  <td>
                    {one.reliability
                      ? format.probability(one.reliability.delivery)
                      : text.header.unknown}
                  </td>
                  <td>
                    {one.reliability
                      ? t.heard(
                          one.reliability.outagesHeard,
                          one.reliability.outagesMissed,
                          one.reliability.falseReports,
                        )
                      : text.header.unknown}
                  </td>
                  <td>
                    {one.reliability === null
                      ? text.header.unknown
                      : one.reliability.clockCorrectionMs === 0
                        ? t.clockRight
                        : t.clockOff(one.reliability.clockCorrectionMs / 1000)}
                  </td>
                  <td>
                    {mayReset && (
                      <Button size="small" onClick={() => void reset(one.id)}>
                        {t.reset}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </LoadedOr>
    </>
  )
}
