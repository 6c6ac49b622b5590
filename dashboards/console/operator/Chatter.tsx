/** Terminals of one class that chatter (频繁上报), the noisiest first, and how many of the class are linked. */
import { noisyTerminals } from '../api/operations.ts'
import { LoadedOr } from '../app/LoadedOr.tsx'
import { TableHead } from '../app/TableHead.tsx'
import { useLanguage } from '../i18n/language.tsx'
import { Moment } from '../incidents/Moment.tsx'
import type { Names } from '../incidents/names.ts'
import { useLoaded } from '../incidents/useLoaded.ts'
import { useNowEvery } from '../live/context.tsx'

const RENEW_MS = 15_000

export function Chatter({ kind, names }: { kind: string; names: Names }) {
  const { text, format } = useLanguage()
  const t = text.chatter
  const turn = useNowEvery(RENEW_MS)
  const [loaded, retry] = useLoaded(
    (signal) => noisyTerminals(kind, signal),
    `${kind} ${turn}`,
    kind,
  )
  return (
    <section className="chatter" aria-label={t.heading}>
      <LoadedOr loaded={loaded} retry={retry}>
        {({ asOf, terminals, online, offline, noisy }) => (
          <>
            <p className="chatter-share">
              <b>{online + offline === 0 ? '–' : format.percent(online / (online + offline))}</b>
              <span>
                {t.share(
                  format.number(online),
                  format.number(offline),
                  format.number(terminals - online - offline),
                )}
              </span>
              <Moment at={asOf} />
            </p>
            <h2>{t.heading}</h2>
            {noisy.length === 0 ? (
              <p className="quiet">{t.none}</p>
            ) : (
              <table className="plain">
                <TableHead columns={t.columns} />
                <tbody>
                  {noisy.map((one) => (
                    <tr key={one.id}>
                      <th scope="row">{one.id}</th>
                      <td>
                        {one.feeder === null ? text.header.unknown : names.feeder(one.feeder)}
                      </td>
                      <td>{t.within(one.statements, format.duration(one.spanSeconds * 1000))}</td>
                      <td>{one.alternating ? t.alternates : t.repeats}</td>
                      <td>{one.besides === 0 ? t.alone : t.besides(format.number(one.besides))}</td>
                      <td className={one.link === 'offline' ? 'trouble' : ''}>
                        {one.link === null ? text.header.unknown : text.operator.links[one.link]}
                      </td>
                      <td>
                        {one.reliability === null
                          ? text.header.unknown
                          : format.probability(one.reliability.delivery)}
                        {one.reliability !== null && one.reliability.falseReports > 0 && (
                          <small> {t.falsely(one.reliability.falseReports)}</small>
                        )}
                      </td>
                      <td>
                        <Moment at={one.lastAt} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
          </>
        )}
      </LoadedOr>
    </section>
  )
}
