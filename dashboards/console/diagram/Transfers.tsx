/** Parts of the feeder that another feeds now, and parts of others that it feeds (转供), by tie. */
import type { DiagramPayload } from '../api/diagram.ts'
import { useLanguage } from '../i18n/language.tsx'
import { deviceName } from '../incidents/headline.ts'
import type { Names } from '../incidents/names.ts'
import { isTie } from './transfer.ts'

export function Transfers({ drawn, names }: { drawn: DiagramPayload; names: Names }) {
  const { text, format } = useLanguage()
  const t = text.diagram.refed
  const lines = drawn.devices.filter(isTie).flatMap((tie) => {
    const words = [deviceName(tie, text), format.number(tie.customers)] as const
    if (tie.feedsPartOf !== null)
      return [{ tie: tie.id, feeder: tie.feedsPartOf, words: t.fedHere(...words) }]
    if (tie.fedFrom !== null)
      return [{ tie: tie.id, feeder: tie.fedFrom, words: t.feedsHere(...words) }]
    return []
  })
  if (lines.length === 0) return null
  return (
    <ul className="transfers" aria-label={t.region}>
      {lines.map(({ tie, feeder, words }) => (
        <li key={tie}>
          <a href={`#${feeder}`}>{names.feeder(feeder)}</a> {words}
        </li>
      ))}
    </ul>
  )
}
