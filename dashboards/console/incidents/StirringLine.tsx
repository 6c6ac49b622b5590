/**
 * One quiet line above the outages: what stirs (异动) and is none. It says how many feeders and what came
 * last; nobody has to act on it, so it is neither read out nor clicked.
 */
import type { StirringPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useNow, useStirring } from '../live/context.tsx'

/** The server tells of no more feeders and counts no further (`docs/http.md`): from there on, at least. */
const MOST_FEEDERS = 64
const MOST_REPORTS = 200

export function StirringLine() {
  const stirring = useStirring()
  return stirring.size === 0 ? null : <Line all={[...stirring.values()]} />
}

function Line({ all }: { readonly all: readonly StirringPayload[] }) {
  const { text, format } = useLanguage()
  const now = useNow()
  const counted = (count: number, most: number) =>
    count < most ? format.number(count) : text.list.atLeast(format.number(count))
  const latest = all.reduce((a, b) => (b.latestAt > a.latestAt ? b : a))
  const age = format.age(now - Date.parse(latest.latestAt))
  const reports = counted(latest.reports, MOST_REPORTS)
  return (
    <p className="list-stirring">
      {text.list.stirring(
        counted(all.length, MOST_FEEDERS),
        text.list.stirringOf(latest.name, reports, age),
      )}
    </p>
  )
}
